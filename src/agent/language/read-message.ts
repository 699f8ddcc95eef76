import { WellnessError } from '@app/common';
import { nearestMetricNames, resolveMetric } from '../../services/metrics/metric-type';
import { parsePeriod } from '../../services/periods/parse-period';
import type { PeriodOptions } from '../../services/periods/period';
import { asked, type Periods, readPeriods } from './asked-periods';
import { unitsIn, unsupportedCondition } from './conditions';
import type { AskedPeriod, Grouping, Interpretation } from './interpretation';
import type { Reading } from './reading';
import { asksForDiagnosis, asksForJudgement, dangerIn } from './safety';
import { type AskedShape, readShape } from './statistics';
import { readSubjects, type Subjects } from './subjects';
import { leansOnEarlier, restrictionsIn, smallTalk, subjectOf, unsupportedTopic } from './topics';
import { unreadTime } from './unread-time';
import { correctSpelling, type Correction, rereadings } from './vocabulary';

/** A data question is short; a longer text is a story, and picking words from it would be guessing. */
export const LONGEST_QUESTION = 600;

interface Parts {
  readonly text: string;
  readonly corrections: readonly Correction[];
  readonly periods: readonly AskedPeriod[];
  readonly subjects: Subjects;
  readonly shape: AskedShape;
}

/**
 * What a message means. Pure: the same message, clock and earlier turn always give the same reading.
 * @param earlier the data question of the turn before, which a follow-up leans on
 */
export function readMessage(message: string, options: PeriodOptions, earlier?: Interpretation): Reading {
  const danger = dangerIn(message);
  if (danger !== undefined) return { kind: 'danger', danger };
  if (message.length > LONGEST_QUESTION) return { kind: 'too_long' };
  if (asksForDiagnosis(message)) return { kind: 'diagnosis' };
  const talk = smallTalk(message);
  if (talk !== undefined) return { kind: talk };
  const topic = unsupportedTopic(message);
  if (topic !== undefined) return { kind: 'unsupported', topic };
  try {
    return readQuestion(message, options, earlier);
  } catch (error) {
    if (error instanceof WellnessError && error.category === 'input') {
      return { kind: 'bad_period', problem: problemOf(error) };
    }
    throw error;
  }
}

function readQuestion(message: string, options: PeriodOptions, earlier: Interpretation | undefined): Reading {
  const parts = readParts(message, options, earlier);
  const { rest } = parts.subjects;
  const topic = unsupportedCondition(rest, parts.periods.length);
  if (topic !== undefined) return { kind: 'unsupported', topic };
  const isNew = parts.subjects.metrics.length > 0;
  const subject = isNew ? '' : subjectOf(rest);
  if (!isNew && (earlier === undefined || !canLean(parts, subject))) {
    return { kind: 'unclear', subject, didYouMean: nearestNames(subject) };
  }
  const unread = unreadTime(message, rest, parts.shape.records !== undefined);
  if (unread !== undefined) return { kind: 'bad_period', problem: `“${unread}” is not a time I know` };
  return {
    kind: 'question',
    question: combine(parts, options, earlier),
    corrections: parts.corrections,
    ignored: restrictionsIn(rest),
    namesUnits: unitsIn(rest).length > 0,
    judgement: asksForJudgement(rest),
  };
}

/** A message without a metric is about the last one only if it names something new to ask of it, and nothing unknown. */
function canLean({ periods, shape, text }: Parts, subject: string): boolean {
  const asksSomething = periods.length > 0 || shape.statistics.length > 0 || shape.grouping !== undefined;
  return subject === '' && (asksSomething || leansOnEarlier(text));
}

function readParts(message: string, options: PeriodOptions, earlier: Interpretation | undefined): Parts {
  const spelt = correctSpelling(message);
  const { periods, rest } = readPeriods(spelt.text, options, earlier?.periods.at(-1));
  const subjects = readSubjects(rest);
  const parts = { ...spelt, periods, subjects, shape: readShape(subjects.rest) };
  return subjects.metrics.length > 0 ? parts : (rereadParts(parts, { periods, rest }) ?? parts);
}

