import type { ErrorCode } from '../errors/catalogue';

/** What a failure is told apart by: all of it in words of the code. */
export interface ErrorKind {
  readonly error_code: ErrorCode | null;
  /** The template of the route; null for work that no request waits for. */
  readonly method: string | null;
  readonly route: string | null;
  /** The event that told of it, where there is no request. */
  readonly event: string | null;
  readonly status: number | null;
}

export interface ErrorGroup extends ErrorKind {
  readonly count: number;
  readonly first_seen: string;
  readonly last_seen: string;
  /** Of the latest few, the newest first. */
  readonly correlation_ids: readonly string[];
}

interface Tally {
  readonly kind: ErrorKind;
  readonly firstSeen: number;
  lastSeen: number;
  count: number;
  readonly ids: string[];
}

const MAX_GROUPS = 500;
const MAX_IDS = 5;
/** What was not seen for so long is not recent. */
const RECENT_MS = 3_600_000;

/** Recent failures by code and route. Kinds are bounded by what the code can say, and by number in any case. */
export class ErrorGroups {
  /** In the order in which they were last seen. */
  private readonly tallies = new Map<string, Tally>();

  constructor(private readonly maxGroups = MAX_GROUPS) {}

  note(kind: ErrorKind, correlationId: string | undefined): void {
    const key = keyOf(kind);
    const now = Date.now();
    let tally = this.tallies.get(key);
    if (tally === undefined || now - tally.lastSeen > RECENT_MS) {
      tally = { kind, firstSeen: now, lastSeen: now, count: 0, ids: [] };
    }
    tally.count++;
    tally.lastSeen = now;
    if (correlationId !== undefined && !tally.ids.includes(correlationId)) {
      tally.ids.unshift(correlationId);
      if (tally.ids.length > MAX_IDS) tally.ids.pop();
    }
    this.tallies.delete(key);
    this.tallies.set(key, tally);
    const oldest = this.tallies.size > this.maxGroups ? this.tallies.keys().next().value : undefined;
    if (oldest !== undefined) this.tallies.delete(oldest);
  }

  /** The latest first. */
  list(limit: number): ErrorGroup[] {
    const since = Date.now() - RECENT_MS;
    const recent = [...this.tallies.values()].filter(({ lastSeen }) => lastSeen >= since).reverse();
    return recent.slice(0, limit).map(({ kind, count, firstSeen, lastSeen, ids }) => ({
      ...kind,
      count,
      first_seen: new Date(firstSeen).toISOString(),
      last_seen: new Date(lastSeen).toISOString(),
      correlation_ids: [...ids],
    }));
  }
}

export function keyOf({ error_code, method, route, event }: ErrorKind): string {
  return `${error_code ?? ''} ${method ?? ''} ${route ?? ''} ${event ?? ''}`;
}
