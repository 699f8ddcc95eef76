import { types } from 'node:util';
import { WellnessError } from '../errors/exceptions';

/** What of an error goes into a log line. Everything else an error may carry (requests, headers, arguments) stays out. */
export interface LoggedError {
  type: string;
  message?: string;
  code?: string;
  stack?: string;
  cause?: LoggedError;
  /** Its stack and causes stand in an earlier line: it was logged where it came by before. */
  logged_before?: true;
}

const MAX_CAUSES = 8;
const MAX_FRAMES = 40;
const MAX_MESSAGE = 500;
const FRAME = /^\s+at /;
const CODE = /^[\w.:-]{1,64}$/;

/**
 * Messages of our own errors and of the language's are logged. Those of drivers and libraries are not: they quote
 * hosts, URLs with credentials, command arguments and pieces of the input. Their code and stack frames say where to look.
 */
export function serializeError(thrown: unknown): LoggedError {
  return serialize(thrown, new WeakSet());
}

/** The same for a whole log: the stack and the causes of an error are told once, however many layers log it. */
export function errorSerializer(): (thrown: unknown) => LoggedError {
  const known = new WeakSet<Error>();
  return (thrown) => serialize(thrown, known);
}

function serialize(thrown: unknown, known: WeakSet<Error>, depth = 0): LoggedError {
  try {
    if (isError(thrown)) return describe(thrown, known, depth);
    return { type: `thrown ${thrown === null ? 'null' : typeof thrown}` };
  } catch {
    return { type: 'unreadable error' };
  }
}

// An error from another realm (a worker, a vm) is no instance of this realm's class.
function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || types.isNativeError(thrown);
}

function describe(error: Error, known: WeakSet<Error>, depth: number): LoggedError {
  const logged: LoggedError = { type: error.constructor?.name ?? error.name };
  const code = codeOf(error);
  if (code !== undefined) logged.code = code;
  if (hasPlainMessage(error)) logged.message = error.message.slice(0, MAX_MESSAGE);
  if (known.has(error)) return { ...logged, logged_before: true };
  known.add(error);
  const frames = framesOf(error);
  if (frames !== '') logged.stack = frames;
  // A chain that bites its own tail ends where it began.
  if (error.cause !== undefined && depth < MAX_CAUSES) logged.cause = serialize(error.cause, known, depth + 1);
  return logged;
}

function hasPlainMessage(error: Error): boolean {
  if (error instanceof WellnessError || error.name === 'ClientGoneError') return true;
  // Written by the engine from names in our code; a SyntaxError quotes the text that was parsed.
  return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
}

function codeOf(error: Error): string | undefined {
  if (error instanceof WellnessError) return error.error_code;
  if ('code' in error && (typeof error.code === 'string' || typeof error.code === 'number')) {
    const code = String(error.code);
    return CODE.test(code) ? code : undefined;
  }
  // Redis says what it means in the first word of its reply.
  return error.name === 'ReplyError' ? /^[A-Z]+/.exec(error.message)?.[0] : undefined;
}

function framesOf(error: Error): string {
  if (typeof error.stack !== 'string') return '';
  return error.stack
    .split('\n')
    .filter((line) => FRAME.test(line))
    .slice(0, MAX_FRAMES)
    .join('\n');
}
