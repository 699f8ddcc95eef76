import { cumulative, discrete, event, type MetricType } from './metric-model';

/** Gait and running form. */
export const MOBILITY_TYPES: readonly MetricType[] = [
  discrete('WalkingSpeed', 'km/hr', 'walking speed', ['walking pace', 'gait speed']),
  discrete('WalkingStepLength', 'cm', 'walking step length', ['step length']),
  discrete('WalkingAsymmetryPercentage', '%', 'walking asymmetry', ['walking asymmetry percentage', 'gait asymmetry']),
  discrete('WalkingDoubleSupportPercentage', '%', 'double support time', [
    'double support',
    'walking double support',
    'walking double support percentage',
  ]),
  discrete('AppleWalkingSteadiness', '%', 'walking steadiness', ['gait steadiness']),
  discrete('SixMinuteWalkTestDistance', 'm', 'six-minute walk distance', [
    'six-minute walk',
    'six-minute walk test',
    'six-minute walk test distance',
    '6-minute walk',
    '6-minute walk test',
    '6mwt',
  ]),
  discrete('StairAscentSpeed', 'm/s', 'stair ascent speed', ['stair speed up', 'speed up stairs']),
  discrete('StairDescentSpeed', 'm/s', 'stair descent speed', ['stair speed down', 'speed down stairs']),
  discrete('RunningStrideLength', 'm', 'running stride length', ['stride length']),
  discrete('RunningVerticalOscillation', 'cm', 'running vertical oscillation', ['vertical oscillation']),
  discrete('RunningGroundContactTime', 'ms', 'running ground contact time', ['ground contact time']),
  cumulative('NumberOfTimesFallen', 'count', 'falls', ['number of falls', 'times fallen', 'number of times fallen'], {
    unitLabel: 'falls',
  }),
  event('AppleWalkingSteadinessEvent', 'walking steadiness events', ['walking steadiness notifications']),
];
