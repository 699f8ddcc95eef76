import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Drain } from '../http/drain';
import { EventLogger } from '../logging/event-logger';
import { Hysteresis } from './hysteresis';
import { LoadSampler } from './load-sampler';
import { LOAD_LIMITS, type LoadLimits, type LoadMeasure, SAMPLE_MS } from './load-settings';

/** How the process does, and what it has turned away since its start. */
export interface LoadSnapshot {
  /** Measures beyond their limits now. */
  readonly exceeded: readonly LoadMeasure[];
  readonly event_loop_delay_ms: number;
  readonly heap_percent: number;
  readonly in_flight: number;
  /** Requests turned away, by the measure that was beyond its limit. */
  readonly shed: Readonly<Record<LoadMeasure, number>>;
}

/** A time of turning away: since when, and how many. */
interface Episode {
  readonly since: number;
  readonly shedBefore: number;
}

/** Once the limit was passed, requests in flight have to fall to this share of it before new ones are taken again. */
const ROOM = 0.9;

/**
 * Turns new requests away before the process drowns in them: when the event loop is late, the heap nearly full, or too
 * many requests are in flight. The first two are sampled; a request costs three comparisons.
 */
@Injectable()
export class LoadShedder implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly sampler = new LoadSampler();
  private readonly delay: Hysteresis;
  private readonly heap: Hysteresis;
  private readonly maxInFlight: number;
  private readonly roomAgainAt: number;
  private readonly shed: Record<LoadMeasure, number> = { event_loop_delay_ms: 0, heap_percent: 0, in_flight: 0 };
  private readonly episodes = new Map<LoadMeasure, Episode>();
  private values = { event_loop_delay_ms: 0, heap_percent: 0 };
  private full = false;
  private shedWhenFull = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(LOAD_LIMITS) limits: LoadLimits,
    private readonly drain: Drain,
    private readonly events: EventLogger,
  ) {
    this.delay = new Hysteresis(limits.eventLoopDelayMs);
    this.heap = new Hysteresis(limits.heapPercent);
    this.maxInFlight = limits.maxInFlight || Number.POSITIVE_INFINITY;
    // A request counts itself: at one it could never be taken.
    this.roomAgainAt = Math.max(1, Math.floor(this.maxInFlight * ROOM));
  }

  onApplicationBootstrap(): void {
    this.sampler.start();
    this.timer = setInterval(() => this.sample(), SAMPLE_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.sampler.stop();
  }

  /** Whether a request that has just come in should be turned away; it counts among those in flight already. */
  refuses(): boolean {
    if (this.delay.isOver) return this.count('event_loop_delay_ms');
    if (this.heap.isOver) return this.count('heap_percent');
    if (this.drain.inFlight <= (this.full ? this.roomAgainAt : this.maxInFlight)) {
      this.full = false;
      return false;
    }
    this.full = true;
    this.begin('in_flight', this.drain.inFlight, this.maxInFlight);
    return this.count('in_flight');
  }

  snapshot(): LoadSnapshot {
    return {
      exceeded: [...this.episodes.keys()],
      event_loop_delay_ms: round(this.values.event_loop_delay_ms),
      heap_percent: round(this.values.heap_percent),
      in_flight: this.drain.inFlight,
      shed: { ...this.shed },
    };
  }

  private count(measure: LoadMeasure): true {
    this.shed[measure]++;
    return true;
  }

  private sample(): void {
    this.values = {
      event_loop_delay_ms: this.sampler.eventLoopDelayMs(),
      heap_percent: this.sampler.heapPercent(this.heap.limit),
    };
    this.follow('event_loop_delay_ms', this.delay);
    this.follow('heap_percent', this.heap);
    this.followInFlight();
  }

  private follow(measure: 'event_loop_delay_ms' | 'heap_percent', hysteresis: Hysteresis): void {
    const value = this.values[measure];
    if (!hysteresis.note(value)) return;
    if (hysteresis.isOver) this.begin(measure, round(value), hysteresis.limit);
    else this.end(measure);
  }

  /** Under a constant crowd there is room every other moment: it is over when nobody was turned away for a whole sample. */
  private followInFlight(): void {
    const isQuiet = this.shed.in_flight === this.shedWhenFull;
    this.shedWhenFull = this.shed.in_flight;
    if (isQuiet && this.drain.inFlight <= this.roomAgainAt) this.end('in_flight');
  }

  private begin(measure: LoadMeasure, value: number, limit: number): void {
    if (this.episodes.has(measure)) return;
    this.episodes.set(measure, { since: performance.now(), shedBefore: this.shed[measure] });
    this.events.warn('load_shedding_began', { measure, value, limit });
  }

  private end(measure: LoadMeasure): void {
    const episode = this.episodes.get(measure);
    if (episode === undefined) return;
    this.episodes.delete(measure);
    const duration_ms = Math.round(performance.now() - episode.since);
    this.events.info('load_shedding_ended', { measure, shed: this.shed[measure] - episode.shedBefore, duration_ms });
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
