import { RedisGateway, REPEATABLE, userKeys } from '@app/common/core';
import { Injectable } from '@nestjs/common';
import type { ImportManifest } from './import-manifest';
import {
  type ImportFailure,
  type ImportProgress,
  type ImportResult,
  type ImportState,
  type ImportStatus,
  NO_PROGRESS,
} from './import-state';

/** What changes with a step of an import. */
export interface ImportChange {
  readonly status: ImportStatus;
  readonly progress?: ImportProgress;
  readonly result?: ImportResult;
  readonly error?: ImportFailure;
  readonly finishedAt?: number;
}

export interface ImportPage {
  readonly imports: readonly ImportState[];
  /** The id to go on from; null on the last page. */
  readonly next: string | null;
}

const DAY_SECONDS = 86_400;
const KEPT_SECONDS = 90 * DAY_SECONDS;

// A step is taken only from one of the statuses it may follow: a cancelled import stays cancelled whatever its worker
// still says, and the import of an erased user does not come back. ARGV: allowed statuses, seconds to keep, fields.
const STEP = `
local status = redis.call('HGET', KEYS[1], 'status')
if not status then return false end
if not string.find(ARGV[1], '|' .. status .. '|', 1, true) then return status end
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
if ARGV[2] ~= '0' then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return redis.call('HGET', KEYS[1], 'status')
`;

// Counts beginnings that have come to no orderly end. ARGV: time.
const BEGIN = `
local status = redis.call('HGET', KEYS[1], 'status')
if not status or (status ~= 'queued' and status ~= 'running' and status ~= 'waiting_for_redis') then return {status or '', 0} end
redis.call('HSET', KEYS[1], 'status', 'running')
redis.call('HSETNX', KEYS[1], 'started_at', ARGV[1])
return {'running', redis.call('HINCRBY', KEYS[1], 'unfinished', 1)}
`;

/** States of imports in Redis. All methods throw the errors of `RedisGateway`. */
@Injectable()
export class ImportRepository {
  constructor(private readonly redis: RedisGateway) {}

  /** Registers an import as queued; does nothing when it is known. */
  async create(manifest: ImportManifest): Promise<void> {
    const keys = userKeys(manifest.userId);
    const { importId, kind, bytes, createdAt } = manifest;
    const fields = { kind, file_bytes: bytes, created_at: createdAt };
    await this.redis.pipeline(
      'create_import',
      (pipeline) => {
        pipeline.hsetnx(keys.import(importId), 'status', 'queued');
        pipeline.hset(keys.import(importId), fields);
        pipeline.zadd(keys.imports(), createdAt, importId);
      },
      REPEATABLE,
    );
  }

  async get(userId: string, importId: string): Promise<ImportState | undefined> {
    const key = userKeys(userId).import(importId);
    const fields = await this.redis.execute('read_import', (client) => client.hgetall(key), REPEATABLE);
    return stateOf(importId, fields);
  }

  /** At most `limit` of the user's imports, the latest first, from before `before` (an import id). */
  async list(userId: string, limit: number, before?: string): Promise<ImportPage> {
    const keys = userKeys(userId);
    const known = await this.redis.execute(
      'list_imports',
      (client) => client.zrevrange(keys.imports(), 0, -1),
      REPEATABLE,
    );
    // Ids sort by time: a cursor needs no rank that could shift.
    const older = known
      .filter((id) => before === undefined || id < before)
      .sort()
      .reverse();
    const ids = older.slice(0, limit);
    const last = ids.at(-1);
    if (last === undefined) return { imports: [], next: null };
    const replies = await this.redis.pipeline(
      'read_imports',
      (pipeline) => {
        for (const id of ids) pipeline.hgetall(keys.import(id));
      },
      REPEATABLE,
    );
    const states = ids.map((id, i) => stateOf(id, replies[i] as Record<string, string>));
    const gone = ids.filter((_, i) => states[i] === undefined);
    if (gone.length > 0)
      await this.redis.execute('list_imports', (client) => client.zrem(keys.imports(), ...gone), REPEATABLE);
    return { imports: states.filter((state) => state !== undefined), next: older.length > limit ? last : null };
  }

  /** Marks an import as running. `unfinished` counts the beginnings, this one included, without an orderly end. */
  async begin(userId: string, importId: string): Promise<{ status: ImportStatus | undefined; unfinished: number }> {
    const key = userKeys(userId).import(importId);
    const reply = await this.redis.execute('begin_import', (client) => client.eval(BEGIN, 1, key, Date.now()));
    const [status, unfinished] = reply as [string, number];
    return { status: status === '' ? undefined : (status as ImportStatus), unfinished };
  }

  /**
   * Takes a step if the import is in one of the statuses `from`.
   * @returns the status it is in now; undefined when there is no such import (any more)
   */
  async step(
    userId: string,
    importId: string,
    from: readonly ImportStatus[],
    change: ImportChange,
  ): Promise<ImportStatus | undefined> {
    const key = userKeys(userId).import(importId);
    const seconds = change.finishedAt === undefined ? 0 : KEPT_SECONDS;
    const fields = Object.entries(fieldsOf(change)).flat();
    const reply = await this.redis.execute('step_import', (client) =>
      client.eval(STEP, 1, key, `|${from.join('|')}|`, seconds, ...fields),
    );
    return (reply as ImportStatus | null) ?? undefined;
  }
}

function fieldsOf({ status, progress, result, error, finishedAt }: ImportChange): Record<string, string> {
  return {
    status,
    ...(progress && { progress: JSON.stringify(progress) }),
    ...(result && { result: JSON.stringify(result) }),
    ...(error && { error: JSON.stringify(error) }),
    ...(finishedAt !== undefined && { finished_at: String(finishedAt) }),
    // Every step but a beginning is an orderly one.
    ...(status !== 'running' && { unfinished: '0' }),
  };
}

function stateOf(importId: string, fields: Record<string, string>): ImportState | undefined {
  if (fields.status === undefined) return undefined;
  const parsed = <T>(text: string | undefined, none: T): T => (text === undefined ? none : (JSON.parse(text) as T));
  const instant = (text: string | undefined): number | null => (text === undefined ? null : Number(text));
  return {
    importId,
    status: fields.status as ImportStatus,
    kind: fields.kind === 'zip' ? 'zip' : 'xml',
    fileBytes: Number(fields.file_bytes),
    createdAt: Number(fields.created_at),
    startedAt: instant(fields.started_at),
    finishedAt: instant(fields.finished_at),
    progress: parsed<ImportProgress>(fields.progress, NO_PROGRESS),
    result: parsed<ImportResult | null>(fields.result, null),
    error: parsed<ImportFailure | null>(fields.error, null),
  };
}
