import { type RedisGateway, userKeys } from '@app/common';
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
    const held = await this.redis.execute('read_rollups', (redis) => redis.mgetBuffer(names));
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
      await this.redis.pipeline('store_rollups', (pipeline) => {
        plans.forEach(({ span, signature }, i) => {
          pipeline.set(keys.rollup(type.id, span.month), encodeRollup(signature, rollups[i] as MonthRollup));
        });
      });
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
      return { span, inputs, signature: signatureOf(inputs, sources) };
    });
}

/** Chunks, in order of month, with samples that fall into the span. */
export function inputsOf(
  span: { readonly from: number; readonly to: number },
  type: MetricType,
  index: readonly ChunkSummary[],
): ChunkSummary[] {
  return index.filter(({ first, last, maxEnd }) => {
    const latest = isMergeable(type) ? Math.max(last, maxEnd - 1) : last;
    return first < span.to && latest >= span.from;
  });
}

function signatureOf(inputs: readonly ChunkSummary[], sources: readonly RankedSource[]): string {
  const present = new Set(inputs.flatMap((summary) => summary.sources.map(sourceId)));
  const versions = inputs.map(({ month, version }) => `${month}:${version}`).join(',');
  const order = sources.map(sourceId).filter((id) => present.has(id));
  return `${versions}|${order.join('|')}`;
}
