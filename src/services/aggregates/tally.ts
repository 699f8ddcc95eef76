/**
 * Running figures of a row of buckets. `sum` holds the shares of samples that fall into a bucket; `count`, `total`,
 * `min` and `max` are those of the samples that start in it, each with its whole value.
 */
export class Tally {
  readonly count: Float64Array;
  readonly sum: Float64Array;
  readonly total: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;

  constructor(readonly length: number) {
    this.count = new Float64Array(length);
    this.sum = new Float64Array(length);
    this.total = new Float64Array(length);
    this.min = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
    this.max = new Float64Array(length).fill(Number.NEGATIVE_INFINITY);
  }

  /** Counts samples of `value` that start in `bucket`. */
  addSample(bucket: number, value: number): void {
    this.count[bucket]! += 1;
    this.total[bucket]! += value;
    if (value < (this.min[bucket] as number)) this.min[bucket] = value;
    if (value > (this.max[bucket] as number)) this.max[bucket] = value;
  }

  /** Makes all buckets empty again. */
  clear(): void {
    for (const figures of [this.count, this.sum, this.total]) figures.fill(0);
    this.min.fill(Number.POSITIVE_INFINITY);
    this.max.fill(Number.NEGATIVE_INFINITY);
  }

  addShare(bucket: number, amount: number): void {
    this.sum[bucket]! += amount;
  }

  /** Adds the figures of another tally's bucket. */
  addBucket(bucket: number, other: Tally, index: number): void {
    this.count[bucket]! += other.count[index] as number;
    this.sum[bucket]! += other.sum[index] as number;
    this.total[bucket]! += other.total[index] as number;
    this.min[bucket] = Math.min(this.min[bucket] as number, other.min[index] as number);
    this.max[bucket] = Math.max(this.max[bucket] as number, other.max[index] as number);
  }
}

/** Index of the bucket that holds `time`, given n+1 ascending boundaries of n buckets; -1 outside. */
export function bucketAt(boundaries: ArrayLike<number>, time: number): number {
  const last = boundaries.length - 1;
  if (last < 1 || time < (boundaries[0] as number) || time >= (boundaries[last] as number)) return -1;
  let low = 0;
  let high = last - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((boundaries[middle] as number) <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Spreads `amount`, evenly over `[start, end)`, of which `[from, to)` counts, over the buckets. */
export function spread(
  tally: Tally,
  boundaries: ArrayLike<number>,
  amount: number,
  span: { readonly start: number; readonly end: number; readonly from: number; readonly to: number },
): void {
  const { start, end, from, to } = span;
  if (end <= start) {
    const bucket = bucketAt(boundaries, start);
    if (bucket >= 0) tally.addShare(bucket, amount);
    return;
  }
  const first = boundaries[0] as number;
  const visibleTo = Math.min(to, boundaries[boundaries.length - 1] as number);
  let position = Math.max(from, first);
  for (let bucket = bucketAt(boundaries, position); bucket >= 0 && position < visibleTo; bucket++) {
    const next = Math.min(visibleTo, boundaries[bucket + 1] as number);
    tally.addShare(bucket, amount * ((next - position) / (end - start)));
    position = next;
  }
}
