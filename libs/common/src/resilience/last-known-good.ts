import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { currentContext } from '../context/request-context';
import { errorDefinition } from '../errors/catalogue';
import { InfrastructureError } from '../errors/exceptions';
import type { EventLogger } from '../logging/event-logger';

export interface LastKnownGoodSettings {
  /** Bytes of answers that are kept, as their readers weigh them. */
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}

/** One answer that may be wanted again when its source is away. */
export interface RepeatableRead<T> {
  /** Whose it is; nobody else ever gets it. */
  readonly userId: string;
  /** A stable name for logs. */
  readonly operation: string;
  /** Everything the answer depends on. */
  readonly key: string;
  /** About how many bytes an answer takes. */
  readonly weigh: (answer: T) => number;
}

export interface LastKnownGoodStats {
  readonly entries: number;
  readonly bytes: number;
  readonly served: number;
  readonly missed: number;
}

interface Entry {
  readonly answer: object;
  readonly storedAt: number;
  readonly owner: string;
  readonly bytes: number;
}

const OVERHEAD_BYTES = 200;

/**
 * Keeps the last answer to each read, in this process, for when its source is away. An answer that is served from here
 * is noted in the current context (`staleSince`), so that whoever answers can say how old it is. Answers are shared:
 * nobody may change one.
 */
export class LastKnownGood {
  private readonly entries: LRUCache<string, Entry>;
  private served = 0;
  private missed = 0;

  constructor(
    private readonly settings: LastKnownGoodSettings,
    private readonly events: Pick<EventLogger, 'info'>,
  ) {
    this.entries = new LRUCache({ maxSize: settings.maxBytes, sizeCalculation: ({ bytes }) => bytes });
  }

  /** @throws what `work` throws, when that is no outage or nothing is known from before */
  async read<T extends object>(query: RepeatableRead<T>, work: () => Promise<T>): Promise<T> {
    const owner = ownerOf(query.userId);
    const key = `${owner} ${query.operation} ${query.key}`;
    try {
      const answer = await work();
      const bytes = Math.ceil(query.weigh(answer)) + 2 * key.length + OVERHEAD_BYTES;
      this.entries.set(key, { answer, owner, bytes, storedAt: Date.now() });
      return answer;
    } catch (error) {
      if (!isOutage(error)) throw error;
      const entry = this.entries.get(key);
      if (entry === undefined || Date.now() - entry.storedAt > this.settings.maxAgeMs) {
        this.missed++;
        throw error;
      }
      this.serve(query.operation, entry.storedAt);
      return entry.answer as T;
    }
  }

  /** Drops all answers of a user, told by `ownerOf`: what was erased must not be told again. */
  forget(owner: string): void {
    for (const [key, entry] of this.entries.entries()) if (entry.owner === owner) this.entries.delete(key);
  }

  get stats(): LastKnownGoodStats {
    const { served, missed } = this;
    return { entries: this.entries.size, bytes: this.entries.calculatedSize, served, missed };
  }

  private serve(operation: string, storedAt: number): void {
    this.served++;
    const context = currentContext();
    if (context !== undefined) context.staleSince = Math.min(context.staleSince ?? storedAt, storedAt);
    this.events.info('stale_data_served', { operation, age_s: Math.round((Date.now() - storedAt) / 1_000) });
  }
}

/** A name for a user that says nothing about them. */
export function ownerOf(userId: string): string {
  return createHash('sha256').update(userId).digest('base64url').slice(0, 22);
}

/** The source did not do its part; and waiting for it was not what used up the caller's time. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof InfrastructureError)) return false;
  return errorDefinition(error.error_code).retryable && error.error_code !== 'REQUEST_DEADLINE_EXCEEDED';
}
