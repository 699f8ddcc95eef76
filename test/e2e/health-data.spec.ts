import { expectErrorEnvelope, expectSuccessEnvelope } from '@app/common/testing';
import request, { type Test } from 'supertest';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';

const API = '/api/v1/health-data';
let app: WellnessApp;
let alice: { authorization: string };

beforeAll(async () => {
  app = await startWellnessApp();
  alice = await app.bearer('alice-0001', ['health:read', 'health:write']);
  await push([
    ...hours(24, (hour) => ({
      metric_type: 'HeartRate',
      value: 60 + hour,
      unit: 'count/min',
      start: at(hour),
      source: 'Watch',
    })),
    { metric_type: 'StepCount', value: 600, unit: 'count', start: at(8), end: at(9), source: 'Watch' },
    { metric_type: 'StepCount', value: 900, unit: 'count', start: at(8), end: at(10), source: 'Phone' },
    { metric_type: 'BodyMass', value: 71.3, unit: 'kg', start: at(7), source: 'Scale' },
    { metric_type: 'OxygenSaturation', value: 0.97, unit: '%', start: at(7), source: 'Watch' },
    { metric_type: 'MindfulSession', start: at(20), end: at(21), source: 'App' },
  ]);
});

afterAll(() => app.close());

function hours<T>(count: number, make: (hour: number) => T): T[] {
  return Array.from({ length: count }, (_, hour) => make(hour));
}

function at(hour: number): string {
  return `2025-09-30T${String(hour).padStart(2, '0')}:00:00Z`;
}

function get(path: string, query: Record<string, string | number> = {}): Test {
  return request(app.server).get(`${API}/${path}`).set(alice).query(query);
}

async function push(records: object[]): Promise<void> {
  await request(app.server).post(`${API}/records?atomic=true`).set(alice).send({ records }).expect(200);
}

const DAY = { time_period: '2025-09-30', time_zone: 'UTC' };

describe('metrics', () => {
  it('says what there is, in the way the table knows it', async () => {
    const response = await get('metrics');
    expectSuccessEnvelope(response);
    const heartRate = response.body.data.metrics.find((m: { metric_type: string }) => m.metric_type === 'HeartRate');
    expect(heartRate).toEqual({
      metric_type: 'HeartRate',
      identifier: 'HKQuantityTypeIdentifierHeartRate',
      display_name: 'heart rate',
      unit: 'count/min',
      kind: 'discrete',
      count: 24,
      first: '2025-09-30T00:00:00+00:00',
      last: '2025-09-30T23:00:00+00:00',
      sources: ['Watch'],
    });
  });

  it('shows nobody the data of somebody else', async () => {
    const response = await request(app.server)
      .get(`${API}/metrics`)
      .set(await app.bearer('mallory-01', ['health:read']));
    expect(response.body.data).toEqual({ metrics: [] });
  });
});

describe('records', () => {
  it('come back exactly as they were given, in pages, in the time zone asked for', async () => {
    const first = await get('records', {
      metric_types: 'heartrate',
      time_period: '2025-09-30',
      time_zone: 'Asia/Kathmandu',
      limit: 10,
    });
    expectSuccessEnvelope(first);
    expect(first.body.data.period).toMatchObject({ from: '2025-09-30T00:00:00+05:45', time_zone: 'Asia/Kathmandu' });
    expect(first.body.data.records[0]).toEqual({
      metric_type: 'HeartRate',
      value: 60,
      unit: 'count/min',
      start: '2025-09-30T05:45:00+05:45',
      end: '2025-09-30T05:45:00+05:45',
      source: 'Watch',
    });
    const second = await get('records', {
      metric_types: 'heartrate',
      time_period: '2025-09-30',
      time_zone: 'Asia/Kathmandu',
      limit: 10,
      cursor: first.body.data.next_cursor,
    });
    expect(second.body.data.records).toHaveLength(9);
    expect(second.body.data.next_cursor).toBeNull();
  });

  it.each([
    ['limit', { limit: 0 }],
    ['limit', { limit: 1001 }],
    ['order', { order: 'sideways' }],
    ['cursor', { cursor: 'made-up' }],
    ['time_zone', { time_zone: 'Middle/Earth' }],
    ['time_period', { time_period: 'last fortnigth' }],
    ['time_period', { time_period: '2025-02-30' }],
    ['colour', { colour: 'red' }],
  ])('refuse a wrong %s', async (field, query) => {
    const response = await get('records', { metric_types: 'HeartRate', ...query });
    expectErrorEnvelope(response, 'VALIDATION_INVALID_INPUT');
    expect(response.body.error.details.field).toBe(field);
  });

  it('do not claim that null was given where it was no number', async () => {
    const response = await get('records', { metric_types: 'HeartRate', limit: 'many' });
    expect(expectErrorEnvelope(response, 'VALIDATION_INVALID_INPUT').details).not.toHaveProperty('value');
  });
});

