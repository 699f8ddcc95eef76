import { currentContext, type RedisGateway, REPEATABLE, userKeys } from '@app/common/core';
import { metricType, type MetricType } from '../metrics/metric-type';
import type { ChunkSummary } from '../records/chunk-index';
import type { ChunkRepository, VersionedChunk } from '../records/chunk.repository';
import { type MonthSpan, monthSpan, spanOfMonth } from '../records/months';
import { buildRollup, isMergeable, type MonthRollup } from './rollup';
import { decodeRollup, encodeRollup } from './rollup-codec';
import { samplesOf } from './samples';
import { type RankedSource, rankSources, sourceId } from './source-rank';

export interface RolledUpMonth {
  readonly span: MonthSpan;
  readonly rollup: MonthRollup;
}

/** A month's rollup, and what it has to be made from to be right. */
interface Plan {
  readonly span: MonthSpan;
  readonly inputs: readonly ChunkSummary[];
  readonly signature: string;
}

const MONTHS_PER_ROUND = 24;
/** To be raised whenever rollups are computed differently: older ones are made again then. */
const RECIPE = 3;

/**
 * Stores a rollup unless its chunks have changed, or are gone with all else of their user, since they were read.
 * KEYS rollup, index; ARGV rollup, then pairs of month and version.
 */
const STORE_ROLLUP = `
for i = 2, #ARGV, 2 do
  local entry = redis.call('HGET', KEYS[2], ARGV[i])
  if not entry or string.match(entry, '^%[(%d+)') ~= ARGV[i + 1] then return 0 end
end
redis.call('SET', KEYS[1], ARGV[1])
return 1
`;

/**
 * Keeps rollups beside the chunks. A rollup names the chunk versions and the order of sources it was made from; one
 * that does not match the index is made again, so that a stale rollup is never believed. Usable in a worker thread.
 * `onNotStored` hears of rollups that could be made and not stored; without it that is an error.
 */
export class RollupStore {
  constructor(
    private readonly chunks: ChunkRepository,
    private readonly redis: RedisGateway,
    private readonly onNotStored: (months: number, error: unknown) => void = rethrow,
  ) {}

  /** Rollups of the months that `[from, to)` touches, in order. Throws the errors of `RedisGateway`. */
  async months(
    userId: string,
    type: MetricType,
    index: readonly ChunkSummary[],
    range: { readonly from: number; readonly to: number },
  ): Promise<RolledUpMonth[]> {
    const sources = rankSources(index);
    const plans = planMonths(type, index, sources).filter(({ span }) => span.to > range.from && span.from < range.to);
    const held = await this.read(userId, type, plans);
    const stale = plans.filter((_, i) => held[i] === undefined);
    const rebuilt = new Map<Plan, MonthRollup>();
    for (let i = 0; i < stale.length; i += MONTHS_PER_ROUND) {
      currentContext()?.signal?.throwIfAborted();
      const round = stale.slice(i, i + MONTHS_PER_ROUND);
      const rollups = await this.rebuild(userId, type, sources, round);
      round.forEach((plan, k) => rebuilt.set(plan, rollups[k] as MonthRollup));
    }
    return plans.map((plan, i) => ({ span: plan.span, rollup: held[i] ?? (rebuilt.get(plan) as MonthRollup) }));
  }

  /** Brings all rollups of the metrics up to date, so that the first question after an import is as fast as the next. */
  async refresh(userId: string, metrics: readonly string[]): Promise<void> {
    const index = await this.chunks.index(userId, metrics);
    const everything = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
    for (const [id, summaries] of index) {
      await this.months(userId, metricType(id, summaries[0]?.units[0] ?? null), summaries, everything);
    }
  }

  private async read(userId: string, type: MetricType, plans: readonly Plan[]): Promise<(MonthRollup | undefined)[]> {
    if (plans.length === 0) return [];
    const keys = userKeys(userId);
    const names = plans.map(({ span }) => keys.rollup(type.id, span.month));
    const held = await this.redis.execute('read_rollups', (redis) => redis.mgetBuffer(names), REPEATABLE);
    return plans.map(({ signature }, i) => {
      const bytes = held[i];
      return bytes ? decodeRollup(bytes, signature) : undefined;
    });
  }

