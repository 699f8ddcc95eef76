import { errorDefinition } from '@app/common';
import type { ToolFailure } from '../../tools/registry/tool-result';
import { joined } from './wording';

/** What is said when a tool could not answer: what happened, and what can be done about it. */
export function failureAnswer({ error_code: code, message, details }: ToolFailure, names: readonly string[]): string {
  switch (code) {
    case 'HEALTH_DATA_NOT_FOUND':
      return noDataAnswer(details, names);
    case 'HEALTH_METRIC_NOT_SUPPORTED':
    case 'TOOL_INVALID_INPUT':
      return `I could not ask for that: ${message}.`.replace('..', '.');
    case 'TOOL_EXECUTION_TIMEOUT':
      return 'That took too long. Please ask about a shorter period or fewer metrics.';
    default:
      return errorDefinition(code).retryable
        ? 'I cannot get at your health data at the moment. Please try again in a little while.'
        : 'Something went wrong on our side, and I cannot answer that.';
  }
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
