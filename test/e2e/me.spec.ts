import { eventually, expectErrorEnvelope } from '@app/common/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import request, { type Test } from 'supertest';
import { exportXml, manyRecords } from '../fixtures/health-export';

import { startWellnessApp, type WellnessApp } from '../support/wellness-app';

const API = '/api/v1/health-data';
let app: WellnessApp;
let alice: { authorization: string };

beforeAll(async () => {
  app = await startWellnessApp();
  alice = await app.bearer('alice-0001', ['health:read', 'health:write']);
});

afterAll(() => app.close());

describe('me', () => {
  const patch = (changes: object): Test => request(app.server).patch('/api/v1/me').set(alice).send(changes);

  it('shows and changes how answers are given', async () => {
    const before = await request(app.server).get('/api/v1/me').set(alice);
    expect(before.body.data).toMatchObject({ user_id: 'alice-0001', time_zone: 'UTC', time_zone_source: 'default' });
    const { body } = await patch({ time_zone: 'Australia/Lord_Howe', week_start: 'sunday' });
    expect(body.data).toMatchObject({
      time_zone: 'Australia/Lord_Howe',
      time_zone_source: 'setting',
      week_start: 'sunday',
    });
    const { body: back } = await patch({ time_zone: null, week_start: null });
    expect(back.data).toMatchObject({ time_zone: 'UTC', week_start: 'monday' });
  });

  it.each([{ time_zone: 'Nowhere' }, { units: 'furlongs' }, { week_start: 'friday' }, { name: 'Al' }])(
    'refuses %j',
    async (changes) => {
      expectErrorEnvelope(await patch(changes), 'VALIDATION_INVALID_INPUT');
    },
  );

  it('erases everything, and has nothing left to erase the second time', async () => {
    const leaver = await app.bearer('leaver-01', ['health:read', 'health:write']);
    const server = request(app.server);
    await server
      .post(`${API}/records`)
      .set(leaver)
      .send({ records: [{ metric_type: 'BodyMass', value: 70, unit: 'kg', start: '2025-09-30T07:00:00Z' }] });
    const { body } = await server.delete('/api/v1/me').set(leaver);
    expect(body.data).toMatchObject({ records: 1 });
    const again = await server.delete('/api/v1/me').set(leaver);
    expect(again.body.data).toEqual({ records: 0, keys: 0 });
  });
});

describe('erasing while an import runs', () => {
  it('ends the import, so that nothing comes back', async () => {
    const leaver = await app.bearer('leaver-02', ['health:read', 'health:write']);
    const server = request(app.server);
    const upload = await server
      .post('/api/v1/imports')
      .set({ ...leaver, 'content-type': 'application/xml' })
      .send(exportXml(manyRecords(60_000)));
    expect(upload.status).toBe(202);
    await eventually(async () => {
      const { body } = await server.get(`/api/v1/imports/${upload.body.data.import_id}`).set(leaver);
      return body.data.progress.records_stored > 0;
    });
    await server.delete('/api/v1/me').set(leaver).expect(200);
    await sleep(1_500);
    const again = await server.delete('/api/v1/me').set(leaver);
    expect(again.body.data).toEqual({ records: 0, keys: 0 });
  });
});

describe('authorisation', () => {
  it.each([
    ['get', `${API}/metrics`, 'health:read'],
    ['get', `${API}/records?metric_types=HeartRate`, 'health:read'],
    ['get', `${API}/aggregates?metric_types=HeartRate`, 'health:read'],
    ['post', `${API}/records`, 'health:write'],
    ['patch', '/api/v1/me', 'health:write'],
    ['delete', '/api/v1/me', 'health:write'],
  ] as const)('%s %s needs a token with %s', async (method, path, scope) => {
    expectErrorEnvelope(await request(app.server)[method](path), 'AUTH_TOKEN_MISSING');
    const response = await request(app.server)
      [method](path)
      .set(await app.bearer('alice-0001', ['chat']));
    expectErrorEnvelope(response, 'AUTH_SCOPE_FORBIDDEN');
    expect(response.body.error.details.required_scopes).toEqual([scope]);
  });
});
