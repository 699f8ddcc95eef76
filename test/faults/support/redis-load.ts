import { HANDSHAKE_COMMANDS, type ProxyTraffic } from '@app/common/testing';

interface Sample {
  readonly at: number;
  /** Commands that reached Redis so far. */
  readonly reached: number;
  /** Commands so far that were sent for requests, whether they reached Redis or not. */
  readonly asked: number;
}

const EVERY_MS = 25;
const SECOND_MS = 1_000;

/** How much Redis has to do, over time, seen from a proxy before it. Times are epoch milliseconds. */
export class RedisLoad {
  private readonly samples: Sample[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly traffic: ProxyTraffic) {
    this.timer = setInterval(() => this.sample(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /**
   * Most commands a second in any stretch of `windowMs` that begins in between.
   * @param counts omitted: all of them count
   */
  peak(windowMs: number, from: number, to: number, counts = (_from: number, _to: number) => true): number {
    let most = 0;
    let last = 0;
    for (const [first, { at, reached }] of this.samples.entries()) {
      if (at < from || at > to) continue;
      last = Math.max(last, first);
      while (last < this.samples.length - 1 && (this.samples[last] as Sample).at - at < windowMs) last++;
      const end = this.samples[last] as Sample;
      if (end.at - at >= windowMs && counts(at, end.at))
        most = Math.max(most, ((end.reached - reached) / (end.at - at)) * SECOND_MS);
    }
    return Math.round(most);
  }

  /** Commands that were sent for requests in between, whether they reached Redis or not. */
  asked(from: number, to: number): number {
    const within = this.samples.filter(({ at }) => at >= from && at <= to);
    return (within.at(-1)?.asked ?? 0) - (within[0]?.asked ?? 0);
  }

  private sample(): void {
    this.samples.push({
      at: Date.now(),
      reached: this.traffic.commands(),
      asked: this.traffic.asked({ client: 'wellness-commands', except: HANDSHAKE_COMMANDS }),
    });
  }
}
