import type { ChunkSummary } from '../records/chunk-index';
import { compareKinds, type SourceKind } from '../records/health-record';

/** A source as far as merging is concerned: what one device or app measured, apart from what was typed in there. */
export interface RankedSource {
  readonly key: string;
  readonly kind: SourceKind;
  readonly name: string;
}

export function sourceId(source: { readonly kind: SourceKind; readonly key: string }): string {
  return `${source.kind} ${source.key}`;
}

/**
 * The sources of one metric, best first: manual entries, watches, phones, apps; among equals the one that covers more
 * seconds over all the data (each UTC month's covered seconds added up), then by name.
 */
export function rankSources(index: readonly ChunkSummary[]): RankedSource[] {
  const sources = new Map<string, { key: string; kind: SourceKind; name: string; coveredSeconds: number }>();
  for (const { sources: summaries } of index) {
    for (const { key, kind, name, coveredSeconds } of summaries) {
      const id = sourceId({ key, kind });
      const known = sources.get(id) ?? { key, kind, name, coveredSeconds: 0 };
      known.coveredSeconds += coveredSeconds;
      if (name < known.name) known.name = name;
      sources.set(id, known);
    }
  }
  return [...sources.values()]
    .sort(
      (a, b) =>
        compareKinds(a.kind, b.kind) ||
        b.coveredSeconds - a.coveredSeconds ||
        (a.key < b.key ? -1 : a.key > b.key ? 1 : 0),
    )
    .map(({ key, kind, name }) => ({ key, kind, name }));
}