/** "Hart rate": taken for a metric when only one letter is wrong and the phrase becomes a name of several words. */
function rereadParts(parts: Parts, { periods, rest }: Periods): Parts | undefined {
  for (const { text, corrections } of rereadings(rest)) {
    const subjects = readSubjects(text);
    const isPhrase = subjects.metrics.some(({ displayName }) => displayName.includes(' '));
    if (!isPhrase) continue;
    const all = [...parts.corrections, ...corrections];
    return { text: parts.text, corrections: all, periods, subjects, shape: readShape(subjects.rest) };
  }
  return undefined;
}

/** The question with what it leaves open taken from the turn before, or else assumed. */
function combine(parts: Parts, options: PeriodOptions, earlier: Interpretation | undefined): Interpretation {
  const leans = parts.subjects.metrics.length === 0 || leansOnEarlier(parts.text);
  const base = leans ? earlier : undefined;
  const what = combineWhat(parts, base);
  const named = parts.periods.length > 0 ? parts.periods : base?.periods;
  return {
    ...what,
    periods: [...(named ?? [assumedPeriod(what, options)])],
    periodAssumed: parts.periods.length === 0 && (base?.periodAssumed ?? true),
    comparing: parts.periods.length > 1,
  };
}

type What = Omit<Interpretation, 'periods' | 'periodAssumed' | 'comparing'>;

/** What is asked, and of which metrics: each part from this message if it says so, else from the one before. */
function combineWhat({ subjects, shape }: Parts, base: Interpretation | undefined): What {
  const isReshaped = shape.statistics.length > 0 || shape.grouping !== undefined || shape.records !== undefined;
  const { grouping, which, listing, records } = isReshaped || base === undefined ? shape : base;
  const statistics = shape.statistics.length > 0 ? shape.statistics : (base?.statistics ?? []);
  const metrics = subjects.metrics.length > 0 ? subjects.metrics.map(({ name }) => name) : (base?.metrics ?? []);
  return {
    metrics: [...metrics],
    statistics: [...statistics],
    ...(grouping !== undefined && { grouping }),
    which,
    listing,
    ...(records !== undefined && { records }),
  };
}

/** Of these, thirty days hold hardly a whole one to compare. */
const LONG_PARTS: readonly Grouping[] = ['week', 'month', 'year'];

/** The latest value is the latest of all, the latest steps are those of today, and the rest is asked of recent times. */
function assumedPeriod({ metrics, statistics, grouping, records }: What, options: PeriodOptions): AskedPeriod {
  const types = metrics.map((name) => resolveMetric(name));
  const isLatest = statistics.includes('latest') || (isDefault(statistics) && types.every((type) => type?.bodyMeasure));
  const isAmount = types.every((type) => type?.kind === 'cumulative');
  const text =
    records !== undefined || (grouping !== undefined && LONG_PARTS.includes(grouping))
      ? 'all'
      : isLatest
        ? isAmount
          ? 'today'
          : 'all'
        : 'recent';
  return asked(parsePeriod(text, options), text, options);
}

/** "How much do I weigh" asks for no sum. */
function isDefault(statistics: readonly string[]): boolean {
  return statistics.every((statistic) => statistic === 'sum');
}

function nearestNames(subject: string): string[] {
  if (subject === '') return [];
  const names = [subject, ...subject.split(' ')].flatMap((words) => nearestMetricNames(words));
  return [...new Set(names)].slice(0, 3).map((name) => resolveMetric(name)?.displayName ?? name);
}

function problemOf(error: WellnessError): string {
  const errors = error.details['errors'] as ReadonlyArray<{ constraints?: readonly string[] }> | undefined;
  return errors?.[0]?.constraints?.[0] ?? error.message;
}
