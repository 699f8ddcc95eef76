import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LastKnownGoodModule, RedisModule } from '@app/common';
import { createTestApp, eventually, startTestRedis, type TestApp, type TestRedis } from '@app/common/testing';
import { HealthDataApiModule } from '../../../src/api/health-data/health-data-api.module';
import { ImportsApiModule } from '../../../src/api/imports/imports-api.module';
import type { ImportAnswer } from '../../../src/api/imports/imports.answers';
import { ConfigModule } from '../../../src/config/config.module';
import { loadConfig } from '../../../src/config/load-config';
import { lastKnownGoodSettings } from '../../../src/config/settings';
import { TAKEOVER_SETTINGS } from '../../../src/services/imports/import-queue.worker';

export interface ImportsApp {
  readonly app: TestApp;
  readonly redis: TestRedis;
  readonly dataDir: string;
  /** Folders in the spool. */
  spooled(): Promise<string[]>;
  /** Waits until nothing is left in the spool; it is emptied just after an import has ended. */
  spoolEmptied(): Promise<void>;
  close(): Promise<void>;
}

export interface ImportsAppOptions {
  readonly environment?: Record<string, string>;
  /** Share these with another application. */
  readonly redis?: TestRedis;
  readonly dataDir?: string;
}

const UPLOAD_LIMIT = 64 * 1024 * 1024;

/** A listening application with imports and queries, on a Redis and a disk of its own. */
export async function startImportsApp(options: ImportsAppOptions = {}): Promise<ImportsApp> {
  const redis = options.redis ?? (await startTestRedis());
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'wellness-imports-')));
  const environment = {
    NODE_ENV: 'test',
    DATA_DIR: dataDir,
    IMPORT_MAX_BYTES: String(UPLOAD_LIMIT),
    ...options.environment,
  };
  const config = loadConfig(environment);
  const app = await createTestApp({
    imports: [
      ConfigModule.forRoot(config),
      LastKnownGoodModule.forRoot(lastKnownGoodSettings(config)),
      RedisModule.forRootAsync({
        useFactory: () => ({ url: redis.url, connectTimeoutMs: 500, commandTimeoutMs: 1_000 }),
      }),
      ImportsApiModule,
      HealthDataApiModule,
    ],
    http: { maxUploadBytes: config.IMPORT_MAX_BYTES },
    override: [[TAKEOVER_SETTINGS, { lockMs: 1_000, checkMs: 500 }]],
  });
  const spooled = async (): Promise<string[]> => readdir(join(dataDir, 'spool')).catch(() => []);
  return {
    app,
    redis,
    dataDir,
    spooled,
    spoolEmptied: () => eventually(async () => (await spooled()).length === 0),
    close: async () => {
      await app.close();
      if (options.redis === undefined) await redis.stop();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A client of one user. */
export class ImportsClient {
  constructor(
    private readonly app: Pick<TestApp, 'url' | 'bearer'>,
    private readonly user: string,
  ) {}

  async request(
    method: string,
    path: string,
    body?: RequestInit['body'],
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const authorization = await this.app.bearer(this.user, ['health:read', 'health:write']);
    const response = await fetch(`${this.app.url}/api/v1${path}`, {
      method,
      body,
      headers: { ...authorization, ...headers },
      ...(body instanceof ReadableStream && { duplex: 'half' }),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  async text(path: string): Promise<string> {
    const authorization = await this.app.bearer(this.user, ['health:read']);
    return (await fetch(`${this.app.url}/api/v1${path}`, { headers: authorization })).text();
  }

  async uploadForm(content: Buffer | string, headers?: Record<string, string>, field = 'file'): Promise<Answer> {
    const form = new FormData();
    form.set(field, new Blob([new Uint8Array(Buffer.from(content))]), 'export.zip');
    return this.request('POST', '/imports', form, headers);
  }

  async uploadRaw(
    content: Buffer | string,
    type = 'application/octet-stream',
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return this.request('POST', '/imports', new Uint8Array(Buffer.from(content)), { 'content-type': type, ...headers });
  }

  /** Uploads and waits for the end. */
  async import(content: Buffer | string): Promise<ImportAnswer> {
    const { status, body } = await this.uploadRaw(content);
    if (status !== 202) throw new Error(`Upload was answered with ${status}: ${JSON.stringify(body)}`);
    return this.ended(dataOf<{ import_id: string }>(body).import_id);
  }

  async get(importId: string): Promise<ImportAnswer> {
    return dataOf<ImportAnswer>((await this.request('GET', `/imports/${importId}`)).body);
  }

  async ended(importId: string): Promise<ImportAnswer> {
    return this.until(importId, ({ status }) => ['completed', 'failed', 'cancelled'].includes(status));
  }

  /** Polls until the import is as wanted. */
  async until(importId: string, wanted: (answer: ImportAnswer) => boolean, limitMs = 60_000): Promise<ImportAnswer> {
    const deadline = Date.now() + limitMs;
    let answer = await this.get(importId);
    while (!wanted(answer)) {
      if (Date.now() > deadline) throw new Error(`The import is still ${JSON.stringify(answer)}`);
      await sleep(50);
      answer = await this.get(importId);
    }
    return answer;
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export function dataOf<T>(body: unknown): T {
  return (body as { data: T }).data;
}
