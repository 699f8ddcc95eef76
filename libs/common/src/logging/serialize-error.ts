import { types } from 'node:util';
import { errorDefinition } from '../errors/catalogue';
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
const FRAME = /^\s+at (?:.+ \()?(?:node:|file:|\/|[A-Z]:\\|<anonymous>|index \d).*\)?$/;
/** As the runtime, the network and Redis have them; what others call a code may be anything, a key among it. */
const CODE = /^[A-Z][A-Z\d_]{1,63}$/;
const TYPE = /^[\w$]{1,64}$/;
/** What the language says of our mistakes, as far as it names nothing but what stands in the code. */
const MISTAKES = new RegExp(
  [
    'Cannot (?:read|set) properties of (?:undefined|null)',
    String.raw`[\w$.]+(?:\(\.\.\.\)[\w$.]*)? is not (?:a function|a constructor|iterable|defined)`,
    'Cannot convert undefined or null to object',
    'Converting circular structure to JSON',
    'Do not know how to serialize a BigInt',
    'Invalid (?:array length|string length|typed array length|time value)',
    'Maximum call stack size exceeded',
    'Reduce of empty array',
    'Assignment to constant variable',
  ]
    .map((each) => `^${each}\\b`)
    .join('|'),
);

/**
 * Messages of our own errors are logged, and what the language says of plain mistakes. No others are: drivers, libraries
 * and the language itself quote hosts, URLs with credentials, arguments and pieces of the input. Codes and stack frames
 * say where to look.
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
  const type = error.constructor?.name ?? error.name;
  const logged: LoggedError = { type: TYPE.test(type) ? type : 'Error' };
  const code = codeOf(error);
  if (code !== undefined) logged.code = code;
  const frames = framesOf(error);
  const message = messageOf(error);
  if (message !== undefined) logged.message = message.slice(0, MAX_MESSAGE);
  if (known.has(error)) return { ...logged, logged_before: true };
  known.add(error);
  if (frames.length > 0) logged.stack = frames.join('\n');
  // A chain that bites its own tail ends where it began.
  if (error.cause !== undefined && depth < MAX_CAUSES) logged.cause = serialize(error.cause, known, depth + 1);
  return logged;
}

function messageOf(error: Error): string | undefined {
  if (error instanceof WellnessError) {
    // What is told to a caller about his request may quote it.
    return error.status >= 500 ? error.message : errorDefinition(error.error_code).message;
  }
  if (error.name === 'ClientGoneError') return error.message;
  const isOfTheLanguage = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  return isOfTheLanguage ? MISTAKES.exec(error.message)?.[0] : undefined;
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

/** The message stands above the frames, and may have lines that look like some. */
function framesOf({ stack, message }: Error): string[] {
  if (typeof stack !== 'string') return [];
  const at = message === '' ? -1 : stack.indexOf(message);
  return stack
    .slice(at < 0 ? 0 : at + message.length)
    .split('\n')
    .filter((line) => FRAME.test(line))
    .slice(0, MAX_FRAMES);
}
