import { Injectable, Optional } from '@nestjs/common';
import { EventLogger } from '../logging/event-logger';
import { LastKnownGood } from '../resilience/last-known-good';
import { METRICS } from './metric-catalogue';
import { Metrics } from './metrics';

/** Answers from before an outage: what is kept, what was given, how old it was. */
@Injectable()
export class CacheMetrics {
  constructor(metrics: Metrics, events: EventLogger, @Optional() cache?: LastKnownGood) {
    const age = metrics.histogram(METRICS.cacheAge).with({});
    events.on('stale_data_served', ({ age_s }) => age.observe(age_s));
    metrics.read(METRICS.cacheReads, () => [
      [{ result: 'hit' }, cache?.stats.served ?? 0],
      [{ result: 'miss' }, cache?.stats.missed ?? 0],
    ]);
    metrics.read(METRICS.cacheBytes, () => [[{}, cache?.stats.bytes ?? 0]]);
    metrics.read(METRICS.cacheEntries, () => [[{}, cache?.stats.entries ?? 0]]);
  }
}
