import { randomInt } from 'node:crypto';
import { currentContext, RedisGateway, REPEATABLE, userKeys } from '@app/common/core';
import { Injectable } from '@nestjs/common';
import { type Chunk, EMPTY_CHUNK } from './chunk';
import { decodeChunk, encodeChunk } from './chunk-codec';
import { type ChunkSummary, decodeSummary, encodeSummary, summarise } from './chunk-index';

export interface ChunkAddress {
  readonly metric: string;
  readonly month: string;
}

/** A chunk as it was read, with the version a replacement must name. */
export interface VersionedChunk extends ChunkAddress {
  readonly version: number;
  readonly chunk: Chunk;
}

/**
 * Replaces a chunk and its entry in the index in one step, if it still has the version it was read at.
 * KEYS chunk, index, metrics; ARGV month, version read, chunk, index entry, metric.
 */
const REPLACE_CHUNK = `
local entry = redis.call('HGET', KEYS[2], ARGV[1])
local version = entry and string.match(entry, '^%[(%d+)') or '0'
if version ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[3])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[4])
redis.call('SADD', KEYS[3], ARGV[5])
return 1
`;

/** A chunk to put in the place of the one that was read at `version`. */
export interface Replacement extends VersionedChunk {
  readonly nextVersion: number;
}

/**
 * The version after one that was read. The first is random, so that what was made from a chunk that was erased is
 * never taken for made from its successor.
 */
export function versionAfter(version: number): number {
  return version === 0 ? randomInt(1, 2 ** 40) : version + 1;
}

/** So much as Redis sends, and we decode, well within the time a command may take. */
const CHUNKS_PER_ROUND_TRIP = 32;
const METRICS_PER_ROUND_TRIP = 64;

/** Stores chunks and the index of a user's metrics. All methods throw the errors of `RedisGateway`. */
@Injectable()
export class ChunkRepository {
  constructor(private readonly redis: RedisGateway) {}

  /** Identifiers of the metrics a user has, sorted. */
  async metrics(userId: string): Promise<string[]> {
    const metrics = await this.redis.execute(
      'read_metrics',
      (redis) => redis.smembers(userKeys(userId).metrics()),
      REPEATABLE,
    );
    return metrics.sort();
  }

  /** Per metric, the summaries of its chunks in order of month. One round trip for every few dozen metrics. */
  async index(userId: string, metrics: readonly string[]): Promise<Map<string, ChunkSummary[]>> {
    const keys = userKeys(userId);
    const index = new Map<string, ChunkSummary[]>();
    for (let i = 0; i < metrics.length; i += METRICS_PER_ROUND_TRIP) {
      currentContext()?.signal?.throwIfAborted();
      const round = metrics.slice(i, i + METRICS_PER_ROUND_TRIP);
      const replies = await this.redis.pipeline(
        'read_chunk_index',
        (pipeline) => {
          for (const metric of round) pipeline.hgetall(keys.chunkIndex(metric));
        },
        REPEATABLE,
      );
      round.forEach((metric, k) => index.set(metric, decodeIndex(replies[k] as Record<string, string>)));
    }
    return index;
  }

  /** The chunks at the addresses, empty where there is none. One round trip for every few dozen. */
  async read(userId: string, addresses: readonly ChunkAddress[]): Promise<VersionedChunk[]> {
    const chunks: VersionedChunk[] = [];
    for (let i = 0; i < addresses.length; i += CHUNKS_PER_ROUND_TRIP) {
      currentContext()?.signal?.throwIfAborted();
      chunks.push(...(await this.readRound(userId, addresses.slice(i, i + CHUNKS_PER_ROUND_TRIP))));
    }
    return chunks;
  }

  private async readRound(userId: string, addresses: readonly ChunkAddress[]): Promise<VersionedChunk[]> {
    const keys = userKeys(userId);
    const replies = await this.redis.pipeline(
      'read_chunks',
      (pipeline) => {
        for (const { metric, month } of addresses) {
          // The version first: a write in between makes the replacement fail, and never lets it pass unseen.
          pipeline.hget(keys.chunkIndex(metric), month);
          pipeline.getBuffer(keys.chunk(metric, month));
        }
      },
      REPEATABLE,
    );
    return addresses.map((address, i) => {
      const entry = replies[2 * i] as string | null;
      const bytes = replies[2 * i + 1] as Buffer | null;
      return {
        ...address,
        version: entry === null ? 0 : decodeSummary(address.month, entry).version,
        chunk: bytes === null ? EMPTY_CHUNK : decodeChunk(bytes),
      };
    });
  }

  /** Replaces chunks by compare-and-set; says for each whether it was still at `version`. One round trip. */
  async replace(userId: string, chunks: readonly Replacement[]): Promise<boolean[]> {
    if (chunks.length === 0) return [];
    const keys = userKeys(userId);
    const replies = await this.redis.pipeline(
      'replace_chunks',
      (pipeline) => {
        for (const { metric, month, version, nextVersion, chunk } of chunks) {
          const entry = encodeSummary(summarise(chunk, month, nextVersion));
          const touched = [keys.chunk(metric, month), keys.chunkIndex(metric), keys.metrics()];
          pipeline.eval(REPLACE_CHUNK, touched.length, ...touched, month, version, encodeChunk(chunk), entry, metric);
        }
      },
      REPEATABLE,
    );
    return replies.map((reply) => reply === 1);
  }
}

function decodeIndex(entries: Record<string, string>): ChunkSummary[] {
  return Object.entries(entries)
    .map(([month, entry]) => decodeSummary(month, entry))
    .sort((a, b) => a.first - b.first);
}