describe('aggregates', () => {
  it('count overlapping sources once, and say so differently when asked for all', async () => {
    const sums = async (sources: string): Promise<number> => {
      const response = await get('aggregates', { metric_types: 'StepCount', ...DAY, sources });
      expectSuccessEnvelope(response);
      return response.body.data.metrics[0].buckets[0].sum;
    };
    // Both are apps; the phone covers more time and so outranks the watch.
    expect(await sums('merged')).toBe(900);
    expect(await sums('all')).toBe(1500);
    expect(await sums('Watch')).toBe(600);
  });

  it('give each metric the statistic that suits it', async () => {
    const { body } = await get('aggregates', { metric_types: 'StepCount,HeartRate,BodyMass,MindfulSession', ...DAY });
    const bucket = (i: number): Record<string, unknown> => body.data.metrics[i].buckets[0];
    expect(bucket(0)).toMatchObject({ sum: 900 });
    expect(bucket(1)).toMatchObject({ count: 24, avg: 71.5 });
    expect(bucket(2)).toMatchObject({ latest: 71.3, latest_at: '2025-09-30T07:00:00+00:00' });
    expect(bucket(3)).toMatchObject({ count: 1, duration: 60 });
  });

  it('compute every statistic over every sample', async () => {
    const stats = 'count,sum,avg,min,max,latest,median,p95,stddev';
    const { body } = await get('aggregates', { metric_types: 'HeartRate', ...DAY, stats });
    expect(body.data.metrics[0].buckets).toEqual([
      {
        from: '2025-09-30T00:00:00+00:00',
        to: '2025-10-01T00:00:00+00:00',
        count: 24,
        sum: 1716,
        avg: 71.5,
        min: 60,
        max: 83,
        latest: 83,
        latest_at: '2025-09-30T23:00:00+00:00',
        median: 71.5,
        p95: expect.closeTo(81.85, 9),
        stddev: expect.closeTo(7.0710678, 6),
      },
    ]);
  });

  it('compute a median over one source alone', async () => {
    await push(
      [55, 57, 90].map((value, i) => ({
        metric_type: 'RestingHeartRate',
        value,
        unit: 'count/min',
        start: at(i),
        source: value < 60 ? 'Watch' : 'Strap',
      })),
    );
    const median = async (sources: string): Promise<number> => {
      const query = { metric_types: 'RestingHeartRate', ...DAY, stats: 'median', sources };
      return (await get('aggregates', query)).body.data.metrics[0].buckets[0].median;
    };
    expect([await median('Watch'), await median('Strap'), await median('all')]).toEqual([56, 90, 57]);
  });

  it('believe what somebody has entered more than what a device has counted', async () => {
    const steps = { metric_type: 'StepCount', unit: 'count', start: '2025-08-01T08:00:00Z', source: 'Phone' };
    await push([
      { ...steps, value: 900, end: '2025-08-01T10:00:00Z' },
      { ...steps, value: 100, end: '2025-08-01T09:00:00Z', source: 'Health', user_entered: true },
    ]);
    const query = { metric_types: 'StepCount', time_period: '2025-08-01', time_zone: 'UTC' };
    const { body } = await get('aggregates', query);
    // 100 in the first hour, and the half of 900 that is left in the second.
    expect(body.data.metrics[0].buckets[0].sum).toBe(550);
  });

  it('average sound levels by their energy and how long they lasted', async () => {
    const sound = { metric_type: 'EnvironmentalAudioExposure', unit: 'dBASPL', source: 'Watch' };
    await push([
      { ...sound, value: 60, start: at(10), end: at(11) },
      { ...sound, value: 80, start: at(11), end: at(14) },
    ]);
    const { body } = await get('aggregates', { metric_types: 'EnvironmentalAudioExposure', ...DAY });
    const level = 10 * Math.log10((1 * 10 ** 6 + 3 * 10 ** 8) / 4);
    expect(body.data.metrics[0]).toMatchObject({ unit: 'dBASPL', buckets: [{ avg: expect.closeTo(level, 9) }] });
  });

  it('begin weeks on the day the request, else the user, says', async () => {
    const weeks = async (more: object = {}): Promise<string[]> => {
      const query = { metric_types: 'HeartRate', time_period: '2025-09', time_zone: 'UTC', bucket: 'week', ...more };
      const { body } = await get('aggregates', query);
      return body.data.metrics[0].buckets.slice(1, 3).map(({ from }: { from: string }) => from.slice(0, 10));
    };
    expect(await weeks()).toEqual(['2025-09-08', '2025-09-15']);
    expect(await weeks({ week_start: 'sunday' })).toEqual(['2025-09-07', '2025-09-14']);
    const me = request(app.server);
    await me.patch('/api/v1/me').set(alice).send({ week_start: 'sunday' }).expect(200);
    const asSet = await weeks();
    await me.patch('/api/v1/me').set(alice).send({ week_start: null }).expect(200);
    expect(asSet).toEqual(['2025-09-07', '2025-09-14']);
  });

  it.each([
    ['+05:30', '2025-09-30T00:00:00+05:30'],
    ['%2B05:30', '2025-09-30T00:00:00+05:30'],
    ['-03:00', '2025-09-30T00:00:00-03:00'],
  ])('understand the zone %s, also where nobody has encoded the plus', async (zone, from) => {
    const url = `${API}/aggregates?metric_types=HeartRate&time_period=2025-09-30&time_zone=${zone}`;
    const { body } = await request(app.server).get(url).set(alice);
    expect(body.data.period.from).toBe(from);
  });

  it('refuse a statistic that is asked for twice', async () => {
    const response = await get('aggregates', { metric_types: 'HeartRate', ...DAY, stats: 'avg,max,avg' });
    expectErrorEnvelope(response, 'VALIDATION_INVALID_INPUT');
    expect(response.body.error.details.field).toBe('stats');
  });

  it('show gaps as empty buckets', async () => {
    const query = { metric_types: 'HeartRate', time_period: '2025-09-28/2025-10-02', time_zone: 'UTC', bucket: 'day' };
    const { body } = await get('aggregates', query);
    const counts = body.data.metrics[0].buckets.map(({ count, avg }: { count: number; avg: number | null }) => [
      count,
      avg,
    ]);
    expect(counts).toEqual([[0, null], [0, null], [24, 71.5], [0, null]]); // prettier-ignore
  });

  it('say what would have an answer when there is none', async () => {
    const response = await get('aggregates', { metric_types: 'HeartRate', time_period: '2023' });
    expectErrorEnvelope(response, 'HEALTH_DATA_NOT_FOUND');
    expect(response.body.error.details.available_periods).toEqual(expect.arrayContaining(['2025', '2025-09']));
  });

  it('suggest names for one that is not known', async () => {
    const response = await get('aggregates', { metric_types: 'HartRate' });
    expectErrorEnvelope(response, 'HEALTH_METRIC_NOT_SUPPORTED');
    expect(response.body.error.details).toMatchObject({
      metric_type: 'HartRate',
      did_you_mean: expect.arrayContaining(['HeartRate']),
    });
  });

  it('refuse more figures than anybody could use, and say what would fit', async () => {
    const types = 'HeartRate,StepCount,BodyMass,OxygenSaturation,MindfulSession';
    const query = { metric_types: types, time_period: '2024-01-01/2025-12-31', bucket: 'hour', stats: 'count,sum,avg' };
    const response = await get('aggregates', query);
    expectErrorEnvelope(response, 'VALIDATION_INVALID_INPUT');
    expect(response.body.error.message).toContain('bucket=day');
  });

  it('refuse more buckets than anybody could use', async () => {
    const response = await get('aggregates', {
      metric_types: 'HeartRate',
      time_period: '2000-01-01/2025-12-31',
      bucket: 'hour',
    });
    expectErrorEnvelope(response, 'VALIDATION_INVALID_INPUT');
    expect(response.body.error.details.field).toBe('bucket');
  });

  it('understand all there is', async () => {
    const { body } = await get('aggregates', {
      metric_types: 'HeartRate',
      time_period: 'all',
      time_zone: 'UTC',
      bucket: 'year',
    });
    expect(body.data.period.from).toBe('2025-09-30T00:00:00+00:00');
    expect(body.data.metrics[0].buckets[0]).toMatchObject({ count: 24 });
  });
});
