import type { MessagePort } from 'node:worker_threads';
import {
  type ErrorCode,
  redisOptions,
  type RedisSettings,
  RedisGateway,
  whenReady,
  WellnessError,
} from '@app/common/core';
import { Redis } from 'ioredis';
import { type ImportRunTask, type RunCounts, runImport, type RunOutcome } from './import-run';

/** What the worker thread is given; all of it can be copied between threads. */
export interface ImportWorkerTask extends ImportRunTask {
  readonly redis: RedisSettings;
  /** Progress goes out of it; any message that comes in means: stop. */
  readonly port: MessagePort;
}

export type ImportWorkerMessage =
  | { readonly kind: 'progress'; readonly counts: RunCounts }
  | { readonly kind: 'redis_error'; readonly message: string };

/** Errors don't survive the way between threads as what they are: failures are told as data. */
export type ImportWorkerOutcome =
  | RunOutcome
  | { readonly kind: 'interrupted'; readonly code: ErrorCode; readonly message: string; readonly stack?: string };

const CONNECT_LIMIT_MS = 5_000;

/** The entry of the worker thread: one import, with a connection to Redis of its own. */
export default async function importInThread(task: ImportWorkerTask): Promise<ImportWorkerOutcome> {
  const { port } = task;
  const tell = (message: ImportWorkerMessage): void => port.postMessage(message);
  let stopped = false;
  port.on('message', () => {
    stopped = true;
  });
  const client = connect(task.redis, (error) => tell({ kind: 'redis_error', message: error.message }));
  try {
    await whenReady(client, CONNECT_LIMIT_MS);
    const control = { stopped: () => stopped, report: (counts: RunCounts) => tell({ kind: 'progress', counts }) };
    return await runImport(task, new RedisGateway(client), control);
  } catch (error) {
    if (!(error instanceof WellnessError)) throw error;
    return { kind: 'interrupted', code: error.error_code, message: describe(error), stack: error.stack };
  } finally {
    client.disconnect();
    port.close();
  }
}

function connect(settings: RedisSettings, onError: (error: Error) => void): Redis {
  const client = new Redis(redisOptions(settings, 'commands'));
  client.on('error', onError);
  // A first attempt that fails has told the listener above; the client goes on trying by itself.
  client.connect().catch(() => undefined);
  return client;
}

function describe(error: WellnessError): string {
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
