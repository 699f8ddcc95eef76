import { nearestMetricNames } from '../metrics/metric-type';
import type { FoundProblem, RecordProblem, Rejection } from './pushed-record';

/** The most problems that are told of one push. */
export const MAX_PROBLEMS = 100;
/** The most unknown names of one push that others are suggested for: looking for them costs milliseconds a name. */
export const MAX_SUGGESTED_NAMES = 20;

export interface ProblemReport {
  readonly errors: readonly RecordProblem[];
  /** Problems that are not among `errors`. */
  readonly errorsOmitted: number;
}

/** The first problems of a push, with names that may have been meant, and how many more there are. */
export function reportProblems(
  rejections: readonly Rejection[],
  nearest: (name: string) => readonly string[] = nearestMetricNames,
): ProblemReport {
  const found = rejections.flatMap(({ problems }) => problems);
  const total = rejections.reduce((sum, { problems, omitted }) => sum + problems.length + omitted, 0);
  const suggestions = new Map<string, readonly string[] | undefined>();
  const suggest = (name: string): readonly string[] | undefined => {
    if (!suggestions.has(name))
      suggestions.set(name, suggestions.size < MAX_SUGGESTED_NAMES ? nearest(name) : undefined);
    return suggestions.get(name);
  };
  const errors = found.slice(0, MAX_PROBLEMS).map((problem) => withSuggestions(problem, suggest));
  return { errors, errorsOmitted: total - errors.length };
}

function withSuggestions(
  { metricType, ...problem }: FoundProblem,
  suggest: (name: string) => readonly string[] | undefined,
): RecordProblem {
  const names = metricType === undefined ? undefined : suggest(metricType);
  return names === undefined ? problem : { ...problem, did_you_mean: names };
}