  private async rebuild(
    userId: string,
    type: MetricType,
    sources: readonly RankedSource[],
    plans: readonly Plan[],
  ): Promise<MonthRollup[]> {
    const months = [...new Set(plans.flatMap(({ inputs }) => inputs.map(({ month }) => month)))];
    const read = await this.chunks.read(
      userId,
      months.map((month) => ({ metric: type.id, month })),
    );
    const byMonth = new Map(read.map((chunk) => [chunk.month, chunk]));
    const rollups = plans.map(({ span, inputs }) => {
      const chunks = inputs.map(({ month }) => (byMonth.get(month) as VersionedChunk).chunk);
      return buildRollup(samplesOf(chunks, type, sources), type, sources, span);
    });
    await this.store(userId, type, plans, rollups);
    return rollups;
  }

  /** A rollup that cannot be stored is only slower next time: reading goes on when Redis takes no writes. */
  private async store(userId: string, type: MetricType, plans: readonly Plan[], rollups: MonthRollup[]): Promise<void> {
    const keys = userKeys(userId);
    try {
      await this.redis.pipeline(
        'store_rollups',
        (pipeline) => {
          plans.forEach(({ span, inputs, signature }, i) => {
            const versions = inputs.flatMap(({ month, version }) => [month, version]);
            const bytes = encodeRollup(signature, rollups[i] as MonthRollup);
            const touched = [keys.rollup(type.id, span.month), keys.chunkIndex(type.id)];
            pipeline.eval(STORE_ROLLUP, touched.length, ...touched, bytes, ...versions);
          });
        },
        REPEATABLE,
      );
    } catch (error) {
      this.onNotStored(plans.length, error);
    }
  }
}

function rethrow(_months: number, error: unknown): void {
  throw error;
}

/** Every month that has records or into which records of an earlier month reach, with what its rollup is made from. */
function planMonths(type: MetricType, index: readonly ChunkSummary[], sources: readonly RankedSource[]): Plan[] {
  const spans = new Map<string, MonthSpan>();
  for (const { month, maxEnd } of index) {
    let span = spanOfMonth(month);
    spans.set(month, span);
    while (isMergeable(type) && maxEnd > span.to) {
      span = monthSpan(span.to);
      spans.set(span.month, span);
    }
  }
  return [...spans.values()]
    .sort((a, b) => a.from - b.from)
    .map((span) => {
      const inputs = inputsOf(span, type, index);
      return { span, inputs, signature: signatureOf(type, inputs, sources) };
    });
}

/**
 * Chunks, in order of month, that decide the figures of a span: those with samples that fall into it, and, where
 * sources are merged, those with samples that may cover the rest of samples that reach out of it.
 */
export function inputsOf(
  span: { readonly from: number; readonly to: number },
  type: MetricType,
  index: readonly ChunkSummary[],
): ChunkSummary[] {
  const merges = isMergeable(type);
  const reachesInto = ({ last, maxEnd }: ChunkSummary): boolean =>
    (merges ? Math.max(last, maxEnd - 1) : last) >= span.from;
  const falling = index.filter((summary) => summary.first < span.to && reachesInto(summary));
  if (!merges) return falling;
  const reach = falling.reduce((latest, { maxEnd }) => Math.max(latest, maxEnd), span.to);
  return index.filter((summary) => summary.first < reach && reachesInto(summary));
}

/** Changes with whatever the figures are made from: the chunks, the order of sources, and how values are read. */
function signatureOf(type: MetricType, inputs: readonly ChunkSummary[], sources: readonly RankedSource[]): string {
  const present = new Set(inputs.flatMap((summary) => summary.sources.map(sourceId)));
  return JSON.stringify([
    RECIPE,
    [type.kind, type.unit, type.valuesNotCounted ?? []],
    inputs.map(({ month, version }) => [month, version]),
    sources.map(sourceId).filter((id) => present.has(id)),
  ]);
}
