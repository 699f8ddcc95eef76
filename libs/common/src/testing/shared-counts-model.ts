import { type SharedCount, SharedCounts, type SharedLease } from '../rate-limits/shared-counts';

interface Kept {
  used: number;
  endsAt: number;
}

/** What the shared counts in Redis do, said once more: the two are held together by a test on a real Redis. */
export class SharedCountsModel extends SharedCounts {
  /** Windows that were begun. */
  windows = 0;
  calls = 0;
  private readonly counts = new Map<string, Kept>();

  constructor(private readonly now: () => number) {
    super();
  }

  lease(leases: readonly SharedLease[]): Promise<SharedCount[]> {
    return Promise.resolve(this.apply(leases));
  }

  apply(leases: readonly SharedLease[]): SharedCount[] {
    this.calls += 1;
    return leases.map((lease) => this.applyOne(lease));
  }

  /** As after a restart without data. */
  lose(): void {
    this.counts.clear();
  }

  private applyOne({ key, limit, windowMs, needed, ahead, report, known }: SharedLease): SharedCount {
    const now = this.now();
    const stored = this.counts.get(key);
    const isKept = stored !== undefined && stored.endsAt > now;
    const msLeft = isKept ? stored.endsAt - now : known.msLeft || windowMs;
    let used = isKept ? stored.used : 0;
    if (known.msLeft > 0 && Math.abs(msLeft - known.msLeft) <= windowMs / 10) used = Math.max(used, known.used);
    used += report;
    const free = Math.max(limit - used, 0);
    const granted = Math.min(free, needed + Math.min(ahead, Math.floor(Math.max(free - needed, 0) / 8)));
    used += granted;
    if (used === 0) return { granted, used, msLeft: 0 };
    if (!isKept) this.windows += 1;
    this.counts.set(key, { used, endsAt: now + msLeft });
    return { granted, used, msLeft };
  }
}
