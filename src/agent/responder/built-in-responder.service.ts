import { Injectable } from '@nestjs/common';
import { resolveMetric } from '../../services/metrics/metric-type';
import type { HealthMetricsData } from '../../tools/get-health-metrics/metrics-data';
import type { AvailableMetricsData } from '../../tools/list-available-metrics/list-available-metrics.tool';
import type { HealthRecordsData } from '../../tools/search-health-records/search-health-records.tool';
import { comparisonOf } from '../answers/comparison';
import { failureAnswer } from '../answers/failure-answer';
import {
  badPeriodAnswer,
  FORGETFUL,
  FROM_BEFORE,
  GREETING,
  HELP,
  THANKS,
  TOO_LONG,
  unclearAnswer,
  unsupportedAnswer,
} from '../answers/fixed-answers';
import { inventoryAnswer } from '../answers/inventory-answer';
import { answerMetric } from '../answers/metric-answer';
import { type Plan, plansOf, toolArguments } from '../answers/plan';
import { answerRecords } from '../answers/records-answer';
import { type Interpretation, readInterpretation } from '../language/interpretation';
import type { Reading } from '../language/reading';
import { readMessage } from '../language/read-message';
import { DANGER_ANSWERS, NO_DIAGNOSIS, NO_JUDGEMENT } from '../language/safety';
import { Responder, type ResponderEvent, type ToolCall, type TurnInput } from './responder';

export const BUILT_IN = 'builtin';

type Question = Extract<Reading, { kind: 'question' }>;
type Answered = { readonly plan: Plan; readonly call: ToolCall };

/**
 * Answers data questions without a language model or a network: what it understands it looks up with the tools, and
 * what it does not understand it says. Every number of its answers comes from a tool.
 */
@Injectable()
export class BuiltInResponder extends Responder {
  override async *respond(input: TurnInput): AsyncIterable<ResponderEvent> {
    const { message, now, preferences } = input;
    const earlier = input.history
      .map(({ interpretation }) => readInterpretation(interpretation))
      .findLast((each) => each !== undefined);
    const { timeZone, weekStart } = preferences;
    const reading = readMessage(message, { now, timeZone, weekStart }, earlier);
    const interpretation = reading.kind === 'question' ? reading.question : earlier;
    let isStale = false;
    for await (const event of this.answer(reading, input)) {
      if (typeof event === 'string') yield* words(event);
      else yield { type: 'tool', call: event };
      isStale ||= typeof event !== 'string' && event.result.success && event.result.stale_since !== undefined;
    }
    if (isStale) yield* words(` ${FROM_BEFORE}`);
    const tokens = { promptTokens: 0, completionTokens: 0 };
    yield { type: 'end', answeredBy: BUILT_IN, degraded: false, tokens, ...(interpretation && { interpretation }) };
  }

  /** The tools that were run, and the answer's text. */
  private async *answer(reading: Reading, input: TurnInput): AsyncIterable<ToolCall | string> {
    if (reading.kind === 'question') yield* this.answerQuestion(reading, input);
    else if (reading.kind === 'inventory') yield* this.answerInventory(input);
    else {
      if (reading.kind === 'unclear' && input.isHistoryLost) yield `${FORGETFUL} `;
      yield fixedAnswer(reading);
    }
  }

  private async *answerInventory({ tools }: TurnInput): AsyncIterable<ToolCall | string> {
    const call = await tools.run('list_available_metrics', {});
    yield call;
    yield call.result.success
      ? inventoryAnswer(call.result.data as AvailableMetricsData)
      : failureAnswer(call.result, ['health']);
  }

