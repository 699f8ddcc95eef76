import { newContext, runInContext } from '../context/request-context';
import { EventLogger } from '../logging/event-logger';
import { createRootLogger } from '../logging/root-logger';
import { LogCapture } from '../testing/log-capture';
import { ScrapedMetrics } from '../testing/scraped-metrics';
import { Exposition } from './exposition';
import { defineMetrics, type MetricDefinition } from './metric-definition';
import { MetricSamples } from './metric-samples';
import { Metrics } from './metrics';

const OPEN_METRICS = 'application/openmetrics-text';

const OWN = defineMetrics({
  parcels: {
    type: 'counter',
    name: 'post_parcels_total',
    help: 'Parcels',
    labels: {
      size: ['small', 'large'],
      country: { among: ['FR', 'DE'], meaning: 'country' },
      street: { upTo: 3, meaning: 'street' },
    },
  },
  stamps: { type: 'counter', name: 'post_stamps_total', help: 'Stamps', labels: { colour: ['red', 'blue'] } },
  weight: { type: 'histogram', name: 'post_way_seconds', help: 'Time on the way', buckets: [0.5, 1, 10] },
  open: { type: 'gauge', name: 'post_offices_open', help: 'Offices that are open' },
});

describe('metrics', () => {
  let logs: LogCapture;
  let metrics: Metrics;
  let exposition: Exposition;

  beforeEach(() => {
    logs = new LogCapture();
    const events = new EventLogger(createRootLogger({ level: 'debug', format: 'json', destination: logs }));
    metrics = new Metrics(events);
    exposition = new Exposition(metrics, new MetricSamples(metrics, events), { ttlMs: 0 });
  });

  const scrape = async (accept?: string): Promise<ScrapedMetrics> =>
    new ScrapedMetrics((await exposition.print(accept)).text);

  it('have no more series than their labels allow, whatever they are given', async () => {
    const parcels = metrics.counter(OWN.parcels);
    for (let index = 0; index < 1_000; index++) {
      const size = `size ${index}` as 'small';
      parcels.with({ size, country: `X${index}`, street: `street ${index}` }).inc();
    }
    parcels.with({ size: 'small', country: 'FR', street: 'street 1' }).inc();
    const scraped = await scrape();
    expect(scraped.find('post_parcels_total').map(({ labels, value }) => [labels.size, labels.country, labels.street, value])).toEqual([
      ['other', 'other', 'street 0', 1],
      ['other', 'other', 'street 1', 1],
      ['other', 'other', 'street 2', 1],
      ['other', 'other', 'other', 997],
      ['small', 'FR', 'street 1', 1],
    ]); // prettier-ignore
  });

  it('take labels and values only as they are declared', () => {
    const mistakes = (): void => {
      // @ts-expect-error -- there is no green
      metrics.counter(OWN.stamps).with({ colour: 'green' });
      // @ts-expect-error -- the label is missing
      metrics.counter(OWN.stamps).with({});
      // @ts-expect-error -- there is no green here either
      metrics.read(OWN.stamps, () => [[{ colour: 'green' }, 1]]);
    };
    expect(mistakes).toBeDefined();
    expect(metrics.counter(OWN.stamps)).toBe(metrics.counter(OWN.stamps));
  });

  it('show all series from the start where they are known', async () => {
    metrics.counter(OWN.stamps);
    expect((await scrape()).find('post_stamps_total').map(({ value }) => value)).toEqual([0, 0]);
  });

  it('are of one kind and from one place by their name', () => {
    metrics.counter(OWN.stamps);
    expect(() => metrics.counter({ ...OWN.stamps })).toThrow('There is a metric named post_stamps_total already');
    expect(() => metrics.read(OWN.stamps, () => [])).toThrow(TypeError);
  });

  it('that are kept elsewhere are read at each scrape; when that fails, the last ones are shown', async () => {
    let open = 3;
    metrics.read(OWN.open, () => {
      if (open === 0) throw new Error('the office has burnt down');
      return [[{}, open]];
    });
    expect((await scrape()).value('post_offices_open')).toBe(3);
    open = 2;
    expect((await scrape()).value('post_offices_open')).toBe(2);
    open = 0;
    expect((await scrape()).value('post_offices_open')).toBe(2);
    expect(logs.named('metric_not_read')).toMatchObject([{ level: 'error', metric: 'post_offices_open' }]);
  });

  it('write bounds of buckets as OpenMetrics wants them', async () => {
    metrics.histogram(OWN.weight).with({}).observe(2);
    for (const accept of [undefined, OPEN_METRICS]) {
      const buckets = (await scrape(accept)).find('post_way_seconds_bucket');
      expect(buckets.map(({ labels, value }) => [labels.le, value])).toEqual([
        ['0.5', 0],
        ['1.0', 0],
        ['10.0', 1],
        ['+Inf', 1],
      ]);
    }
  });

  it('are printed once for all who ask at the same time, and again when the time is up', async () => {
    const patient = new Exposition(metrics, { refresh: () => Promise.resolve() } as MetricSamples, { ttlMs: 60_000 });
    const counter = metrics.counter(OWN.stamps).with({ colour: 'red' });
    const [first, second] = await Promise.all([patient.print(undefined), patient.print(undefined)]);
    counter.inc();
    expect([second, await patient.print('*/*')]).toEqual([first, first]);
    expect((await scrape()).value('post_stamps_total', { colour: 'red' })).toBe(1);
  });

  describe('exemplars', () => {
    beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }));
    afterEach(() => jest.useRealTimers());

    const examples = async () =>
      (await scrape(OPEN_METRICS)).find('post_way_seconds_bucket').map(({ exemplar }) => exemplar?.correlation_id);
    const observe = (value: number, correlationId: string): void =>
      runInContext(newContext({ correlationId }), () => metrics.histogram(OWN.weight).with({}).observe(value));

    it('show one request for each bucket, a new one at most once a second', async () => {
      observe(0.1, 'quick');
      observe(0.2, 'quick-too');
      observe(20, 'slow');
      expect(await examples()).toEqual(['quick', undefined, undefined, 'slow']);
      jest.advanceTimersByTime(1_001);
      observe(0.3, 'later');
      expect(await examples()).toEqual(['later', undefined, undefined, 'slow']);
    });

    it('do not lose their turn to what belongs to no request', async () => {
      metrics.histogram(OWN.weight).with({}).observe(0.1);
      observe(0.1, 'mine');
      expect(await examples()).toEqual(['mine', undefined, undefined, undefined]);
    });

    it('leave out an id that is longer than they may be', async () => {
      observe(0.1, 'x'.repeat(128));
      const [bucket] = (await scrape(OPEN_METRICS)).find('post_way_seconds_bucket');
      expect(bucket?.exemplar).toEqual({ trace_id: expect.stringMatching(/^[\da-f]{32}$/) as string });
    });
  });
});

