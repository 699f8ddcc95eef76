import request, { type Test } from 'supertest';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';

const API = '/api/v1/health-data';
const DAY = { time_period: '2025-09-30', time_zone: 'UTC' };
let app: WellnessApp;
let dora: { authorization: string };

beforeAll(async () => {
  app = await startWellnessApp();
  dora = await app.bearer('dora-0001', ['health:read', 'health:write']);
  const records = [
    { metric_type: 'HeartRate', value: 60, unit: 'count/min', start: at(7) },
    { metric_type: 'BodyTemperature', value: 37, unit: 'degC', start: at(7) },
    { metric_type: 'BodyTemperature', value: 38, unit: 'degC', start: at(8) },
    { metric_type: 'BodyMass', value: 70, unit: 'kg', start: at(7) },
    { metric_type: 'OxygenSaturation', value: 0.97, unit: '%', start: at(7) },
    { metric_type: 'Headache', value: 'HKCategoryValueSeverityMild', start: at(7), end: at(8) },
  ];
  await request(app.server).post(`${API}/records?atomic=true`).set(dora).send({ records }).expect(200);
});

afterAll(() => app.close());

function at(hour: number): string {
  return `2025-09-30T${String(hour).padStart(2, '0')}:00:00Z`;
}

function get(path: string, query: Record<string, string> = {}): Test {
  return request(app.server).get(`${API}/${path}`).set(dora).query(query);
}

async function choose(units: string): Promise<void> {
  await request(app.server).patch('/api/v1/me').set(dora).send({ units }).expect(200);
}

describe('units', () => {
  it('are named by the metrics as by the aggregates, by the units the user has chosen', async () => {
    const types = ['HeartRate', 'BodyMass', 'BodyTemperature', 'OxygenSaturation', 'Headache'];
    const unitsOf = async (units: string): Promise<Record<string, string[]>> => {
      await choose(units);
      const held = await get('metrics');
      const query = { metric_types: types.join(','), ...DAY };
      const told = await get('aggregates', query);
      const all: Array<{ metric_type: string; unit: string }> = [...held.body.data.metrics, ...told.body.data.metrics];
      return Object.fromEntries(
        types.map((type) => [type, all.filter((m) => m.metric_type === type).map(({ unit }) => unit)]),
      );
    };
    const same = { HeartRate: ['count/min', 'count/min'], OxygenSaturation: ['%', '%'], Headache: ['', ''] };
    expect(await unitsOf('metric')).toEqual({ ...same, BodyTemperature: ['degC', 'degC'], BodyMass: ['kg', 'kg'] });
    expect(await unitsOf('imperial')).toEqual({ ...same, BodyTemperature: ['degF', 'degF'], BodyMass: ['lb', 'lb'] });
  });

  it('that are chosen are those of the figures, but for totals that cannot be converted', async () => {
    await choose('imperial');
    const stats = 'sum,avg,count,duration';
    const { body } = await get('aggregates', { metric_types: 'BodyTemperature,Headache,BodyMass', ...DAY, stats });
    expect(body.data.metrics).toMatchObject([
      { unit: 'degF', buckets: [{ count: 2, sum: null, avg: 99.5 }] },
      { unit: 'min', buckets: [{ count: 1, sum: null, avg: null, duration: 60 }] },
      { unit: 'lb', buckets: [{ sum: expect.closeTo(154.32, 2) }] },
    ]);
  });

  it('of fractions are percentages in aggregates, and as they were given in records', async () => {
    const records = await get('records', { metric_types: 'OxygenSaturation', ...DAY });
    expect(records.body.data.records[0]).toMatchObject({ value: 0.97, unit: '%' });
    const { body } = await get('aggregates', { metric_types: 'OxygenSaturation', ...DAY });
    expect(body.data.metrics[0]).toMatchObject({ unit: '%', buckets: [{ avg: 97 }] });
  });
});