  private async *answerQuestion(reading: Question, input: TurnInput): AsyncIterable<ToolCall | string> {
    const { question } = reading;
    yield preface(reading, input.message);
    if (question.records !== undefined) {
      yield* this.answerWithRecords(question, input);
    } else {
      const answered: Answered[] = [];
      for (const plan of plansOf(question)) {
        input.signal.throwIfAborted();
        const call = await input.tools.run('get_health_metrics', toolArguments(plan));
        yield call;
        answered.push({ plan, call });
      }
      yield metricsText(question, answered);
    }
    if (reading.judgement) yield ` ${NO_JUDGEMENT}`;
  }

  private async *answerWithRecords(question: Interpretation, { tools }: TurnInput): AsyncIterable<ToolCall | string> {
    for (const [at, period] of question.periods.entries()) {
      const args = { metric_types: question.metrics, time_period: period.text, limit: question.records };
      const call = await tools.run('search_health_records', args);
      yield call;
      const text = call.result.success
        ? answerRecords(call.result.data as HealthRecordsData)
        : failureAnswer(call.result, displayNames(question.metrics));
      yield at === 0 ? text : `\n${text}`;
    }
  }
}

function fixedAnswer(reading: Exclude<Reading, { kind: 'question' | 'inventory' }>): string {
  switch (reading.kind) {
    case 'danger':
      return DANGER_ANSWERS[reading.danger];
    case 'diagnosis':
      return NO_DIAGNOSIS;
    case 'greeting':
      return GREETING;
    case 'thanks':
      return THANKS;
    case 'help':
      return HELP;
    case 'too_long':
      return TOO_LONG;
    case 'unsupported':
      return unsupportedAnswer(reading.topic);
    case 'bad_period':
      return badPeriodAnswer(reading.problem);
    case 'unclear':
      return unclearAnswer(reading.subject, reading.didYouMean);
  }
}

/** What was understood otherwise than it was said comes first: nobody should take the answer for another one. */
function preface({ corrections, ignored, namesUnits, question }: Question, message: string): string {
  const read = corrections.map(({ written, read }) => `I read “${written}” as “${read}”. `);
  const narrowed = ignored.map((each) => `I cannot narrow it down to “${each}”, so this is without that. `);
  const isRecent = question.periodAssumed && !question.periods[0]?.unbounded && question.periods[0]?.text === 'recent';
  const assumed = isRecent ? `You named no time, so this is for the ${question.periods[0]?.label}. ` : '';
  const units = namesUnits ? 'Values are in the units of your profile: I cannot convert them here. ' : '';
  return [...read, ...narrowed, units, assumed, totalProblem(question, message)].join('');
}

/** "How much" may mean any figure; who says "total" is not given another one without a word. */
function totalProblem({ metrics, statistics }: Interpretation, message: string): string {
  if (!statistics.includes('sum') || !/\b(?:total|sum|altogether)\b/i.test(message)) return '';
  const measured = metrics.map((name) => resolveMetric(name)).filter((metric) => metric?.kind === 'discrete');
  const names = measured.flatMap((metric) => metric?.displayName ?? []);
  return names.length === 0 ? '' : `Values of ${names.join(' and ')} cannot be added up, so I give the usual figure. `;
}

function metricsText(question: Interpretation, answered: readonly Answered[]): string {
  // In the order of the question: by period, then by metric.
  const sentences = answered.flatMap(({ plan, call: { result } }) => {
    if (!result.success)
      return [
        failureAnswer(
          result,
          plan.metrics.map(({ displayName }) => displayName),
        ),
      ];
    const data = result.data as HealthMetricsData;
    return data.metrics.map((metric) => answerMetric(data, metric, question, plan));
  });
  return [...new Set(sentences), ...(question.comparing ? comparisonOf(question, answered) : [])].join(' ');
}

function displayNames(names: readonly string[]): string[] {
  return names.map((name) => resolveMetric(name)?.displayName ?? name);
}

/** Word by word, as a model would write it. */
function* words(text: string): Iterable<ResponderEvent> {
  for (const [token] of text.matchAll(/\s*\S+(?:\s+$)?|\s+$/g)) yield { type: 'token', text: token };
}
