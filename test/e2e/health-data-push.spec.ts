import { expectErrorEnvelope, expectSuccessEnvelope } from '@app/common/testing';
import request, { type Response } from 'supertest';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';

const API = '/api/v1/health-data';
let app: WellnessApp;
let alice: { authorization: string };

beforeAll(async () => {
  app = await startWellnessApp();
  alice = await app.bearer('alice-0001', ['health:read', 'health:write']);
});

afterAll(() => app.close());

function at(hour: number): string {
  return `2025-09-30T${String(hour).padStart(2, '0')}:00:00Z`;
}

async function push(records: object[], more: object = {}, query = ''): Promise<Response> {
  return request(app.server)
    .post(`${API}/records${query}`)
    .set(alice)
    .send({ records, ...more });
}

describe('pushing records', () => {
  it('stores nothing twice', async () => {
    const record = { metric_type: 'HeartRate', value: 60, unit: 'count/min', start: at(0), source: 'Watch' };
    await push([record]);
    const response = await push([record]);
    expectSuccessEnvelope(response);
    expect(response.body.data).toEqual({
      received: 1,
      stored: 0,
      duplicates: 1,
      rejected: 0,
      errors: [],
      errors_omitted: 0,
    });
  });

  const wrong = [
    { metric_type: 'HartRate', value: 1, unit: 'count/min', start: at(1) },
    { metric_type: 'HeartRate', value: 'high', unit: 'count/min', start: '2025-09-30' },
    { metric_type: 'HeartRate', value: 61, unit: 'furlong/fortnight', start: at(2), end: at(1), colour: 'red' },
  ];

  it('says by index what is wrong with single records and stores the others', async () => {
    const good = { metric_type: 'BodyMass', value: 70, unit: 'kg', start: '2024-01-01T00:00:00Z', source: 'Scale' };
    const { status, body } = await push([good, ...wrong]);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ received: 4, stored: 1, rejected: 3 });
    expect(body.data.errors).toEqual([
      {
        index: 1,
        field: 'metric_type',
        message: 'is not a known metric type',
        did_you_mean: expect.arrayContaining(['HeartRate']),
      },
      { index: 2, field: 'start', message: expect.stringContaining('ISO 8601') },
      { index: 2, field: 'value', message: 'must be a number' },
      { index: 3, field: 'end', message: 'is before start' },
      { index: 3, field: 'unit', message: 'is not a known unit' },
      { index: 3, field: 'colour', message: 'is not a member of a record' },
    ]);
    expect(body.data.errors_omitted).toBe(0);
  });

  it.each([
    ['in the body', '', { atomic: true }],
    ['in the query', '?atomic=true', {}],
    ['in the query, against the body', '?atomic=true', { atomic: false }],
    ['in the body, against the query', '?atomic=false', { atomic: true }],
  ])('stores nothing when atomic %s and one record is wrong', async (_, query, more) => {
    const good = { metric_type: 'Height', value: 180, unit: 'cm', start: at(1), source: 'Tape' };
    const response = await push([good, ...wrong], more, query);
    expectErrorEnvelope(response, 'HEALTH_DATA_INVALID_FORMAT');
    expect(response.body.error.details.errors).toHaveLength(6);
    expect(response.body.error.details.errors_omitted).toBe(0);
    const { body } = await request(app.server).get(`${API}/metrics`).set(alice);
    expect(body.data.metrics.map(({ metric_type }: { metric_type: string }) => metric_type)).not.toContain('Height');
  });

  it.each([
    ['atomic', '?atomic=yes'],
    ['colour', '?colour=red'],
  ])('refuses a wrong query: %s', async (field, query) => {
    const good = { metric_type: 'Height', value: 180, unit: 'cm', start: at(1), source: 'Tape' };
    const response = await push([good], {}, query);
    expectErrorEnvelope(response, 'VALIDATION_INVALID_INPUT');
    expect(response.body.error.details.field).toBe(field);
  });

  it('stores no value whose unit measures something else, and no time that does not exist', async () => {
    const { body } = await push([
      { metric_type: 'HeartRate', value: 70, unit: 'kg', start: at(3) },
      { metric_type: 'HeartRate', value: 70, unit: 'count/min', start: '2025-02-30T08:00:00Z' },
    ]);
    expect(body.error.details.errors).toEqual([
      { index: 0, field: 'unit', message: 'cannot be converted to count/min' },
      { index: 1, field: 'start', message: expect.stringContaining('does not exist') },
    ]);
  });

  it('answers a record of tens of thousands of members at once and in short', async () => {
    const odd = Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`m${i}`, 0]));
    const started = performance.now();
    const response = await push([odd]);
    expectErrorEnvelope(response, 'HEALTH_DATA_INVALID_FORMAT');
    expect(response.body.error.details.errors).toHaveLength(20);
    expect(response.body.error.details.errors_omitted).toBeGreaterThan(59_900);
    // Copying such an object member by member takes seconds.
    expect(performance.now() - started).toBeLessThan(2_500);
  });

  it.each([
    ['something else than objects', { records: [1] }, 'records'],
    ['no list', { records: 'all of them' }, 'records'],
    ['an empty list', { records: [] }, 'records'],
    ['too many', { records: Array(5001).fill({}) }, 'records'],
    ['something unknown beside them', { records: [{}], colour: 'red' }, 'colour'],
  ])('refuses %s as a wrong shape', async (_, body, field) => {
    const response = await request(app.server).post(`${API}/records`).set(alice).send(body);
    expectErrorEnvelope(response, 'VALIDATION_INVALID_INPUT');
    expect(response.body.error.details.field).toBe(field);
  });
});
