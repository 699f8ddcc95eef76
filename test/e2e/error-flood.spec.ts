import { PolicyRegistry } from '@app/common';
import { eventually } from '@app/common/testing';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';
import { call } from './support/http';

const REQUESTS = 250;
const EVERY = 50;

describe('an outage', () => {
  let app: WellnessApp;

  beforeAll(async () => {
    app = await startWellnessApp({ LOG_LEVEL: 'info', LOG_REPEAT_EVERY: String(EVERY) });
  });

  it('does not flood the log, loses no request from it, and is summed up when the process ends', async () => {
    const headers = await app.bearer('user-in-an-outage', ['health:read']);
    app.app.get(PolicyRegistry).get('redis').isolate();
    for (let sent = 0; sent < REQUESTS; sent += EVERY) {
      await Promise.all(Array.from({ length: EVERY }, () => call(app.port, { path: '/api/v1/me', headers })));
    }
    await eventually(() => app.logs.named('request_completed').length === REQUESTS);
    expect(app.logs.named('request_completed').every(({ error_code }) => error_code === 'REDIS_CIRCUIT_OPEN')).toBe(
      true,
    );
    expect(app.logs.named('request_failed')).toHaveLength(REQUESTS / EVERY);
    await app.close();
    const [summary] = app.logs.named('errors_repeated').filter(({ of }) => of === 'request_failed');
    expect(summary).toMatchObject({
      level: 'error',
      error_code: 'REDIS_CIRCUIT_OPEN',
      route: '/api/v1/me',
      count: REQUESTS,
      left_out: REQUESTS - REQUESTS / EVERY,
      sample_correlation_id: app.logs.named('request_failed')[0]?.correlation_id,
    });
    // It is of all of them, and so of none of the users.
    expect(summary).not.toHaveProperty('correlation_id');
    expect(summary).not.toHaveProperty('user');
  });
});