describe('the declaration of a metric', () => {
  const counter = { type: 'counter', name: 'post_parcels_total', help: 'Parcels' } as const;
  const histogram = { type: 'histogram', name: 'post_way_seconds', help: 'Way', buckets: [1, 2] } as const;

  it.each<readonly [string, MetricDefinition]>([
    ['a counter without _total', { ...counter, name: 'post_parcels' }],
    ['a gauge with it', { ...counter, type: 'gauge' }],
    ['a name without a prefix', { ...counter, type: 'gauge', name: 'parcels' }],
    ['a name in another case', { ...counter, name: 'postParcels_total' }],
    ['an ending that histograms have', { ...counter, type: 'gauge', name: 'post_parcels_count' }],
    ['no help', { ...counter, help: ' ' }],
    ['a label that histograms have', { ...counter, labels: { le: ['1'] } }],
    ['a label in another case', { ...counter, labels: { Size: ['1'] } }],
    ['a histogram without a base unit', { ...histogram, name: 'post_way_ms' }],
    ['buckets that do not ascend', { ...histogram, buckets: [2, 1] }],
    ['no buckets', { ...histogram, buckets: [] }],
  ])('is refused with %s', (_what, definition) => {
    expect(() => defineMetrics({ definition })).toThrow(TypeError);
  });

  it('is taken when it keeps the conventions', () => {
    expect(defineMetrics({ counter, histogram })).toEqual({ counter, histogram });
  });
});
