import nlp from 'compromise/two';
import { findMetricsInText, type MetricType, resolveMetric } from '../../services/metrics/metric-type';
import { blankOut } from './blank-out';

/** Words that a metric's table calls the walking distance, and that mean steps unless a distance is asked for. */
const WALKING = /^walk(?:ed|ing)?$/i;
const DISTANCE = /\b(?:how far|distance|km|kilomet(?:er|re)s?|mi|miles?|met(?:er|re)s?)\b/i;

/** Everyday words for metrics that are no names of theirs, in compromise's match syntax; tried when nothing else is found. */
const EVERYDAY: ReadonlyArray<{ readonly said: string; readonly metrics: readonly string[] }> = [
  { said: '(heavy|heavier|heaviest|lightest)', metrics: ['BodyMass'] },
  { said: '(tall|taller|tallest)', metrics: ['Height'] },
  { said: '{run}', metrics: ['DistanceWalkingRunning'] },
  { said: '{jog}', metrics: ['DistanceWalkingRunning'] },
  { said: 'how far', metrics: ['DistanceWalkingRunning'] },
  { said: '{swim}', metrics: ['DistanceSwimming'] },
  { said: '(cycle|cycled|bike|biked|ride|rode)', metrics: ['DistanceCycling'] },
  { said: '{burn}', metrics: ['ActiveEnergyBurned'] },
  { said: '{stand}', metrics: ['AppleStandTime'] },
  { said: 'how active', metrics: ['StepCount', 'AppleExerciseTime', 'ActiveEnergyBurned'] },
];

export interface Subjects {
  readonly metrics: readonly MetricType[];
  /** The text without the words that named the metrics; every other index is what it was. */
  readonly rest: string;
}

/** The metrics a question is about, once its periods are taken out. */
export function readSubjects(text: string): Subjects {
  const found = findMetricsInText(text);
  if (found.length > 0) {
    const metrics = found.map(({ metric, text: said }) => (meansSteps(metric, said, text) ? stepCount() : metric));
    return { metrics: unique(metrics), rest: blankOut(text, found) };
  }
  const sentence = nlp(text);
  const everyday = EVERYDAY.find(({ said }) => sentence.has(said));
  return { metrics: (everyday?.metrics ?? []).flatMap((name) => resolveMetric(name) ?? []), rest: text };
}

function meansSteps(metric: MetricType, said: string, text: string): boolean {
  return metric.name === 'DistanceWalkingRunning' && WALKING.test(said) && !DISTANCE.test(text);
}

function stepCount(): MetricType {
  const steps = resolveMetric('StepCount');
  if (steps === undefined) throw new TypeError('the table of metrics has no StepCount');
  return steps;
}

function unique(metrics: readonly MetricType[]): MetricType[] {
  return [...new Map(metrics.map((metric) => [metric.id, metric])).values()];
}
