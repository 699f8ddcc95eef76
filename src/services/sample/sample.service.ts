import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventLogger, RedisGateway, SAMPLE_KEYS, userKeys } from '@app/common';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Temporal } from 'temporal-polyfill';
import { isFinal } from '../imports/import-state';
import { ImportsService } from '../imports/imports.service';
import { generateExportXml, type SampleOptions } from './sample-export';

/** The user the sample belongs to. */
export const SAMPLE_USER = 'demo';
/** One with daylight saving, so that days of 23 and 25 hours are in the sample. */
const TIME_ZONE = 'Europe/Berlin';
const SEED = 20_250_923;
const DAYS = 365;

const LOCK_SECONDS = 30;
const POLL_MS = 250;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const SCAN_COUNT = 1_000;

/** The import of the sample failed, or somebody cancelled it: trying again would not help. */
class SampleRefused extends Error {
  constructor(importId: string, status: string) {
    super(`The import of the sample (${importId}) is ${status}`);
    this.name = 'SampleRefused';
  }
}

/** Puts a year of invented data into a store that has nobody's, so that there is something to ask about. */
@Injectable()
export class SampleService implements BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private loading: Promise<boolean> | undefined;

  constructor(
    private readonly redis: RedisGateway,
    private readonly imports: ImportsService,
    private readonly events: EventLogger,
  ) {}

  /**
   * Loads the sample unless this store has data, or had the sample before. Waits for a Redis that is away, and for
   * another process that is loading it. Never rejects.
   * @returns whether user `demo` has data when it is over
   */
  load(): Promise<boolean> {
    this.loading ??= this.untilDone();
    return this.loading;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.loading;
  }

  private async untilDone(): Promise<boolean> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.stopping.signal.aborted) {
      try {
        const outcome = await this.attempt();
        if (outcome !== 'busy') return outcome;
      } catch (error) {
        if (this.stopping.signal.aborted) return false;
        this.events.error('sample_failed', { err: error });
        if (error instanceof SampleRefused) return false;
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
      await this.pause(pauseMs);
    }
    return false;
  }

  private async attempt(): Promise<boolean | 'busy'> {
    if (await this.hasData()) return true;
    if (await this.isSettled()) return false;
    const token = randomUUID();
    const lock = ['EX', LOCK_SECONDS, 'NX'] as const;
    const mine = await this.redis.execute('lock_sample', (client) => client.set(SAMPLE_KEYS.lock, token, ...lock));
    if (mine === null) return 'busy';
    try {
      return await this.importSample();
    } finally {
      // When this fails too, the lock goes by itself.
      await this.redis.execute('unlock_sample', (client) => client.del(SAMPLE_KEYS.lock)).catch(() => undefined);
    }
  }

  private async importSample(): Promise<boolean> {
    const begun = performance.now();
    const content = Readable.from(generateExportXml(sampleUpTo(Temporal.Now.zonedDateTimeISO(TIME_ZONE))));
    const { answer } = await this.imports.accept(SAMPLE_USER, { content });
    const records = await this.whenImported(answer.importId);
    await this.redis.execute('mark_sample', (client) => client.set(SAMPLE_KEYS.loaded, new Date().toISOString()));
    this.events.info('sample_loaded', { records, duration_ms: Math.round(performance.now() - begun) });
    return true;
  }

  private async whenImported(importId: string): Promise<number> {
    for (;;) {
      const { status, progress } = await this.imports.get(SAMPLE_USER, importId);
      if (status === 'completed') return progress.recordsStored;
      if (isFinal(status)) throw new SampleRefused(importId, status);
      await this.redis.execute('keep_sample_lock', (client) => client.expire(SAMPLE_KEYS.lock, LOCK_SECONDS));
      await this.pause(POLL_MS);
      this.stopping.signal.throwIfAborted();
    }
  }

  private async hasData(): Promise<boolean> {
    const key = userKeys(SAMPLE_USER).metrics();
    const lock = SAMPLE_KEYS.lock;
    const [metrics, busy] = await this.redis.pipeline('look_for_sample', (pipeline) => {
      pipeline.exists(key).exists(lock);
    });
    return metrics === 1 && busy === 0;
  }

  /** Whether this store is somebody's, or had the sample before: then it is left as it is. */
  private async isSettled(): Promise<boolean> {
    const marked = await this.redis.execute('look_for_sample', (client) => client.exists(SAMPLE_KEYS.loaded));
    return marked === 1 || this.hasUsers();
  }

  private async hasUsers(): Promise<boolean> {
    const own = userKeys(SAMPLE_USER).prefix;
    let cursor = '0';
    do {
      const scan = (from: string): Promise<[string, string[]]> =>
        this.redis.execute('look_for_users', (client) => client.scan(from, 'MATCH', 'w:{*', 'COUNT', SCAN_COUNT));
      const [next, keys] = await scan(cursor);
      // An import of the sample that was cut off does not count: it is what has to be brought to its end.
      if (keys.some((key) => !key.startsWith(own))) return true;
      cursor = next;
    } while (cursor !== '0');
    return false;
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

/** A year that ends at this moment: nothing in it lies in the future. */
export function sampleUpTo(now: Temporal.ZonedDateTime): SampleOptions {
  return {
    seed: SEED,
    endDate: now.toPlainDate().toString(),
    days: DAYS,
    timeZone: now.timeZoneId,
    exportTime: now.toPlainTime().toString({ smallestUnit: 'second' }),
  };
}
