/**
 * Shares one run of `probe` among all who ask while it runs, and its result for `ttlMs` after that, so that a storm of
 * probes costs what one costs. `probe` should not throw.
 */
export class SingleFlight<T> {
  private running?: Promise<T>;
  private expiresAt = 0;

  constructor(
    private readonly probe: () => Promise<T>,
    private readonly ttlMs: number,
  ) {}

  async get(): Promise<T> {
    if (this.running !== undefined && Date.now() < this.expiresAt) return this.running;
    this.expiresAt = Number.POSITIVE_INFINITY;
    this.running = this.probe().finally(() => {
      this.expiresAt = Date.now() + this.ttlMs;
    });
    return this.running;
  }
}
