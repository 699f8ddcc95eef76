/**
 * Why a request is kept: it failed; it was answered in spite of a failure; it was refused; it took long. Earlier ones
 * are kept longer.
 */
export const TRACE_RANKS = ['failed', 'degraded', 'refused', 'slow'] as const;
export type TraceRank = (typeof TRACE_RANKS)[number];

export interface TraceKey {
  readonly correlationId: string;
  readonly rank: TraceRank;
  /** Traces of one group share its room: a flood of one failure must not push out all others. */
  readonly group: string;
}

interface Entry extends TraceKey {
  readonly bytes: Buffer;
}

interface Group {
  readonly entries: Set<Entry>;
  second: number;
  taken: number;
}

export interface TraceLimits {
  readonly maxRequests: number;
  readonly maxBytes: number;
}

/** What an entry takes besides its bytes. */
const OVERHEAD_BYTES = 500;
const MAX_OF_GROUP = 50;
/** Callers choose correlation ids, and may give many requests the same. */
const MAX_OF_ID = 10;
/** So much may be written down of a flood; the rest is only counted. */
const MAX_A_SECOND = 50;

/**
 * What requests have done, as text, in bounded memory: the newest are kept, failures longer than refusals, and those
 * longer than what was merely slow.
 */
export class TraceStore {
  private readonly ranks: Readonly<Record<TraceRank, Set<Entry>>> = {
    failed: new Set(),
    degraded: new Set(),
    refused: new Set(),
    slow: new Set(),
  };
  private readonly byId = new Map<string, Entry[]>();
  private readonly groups = new Map<string, Group>();
  private total = 0;
  private count = 0;

  constructor(private readonly limits: TraceLimits) {}

  get size(): { readonly requests: number; readonly bytes: number } {
    return { requests: this.count, bytes: this.total };
  }

  /** Keeps what `render` gives; it is not called when there is no room for it now. */
  keep(key: TraceKey, render: () => string): void {
    const group = this.groupOf(key.group);
    if (!mayTake(group)) return;
    const entry: Entry = { ...key, bytes: Buffer.from(render()) };
    group.entries.add(entry);
    this.ranks[key.rank].add(entry);
    const ofId = [...(this.byId.get(key.correlationId) ?? []), entry];
    this.byId.set(key.correlationId, ofId);
    this.total += weightOf(entry);
    this.count++;
    if (ofId.length > MAX_OF_ID) this.drop(ofId[0]);
    if (group.entries.size > MAX_OF_GROUP) this.drop(oldestOf(group.entries));
    while (this.total > this.limits.maxBytes || this.count > this.limits.maxRequests) this.drop(this.mostDispensable());
  }

  /** What is kept under an id, the newest first; a caller may give several requests the same. */
  find(correlationId: string): string[] {
    return (this.byId.get(correlationId) ?? []).map(({ bytes }) => bytes.toString()).reverse();
  }

  private groupOf(name: string): Group {
    let group = this.groups.get(name);
    if (group === undefined) this.groups.set(name, (group = { entries: new Set(), second: 0, taken: 0 }));
    return group;
  }

  private mostDispensable(): Entry | undefined {
    const { slow, refused, degraded, failed } = this.ranks;
    return oldestOf([slow, refused, degraded, failed].find((set) => set.size > 0));
  }

  private drop(entry: Entry | undefined): void {
    if (entry === undefined) return;
    this.ranks[entry.rank].delete(entry);
    const group = this.groups.get(entry.group);
    group?.entries.delete(entry);
    if (group?.entries.size === 0) this.groups.delete(entry.group);
    const others = (this.byId.get(entry.correlationId) ?? []).filter((other) => other !== entry);
    if (others.length === 0) this.byId.delete(entry.correlationId);
    else this.byId.set(entry.correlationId, others);
    this.total -= weightOf(entry);
    this.count--;
  }
}

/** Sets keep the order in which they were filled. */
function oldestOf(entries: Set<Entry> | undefined): Entry | undefined {
  return entries?.values().next().value;
}

function weightOf({ bytes }: Entry): number {
  return bytes.length + OVERHEAD_BYTES;
}

function mayTake(group: Group): boolean {
  const second = Math.floor(performance.now() / 1_000);
  if (group.second !== second) {
    group.second = second;
    group.taken = 0;
  }
  return group.taken++ < MAX_A_SECOND;
}
