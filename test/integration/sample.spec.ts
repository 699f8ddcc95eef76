import { type EventLogger, NotFoundError, RedisGateway, redisOptions, userKeys } from '@app/common';
import { startTestRedis, type TestRedis } from '@app/common/testing';
import { Redis } from 'ioredis';
import { Temporal } from 'temporal-polyfill';
import type { ImportStatus } from '../../src/services/imports/import-state';
import type { ImportsService, Upload } from '../../src/services/imports/imports.service';
import { SAMPLE_USER, SampleService, sampleUpTo } from '../../src/services/sample/sample.service';

let server: TestRedis;
let client: Redis;
let gateway: RedisGateway;
let events: { info: jest.Mock; error: jest.Mock };
let imports: FakeImports;
let services: SampleService[];

/** Takes uploads without reading them, and ends each import in `outcome`. */
class FakeImports {
  outcome: ImportStatus = 'completed';
  readonly accepted: string[] = [];
  onAccept: () => Promise<void> = async () => Promise.resolve();

  async accept(userId: string, { content }: Upload): Promise<{ answer: { importId: string } }> {
    content.destroy();
    this.accepted.push(userId);
    await this.onAccept();
    await client.sadd(userKeys(userId).metrics(), 'StepCount');
    return { answer: { importId: `imp_${this.accepted.length}` } };
  }

  get(_userId: string, importId: string): Promise<object> {
    const isKnown = importId.startsWith('imp_');
    if (!isKnown) return Promise.reject(new NotFoundError('IMPORT_JOB_NOT_FOUND'));
    return Promise.resolve({ status: this.outcome, progress: { recordsStored: 7 } });
  }
}

beforeEach(async () => {
  server = await startTestRedis();
  const settings = { url: server.url, connectTimeoutMs: 1_000, commandTimeoutMs: 1_000 };
  client = new Redis({ ...redisOptions(settings, 'commands'), retryStrategy: () => 20 });
  client.on('error', () => undefined);
  await client.connect();
  gateway = new RedisGateway(client);
  events = { info: jest.fn(), error: jest.fn() };
  imports = new FakeImports();
  services = [];
});

afterEach(async () => {
  for (const service of services) await service.beforeApplicationShutdown();
  client.disconnect();
  await server.stop();
});

function sample(): SampleService {
  const service = new SampleService(gateway, imports as unknown as ImportsService, events as unknown as EventLogger);
  services.push(service);
  return service;
}

describe('the sample', () => {
  it('goes into an empty store, once', async () => {
    expect(await sample().load()).toBe(true);
    expect(imports.accepted).toEqual([SAMPLE_USER]);
    expect(events.info).toHaveBeenCalledWith('sample_loaded', expect.objectContaining({ records: 7 }));
    expect(await sample().load()).toBe(true);
    expect(imports.accepted).toHaveLength(1);
  });

  it('stays out of a store that somebody uses', async () => {
    await client.set(userKeys('alice').profile(), 'x');
    expect(await sample().load()).toBe(false);
    expect(imports.accepted).toEqual([]);
  });

  it('does not come back after its user was erased', async () => {
    await sample().load();
    await client.del(userKeys(SAMPLE_USER).metrics());
    expect(await sample().load()).toBe(false);
    expect(imports.accepted).toHaveLength(1);
  });

  it('is sent in by one of several replicas, and all know when it is there', async () => {
    imports.onAccept = () => new Promise((resolve) => setTimeout(resolve, 300));
    expect(await Promise.all([sample().load(), sample().load(), sample().load()])).toEqual([true, true, true]);
    expect(imports.accepted).toHaveLength(1);
  });

  it('is waited for when its import was begun by a process that is gone', async () => {
    imports.outcome = 'running';
    const first = sample();
    const abandoned = first.load();
    while ((await client.exists('{w:sample}:import')) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await first.beforeApplicationShutdown();
    expect(await abandoned).toBe(false);
    const second = sample().load();
    imports.outcome = 'completed';
    expect(await second).toBe(true);
    expect(imports.accepted).toHaveLength(1);
  });

  it('is loaded when Redis comes back, if it was away at the start', async () => {
    server.server.signal('SIGSTOP');
    const loading = sample().load();
    while (events.error.mock.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    server.server.signal('SIGCONT');
    expect(await loading).toBe(true);
    expect(imports.accepted).toHaveLength(1);
  });

  it('is given up, and said to be, when its import fails', async () => {
    imports.outcome = 'failed';
    imports.onAccept = async () => void (await client.del(userKeys(SAMPLE_USER).metrics()));
    expect(await sample().load()).toBe(false);
    expect(events.error).toHaveBeenCalledTimes(1);
  });

  it('ends at this moment: nothing in it lies in the future', () => {
    const now = Temporal.ZonedDateTime.from('2026-03-29T03:15:42.5[Europe/Berlin]');
    expect(sampleUpTo(now)).toMatchObject({ endDate: '2026-03-29', exportTime: '03:15:42', timeZone: 'Europe/Berlin' });
  });
});
