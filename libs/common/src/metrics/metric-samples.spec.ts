import { currentCorrelationId, newContext, runInContext } from '../context/request-context';
import { EventLogger } from '../logging/event-logger';
import { createRootLogger } from '../logging/root-logger';
import { LogCapture } from '../testing/log-capture';
import { ScrapedMetrics } from '../testing/scraped-metrics';
import { Exposition } from './exposition';
import { MetricSamples } from './metric-samples';
import { Metrics } from './metrics';

const BOUND_MS = 2_000;

function setUp() {
  const logs = new LogCapture();
  const events = new EventLogger(createRootLogger({ level: 'debug', format: 'json', destination: logs }));
  const metrics = new Metrics(events);
  const samples = new MetricSamples(metrics, events);
  const exposition = new Exposition(metrics, samples, { ttlMs: 0 });
  const figure = async (name: string) => {
    const scraped = new ScrapedMetrics((await exposition.print(undefined)).text);
    return scraped.value(`wellness_metrics_sample_${name}`, { source: 'stock' });
  };
  return { logs, samples, figure };
}

describe('figures that have to be asked for', () => {
  it('are asked for with each scrape, with the time they were had', async () => {
    const { samples, figure } = setUp();
    let stock = 1;
    const sample = samples.add('stock', () => Promise.resolve(stock++));
    expect(sample.last).toBeUndefined();
    const before = Date.now() / 1_000;
    expect(await figure('timestamp_seconds')).toBeGreaterThanOrEqual(before);
    expect(sample.last).toBe(1);
    await samples.refresh();
    expect(sample.last).toBe(2);
  });

  it.each([
    ['cannot be had', () => Promise.resolve(undefined), 0],
    ['fail', () => Promise.reject(new Error('closed')), 1],
  ])('stay as they were when they %s, which is counted', async (_what, take, lines) => {
    const { samples, figure, logs } = setUp();
    let works = true;
    const sample = samples.add<number>('stock', () => (works ? Promise.resolve(7) : take()));
    const takenAt = await figure('timestamp_seconds');
    works = false;
    expect([await figure('timestamp_seconds'), sample.last]).toEqual([takenAt, 7]);
    expect(await figure('failures_total')).toBe(2);
    expect(logs.named('metric_sample_failed')).toHaveLength(2 * lines);
  });

  it('hold a scrape up for a moment at most when they do not come, and are not asked for twice', async () => {
    const { samples, figure } = setUp();
    const take = jest.fn(() => new Promise<number>(() => undefined));
    samples.add('stock', take);
    const startedAt = performance.now();
    expect(await figure('timestamp_seconds')).toBe(0);
    await samples.refresh();
    expect(performance.now() - startedAt).toBeLessThan(2 * BOUND_MS);
    expect(take).toHaveBeenCalledTimes(1);
  });

  it('are not asked for in the name of whoever scrapes, who may leave', async () => {
    const { samples } = setUp();
    const sample = samples.add('stock', () => Promise.resolve(currentCorrelationId()));
    await runInContext(newContext({ correlationId: 'the-scraper' }), () => samples.refresh());
    expect(sample.last).toMatch(/^req_/);
  });
});
