import { WellnessError } from '../errors/exceptions';

/** Fields that say what an event is about, in words of the code; none of them ever holds what a user sent. */
const NAMING = ['error_code', 'route', 'operation', 'tool', 'policy', 'purpose', 'fault', 'reason', 'source'] as const;

const MAX_CAUSES = 4;
const MAX_LENGTH = 400;
const FRAME = /^\s+at (.*)$/m;

type Fields = Readonly<Record<string, unknown>>;

/**
 * What makes two failures the same: the event, the code, the operation, and the chain of causes by type and code. Of
 * bugs, which all have one code, also the line that threw: a second one must not hide behind the first.
 */
export function identityOf(event: string, fields: Fields): string {
  const names = NAMING.map((name) => (typeof fields[name] === 'string' ? fields[name] : ''));
  return [event, ...names, ...chainOf(fields.err)].join('|').slice(0, MAX_LENGTH);
}

function chainOf(thrown: unknown): string[] {
  const chain: string[] = [];
  try {
    let error = thrown;
    for (let depth = 0; depth < MAX_CAUSES && error instanceof Error; depth++) {
      chain.push(linkOf(error));
      error = error.cause;
    }
    if (chain.length === 0) chain.push(typeof thrown);
  } catch {
    chain.push('unreadable');
  }
  return chain;
}

function linkOf(error: Error): string {
  const type = error.constructor?.name ?? error.name;
  if (error instanceof WellnessError) return `${type}:${error.error_code}:${operationOf(error)}`;
  const code = 'code' in error ? String(error.code) : '';
  return `${type}:${code}:${FRAME.exec(error.stack ?? '')?.[1] ?? ''}`;
}

function operationOf({ details }: WellnessError): string {
  return typeof details.operation === 'string' ? details.operation : '';
}
