import { type DestinationStream, type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import pretty from 'pino-pretty';
import { currentContext } from '../context/request-context';
import { sanitizeUserId } from './sanitize-user-id';
import type { RepeatSettings } from './error-repeats';
import { errorSerializer } from './serialize-error';

export interface LoggingSettings {
  readonly level: string;
  readonly format: 'auto' | 'json' | 'pretty';
  /** How errors that repeat themselves are left out; all are written when this is not said. */
  readonly repeats?: RepeatSettings;
  /** Where lines go instead of standard output. */
  readonly destination?: DestinationStream;
}

/**
 * The root logger: one JSON line per event, with the correlation id, trace id and sanitised user of the current
 * context on each; readable on a terminal.
 */
export function createRootLogger(settings: LoggingSettings): Logger {
  const serialize = errorSerializer();
  const options: LoggerOptions = {
    level: settings.level,
    messageKey: 'event',
    errorKey: 'err',
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: serialize, error: serialize },
    mixin: contextFields,
  };
  if (!isPretty(settings) || settings.destination !== undefined)
    return pino(options, settings.destination ?? pino.destination(1));
  return pino(options, pretty({ sync: true, messageKey: 'event', errorLikeObjectKeys: ['err'] }));
}

/** Whether lines are for people rather than programs. */
export function isPretty({ format }: Pick<LoggingSettings, 'format'>): boolean {
  return format === 'pretty' || (format === 'auto' && process.stdout.isTTY);
}

function contextFields(): Record<string, string> {
  const context = currentContext();
  if (context === undefined) return {};
  const fields: Record<string, string> = { correlation_id: context.correlationId, trace_id: context.traceId };
  if (context.userId !== undefined) fields.user = sanitizeUserId(context.userId);
  return fields;
}
