import { addAbortSignal, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  EventLogger,
  InfrastructureError,
  NotFoundError,
  RedisGateway,
  REPEATABLE,
  SAMPLE_KEYS,
  userKeys,
} from '@app/common';
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
/** Enough for daily and hourly figures, and a third of what a watch writes. */
const HEART_RATE_SECONDS = 900;

const LOCK_SECONDS = 15;
const POLL_MS = 250;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const SCAN_COUNT = 1_000;

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
        // Whatever else it is, it would be the same next time.
        if (!(error instanceof InfrastructureError)) return false;
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
      await this.pause(pauseMs);
    }
    return false;
  }

  private async attempt(): Promise<boolean | 'busy'> {
    const known = await this.redis.execute('look_for_sample', (client) => client.get(SAMPLE_KEYS.import), REPEATABLE);
    if (known !== null) return this.hasArrived(known);
    if (await this.hasData()) return true;
    if (await this.hasOtherUsers()) return false;
    const begun = performance.now();
    const importId = await this.underLock(() => this.sendIn());
    if (importId === undefined) return 'busy';
    const records = await this.whenImported(importId);
    this.events.info('sample_loaded', { records, duration_ms: Math.round(performance.now() - begun) });
    return true;
  }

  /** Waits for an import that was begun before: by another process, or by one that was stopped meanwhile. */
  private async hasArrived(importId: string): Promise<boolean> {
    try {
      await this.whenImported(importId);
    } catch (error) {
      if (!(error instanceof NotFoundError) && !(error instanceof SampleRefused)) throw error;
    }
    return this.hasData();
  }

  private async sendIn(): Promise<string> {
    const content = addAbortSignal(this.stopping.signal, exportUpTo(Temporal.Now.zonedDateTimeISO(TIME_ZONE)));
    const { importId } = (await this.imports.accept(SAMPLE_USER, { content })).answer;
    await this.redis.execute('note_sample', (client) => client.set(SAMPLE_KEYS.import, importId), REPEATABLE);
    return importId;
  }

  /** Only one process sends the sample in; `undefined` when another one does. */
  private async underLock<T>(work: () => Promise<T>): Promise<T | undefined> {
    const key = SAMPLE_KEYS.lock;
    const mine = await this.redis.execute('lock_sample', (client) => client.set(key, '1', 'EX', LOCK_SECONDS, 'NX'));
    if (mine === null) return undefined;
    // A renewal that fails shortens the lock, and sending the sample in twice would store nothing twice.
    const renew = (): Promise<unknown> =>
      this.redis.execute('renew_sample_lock', (client) => client.expire(key, LOCK_SECONDS)).catch(() => undefined);
    const renewal = setInterval(() => void renew(), (LOCK_SECONDS * 1_000) / 3);
    try {
      return await work();
    } finally {
      clearInterval(renewal);
      // When this fails too, the lock goes by itself.
      await this.redis.execute('unlock_sample', (client) => client.del(key)).catch(() => undefined);
    }
  }

  /** @returns how many records were stored */
  private async whenImported(importId: string): Promise<number> {
    for (;;) {
      const { status, progress } = await this.imports.get(SAMPLE_USER, importId);
      if (status === 'completed') return progress.recordsStored;
      if (isFinal(status)) throw new SampleRefused(importId, status);
      await this.pause(POLL_MS);
      this.stopping.signal.throwIfAborted();
    }
  }

  private async hasData(): Promise<boolean> {
    const key = userKeys(SAMPLE_USER).metrics();
    return (await this.redis.execute('look_for_sample', (client) => client.exists(key), REPEATABLE)) === 1;
  }

  private async hasOtherUsers(): Promise<boolean> {
    const own = userKeys(SAMPLE_USER).prefix;
    let cursor = '0';
    do {
      const scan = (from: string): Promise<[string, string[]]> =>
        this.redis.execute(
          'look_for_users',
          (client) => client.scan(from, 'MATCH', 'w:{*', 'COUNT', SCAN_COUNT),
          REPEATABLE,
        );
      const [next, keys] = await scan(cursor);
      if (keys.some((key) => !key.startsWith(own))) return true;
      cursor = next;
    } while (cursor !== '0');
    return false;
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

function exportUpTo(now: Temporal.ZonedDateTime): Readable {
  return Readable.from(bytesOf(generateExportXml(sampleUpTo(now))), { objectMode: false });
}

function* bytesOf(pieces: Iterable<string>): Generator<Buffer> {
  for (const piece of pieces) yield Buffer.from(piece, 'utf8');
}

/** A year that ends at this moment: nothing in it lies in the future. */
export function sampleUpTo(now: Temporal.ZonedDateTime): SampleOptions {
  return {
    seed: SEED,
    endDate: now.toPlainDate().toString(),
    days: DAYS,
    timeZone: now.timeZoneId,
    heartRateIntervalSeconds: HEART_RATE_SECONDS,
    exportTime: now.toPlainTime().toString({ smallestUnit: 'second' }),
  };
}
