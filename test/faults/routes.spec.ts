import { call } from '../e2e/support/http';
import { startWellnessApp } from '../support/wellness-app';
import { ROUTES } from './routes';

describe('the fault table', () => {
  it('has a row for every route of the API document', async () => {
    const app = await startWellnessApp();
    const { body } = await call(app.port, { path: '/openapi.json' });
    await app.close();
    const { paths } = JSON.parse(body) as { paths: Record<string, Record<string, unknown>> };
    const documented = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(ROUTES.map(({ route }) => route).sort()).toEqual(documented.sort());
  });
});
