import nlp from 'compromise/two';
import { findMetricsInText, type MetricType, resolveMetric } from '../../services/metrics/metric-type';
import { blankOut } from './blank-out';

/** Words that a metric's table calls the walking distance, and that mean steps unless a distance is asked for. */
const WALKING = /^walk(?:ed|ing)?$/i;
const HOW_FAR = /\bhow far\b/i;
const DISTANCE = /\b(?:how far|distance|km|kilomet(?:er|re)s?|mi|miles?|met(?:er|re)s?)\b/i;

/** Everyday words for metrics that are no names of theirs, in compromise's match syntax; tried when nothing else is found. */
const EVERYDAY: ReadonlyArray<{ readonly said: string; readonly metrics: readonly string[] }> = [
  { said: '(heavy|heavier|heaviest|lightest)', metrics: ['BodyMass'] },
  { said: '(tall|taller|tallest)', metrics: ['Height'] },
  { said: '{run}', metrics: ['DistanceWalkingRunning'] },
  { said: '{jog}', metrics: ['DistanceWalkingRunning'] },
  { said: '{swim}', metrics: ['DistanceSwimming'] },
  { said: '(cycle|cycled|bike|biked|ride|rode)', metrics: ['DistanceCycling'] },
  { said: '(ski|skied|skiing)', metrics: ['DistanceDownhillSnowSports', 'DistanceCrossCountrySkiing'] },
  { said: '(row|rowed|rowing)', metrics: ['DistanceRowing'] },
  { said: '(paddle|paddled|kayak|kayaked|kayaking|canoe|canoed)', metrics: ['DistancePaddleSports'] },
  { said: '(skate|skated|skating)', metrics: ['DistanceSkatingSports'] },
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
    const rest = blankOut(text, found);
    // "How far did I walk and cycle": what else was done is asked of as well.
    const isActivity = HOW_FAR.test(text) || found.every(({ text: said }) => WALKING.test(said));
    const others = isActivity ? everydayMetrics(withoutDistance(rest)) : [];
    return { metrics: unique([...metrics, ...others]), rest };
  }
  return { metrics: everydayMetrics(text), rest: text };
}

/** All that is spoken of; "how far" alone was on foot. */
function everydayMetrics(text: string): MetricType[] {
  const sentence = nlp(text);
  const said = EVERYDAY.filter((everyday) => sentence.has(everyday.said)).flatMap(({ metrics }) => metrics);
  const names = said.length === 0 && sentence.has('how far') ? ['DistanceWalkingRunning'] : said;
  return unique(names.flatMap((name) => resolveMetric(name) ?? []));
}

function withoutDistance(text: string): string {
  return text.replace(HOW_FAR, ' ');
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
