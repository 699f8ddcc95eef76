import { errorDefinition } from '@app/common';
import type { ToolFailure } from '../../tools/registry/tool-result';
import { joined } from './wording';

/** What is said when a tool could not answer: what happened, and what can be done about it. */
export function failureAnswer({ error_code: code, message, details }: ToolFailure, names: readonly string[]): string {
  switch (code) {
    case 'HEALTH_DATA_NOT_FOUND':
      return noDataAnswer(details, names);
    case 'TOOL_INVALID_INPUT':
      return invalidAnswer(details['invalid_field']);
    case 'HEALTH_METRIC_NOT_SUPPORTED':
      return `I could not ask for that: ${message}.`.replace('..', '.');
    case 'TOOL_EXECUTION_TIMEOUT':
      return 'That took too long. Please ask about a shorter period or fewer metrics.';
    default:
      return errorDefinition(code).retryable
        ? 'I cannot get at your health data at the moment. Please try again in a little while.'
        : 'Something went wrong on our side, and I cannot answer that.';
  }
}

/** The message of an invalid argument is written for programs: it names arguments and how to write them. */
function invalidAnswer(field: unknown): string {
  if (field === 'bucket') {
    return 'That is too long a time to look at in such small parts. Please ask about a shorter one, such as “last year”.';
  }
  if (field === 'time_period')
    return 'I could not use the time in that. Could you name it differently, such as “last week”?';
  return 'I could not look that up as it was asked. Could you put it in other words?';
}

function noDataAnswer(details: ToolFailure['details'], names: readonly string[]): string {
  const period =
    typeof details['time_period'] === 'string' ? ` for ${details['time_period'].replaceAll('_', ' ')}` : '';
  const nothing = `There is no ${joined(names, 'or')} data${period}.`;
  const available = details['available_periods'];
  if (!Array.isArray(available) || available.length === 0) return `${nothing} None has been recorded at any time.`;
  const periods = available.filter((each) => typeof each === 'string').map((each) => each.replaceAll('_', ' '));
  return `${nothing} There is data for: ${periods.join(', ')}.`;
}
