import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestRedis, TcpFaultProxy, type TestRedis, TEST_SECRET, tokenFor } from '@app/common/testing';
import { call, type HttpAnswer, post } from '../../e2e/support/http';
import { ApplicationProcess } from '../../support/application-process';
import type { GeneratedCall } from './generated-load';
import { type Asker, MIXTURE, RARE } from './mixed-calls';

export const OPEN_MS = 1_000;
export const DEADLINE_MS = 3_000;
const ASKERS = 50;
const AT_ONCE = 10;
const ENVIRONMENT = {
  LOG_LEVEL: 'info',
  AUTH_JWT_SECRET: TEST_SECRET,
  REDIS_BREAKER_OPEN_MS: String(OPEN_MS),
  REQUEST_TIMEOUT_MS: String(DEADLINE_MS),
  CHAT_TIMEOUT_MS: String(DEADLINE_MS),
  READINESS_REDIS_GRACE_MS: '0',
  SHED_EVENT_LOOP_DELAY_MS: '0',
  SHED_HEAP_PERCENT: '0',
  // Small enough for growth to show.
  NODE_OPTIONS: '--max-semi-space-size=2 --max-old-space-size=256',
  SHUTDOWN_GRACE_MS: '0',
};
const SCOPES = ['health:read', 'health:write', 'chat'];

export interface Memory {
  readonly at: number;
  readonly heapPercent: number;
  readonly loopDelayMs: number;
  readonly rssMib: number;
}

interface Parts {
  readonly redis: TestRedis;
  readonly proxy: TcpFaultProxy;
  readonly application: ApplicationProcess;
  readonly dataDir: string;
}

/** The built application as a process of its own, behind a proxy to its Redis, with many users. */
export class LoadedWorld {
  private constructor(
    private readonly parts: Parts,
    readonly port: number,
    private readonly admin: string,
  ) {}

  get redis(): TestRedis {
    return this.parts.redis;
  }

  get proxy(): TcpFaultProxy {
    return this.parts.proxy;
  }

  get application(): ApplicationProcess {
    return this.parts.application;
  }

  static async start(): Promise<LoadedWorld> {
    const redis = await startTestRedis();
    const upstream = { path: decodeURIComponent(redis.url.slice('unix://'.length)) };
    const proxy = await TcpFaultProxy.start({ upstream, protocol: 'redis' });
    const dataDir = await mkdtemp(join(tmpdir(), 'wellness-load-'));
    const REDIS_URL = `redis://${proxy.address}`;
    const application = ApplicationProcess.spawn({ ...ENVIRONMENT, REDIS_URL, DATA_DIR: dataDir });
    const admin = `Bearer ${await tokenFor('operator', ['admin'])}`;
    return new LoadedWorld({ redis, proxy, application, dataDir }, await application.port(), admin);
  }

  /** Users who have asked everything before, so that it is known. */
  async askers(): Promise<Asker[]> {
    const askers: Asker[] = [];
    while (askers.length < ASKERS) {
      const names = Array.from({ length: AT_ONCE }, (_, index) => `user-${askers.length + index}`);
      askers.push(...(await Promise.all(names.map((name) => this.asker(name)))));
    }
    await this.importOnce(askers[0] as Asker);
    return askers;
  }

  /** Share of its heap's limit, and all it has of the machine's memory where the system tells. */
  async memory(): Promise<Memory> {
    const { body } = await call(this.port, {
      path: '/api/v1/admin/resilience',
      headers: { authorization: this.admin },
    });
    const { load } = dataOf<{ load: { heap_percent: number; event_loop_delay_ms: number } }>(body);
    return {
      at: Date.now(),
      heapPercent: load.heap_percent,
      loopDelayMs: load.event_loop_delay_ms,
      rssMib: await rssMib(this.application.child.pid ?? 0),
    };
  }

  async close(): Promise<void> {
    await this.application.kill();
    await this.proxy.close();
    this.redis.server.signal('SIGCONT');
    await this.redis.stop();
    await rm(this.parts.dataDir, { recursive: true, force: true });
  }

  private async asker(name: string): Promise<Asker> {
    const authorization = `Bearer ${await tokenFor(name, SCOPES)}`;
    const headers = { authorization };
    const message = { message: 'hello' };
    const session = await this.send(post(this.port, '/api/v1/chat/stateful', message, headers));
    const { session_id: sessionId } = dataOf<{ session_id: string }>(session.body);
    const asker = { authorization, sessionId };
    // Whatever changes what others read comes first.
    for (const kind of ['profile', 'push', ...MIXTURE.map((each) => each.kind)]) {
      await this.send(call(this.port, fresh(kindOf(kind).call(asker))), Number.parseInt(kindOf(kind).usual, 10));
    }
    return asker;
  }

  /** What is loaded for the first import is loaded before anything is measured. */
  private async importOnce(asker: Asker): Promise<void> {
    await this.send(call(this.port, fresh(RARE.call(asker))), 202);
    await this.application.event('import_completed');
  }

  private async send(answer: Promise<HttpAnswer>, expected = 200): Promise<HttpAnswer> {
    const { status, body } = await answer;
    if (status !== expected) throw new Error(`${status}: ${body}`);
    return answer;
  }
}

export function kindOf(name: string): (typeof MIXTURE)[number] {
  return [...MIXTURE, RARE].find(({ kind }) => kind === name) as (typeof MIXTURE)[number];
}

/** The same call with a number that nobody else uses. */
function fresh({ headers, ...rest }: Omit<GeneratedCall, 'kind'>): Omit<GeneratedCall, 'kind'> {
  const filled = Object.entries(headers).map(([name, value]) => [name, value.replaceAll('{n}', randomUUID())]);
  return { ...rest, headers: Object.fromEntries(filled) as Record<string, string> };
}

function dataOf<T>(body: string): T {
  return (JSON.parse(body) as { data: T }).data;
}

async function rssMib(pid: number): Promise<number> {
  if (process.platform !== 'linux') return 0;
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) / 1_024;
}
