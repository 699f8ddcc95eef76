import { expectErrorEnvelope } from '@app/common/testing';
import { exportXml, recordXml } from '../fixtures/health-export';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';
import { call } from './support/http';
import { ImportsClient } from './support/imports-app';
import { scrape } from './support/scrape';

describe('a process whose role is to work', () => {
  let api: WellnessApp;
  let worker: WellnessApp;

  beforeAll(async () => {
    api = await startWellnessApp({ ROLE: 'api' });
    worker = await startWellnessApp({ ROLE: 'worker', DATA_DIR: api.dataDir }, { redis: api.redis });
  });
  afterAll(async () => {
    await worker.close();
    await api.close();
  });

  it.each(['/health', '/health/live', '/health/ready', '/health/startup', '/metrics'])('answers %s', async (path) => {
    expect((await call(worker.port, { path })).status).toBe(200);
  });

  it.each(['/', '/errors', '/docs', '/openapi.json', '/api/v1/me', '/api/v1/admin/resilience'])(
    'has nothing at %s',
    async (path) => {
      const headers = await worker.bearer('operator', ['admin']);
      expectErrorEnvelope(await call(worker.port, { path, headers }), 'ROUTE_PATH_NOT_FOUND');
    },
  );

  it('runs the imports that others have taken in, and counts them', async () => {
    const { status } = await new ImportsClient(api, 'uploader-of-work').import(exportXml(recordXml()));
    expect(status).toBe('completed');
    const runs = { outcome: 'completed' };
    expect((await scrape(worker.port)).value('wellness_import_runs_total', runs)).toBe(1);
    const elsewhere = await scrape(api.port);
    expect(elsewhere.value('wellness_import_runs_total', runs)).toBe(0);
    expect(elsewhere.value('wellness_imports_received_total')).toBe(1);
  });
});
