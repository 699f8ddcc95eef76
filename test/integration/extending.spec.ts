import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import type { DynamicModule } from '@nestjs/common';
import ts from 'typescript';
import { ScrapedMetrics } from '@app/common/testing';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';

const ROOT = join(__dirname, '..', '..');
const BLOCK = /^```ts\n\/\/ (\S+\.ts)\n([\s\S]*?)^```/gm;
const LIMIT_MS = 180_000;

interface Guide {
  readonly folder: string;
  readonly files: readonly string[];
}

interface AirQualityApi {
  readonly AirQualityApiModule: { forRoot(settings: { url: string; breakerOpenMs: number }): DynamicModule };
}

/** Every block of the page that begins with a path, as a file below a folder of its own. */
function extract(page: string): Guide {
  mkdirSync(join(ROOT, 'tmp'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, 'tmp', 'extending-'));
  const files = [...readFileSync(join(ROOT, page), 'utf8').matchAll(BLOCK)].map(([, path = '', code = '']) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
    return file;
  });
  return { folder, files };
}

/** What the compiler has to say, with the settings of the repository. */
function complaints(files: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [...files], include: [] }, ts.sys, ROOT);
  const program = ts.createProgram(files, options);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}

const guide = extract('docs/extending.md');

afterAll(() => rmSync(guide.folder, { recursive: true, force: true }));

describe('the code of the guide', () => {
  it('has all the files it speaks of', () => {
    expect(guide.files.map((file) => file.slice(guide.folder.length + 1))).toEqual([
      'src/services/air-quality/air-quality.policy.ts',
      'src/services/air-quality/air-quality.client.ts',
      'src/services/air-quality/air-quality.module.ts',
      'src/services/air-quality/air-quality.metrics.ts',
      'src/api/air-quality/air-quality.dto.ts',
      'src/api/air-quality/air-quality.controller.ts',
      'src/api/air-quality/air-quality.requests.ts',
      'src/api/air-quality/air-quality-api.module.ts',
      'test/e2e/air-quality.spec.ts',
    ]);
  });

  it('compiles with the settings of the repository', () => expect(complaints(guide.files)).toEqual([]), LIMIT_MS);
});

describe('the feature of the guide in the whole product', () => {
  let stations: Server;
  let app: WellnessApp;

  beforeAll(async () => {
    stations = createServer((_request, response) => response.end('{"stations":1}'));
    await once(stations.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(stations.address() as AddressInfo).port}`;
    const { AirQualityApiModule } = load('src/api/air-quality/air-quality-api.module.ts') as AirQualityApi;
    app = await startWellnessApp({}, { features: [AirQualityApiModule.forRoot({ url, breakerOpenMs: 1_000 })] });
  }, LIMIT_MS);

  afterAll(async () => {
    await app.close();
    stations.closeAllConnections();
    stations.close();
  });

  it('has a row among the policies and a component in the health report', async () => {
    const headers = await app.bearer('operator', ['admin']);
    const policies = await fetch(`${app.url}/api/v1/admin/resilience`, { headers });
    expect(JSON.stringify(await policies.json())).toContain('"name":"air_quality","state":"closed"');
    const health = (await (await fetch(`${app.url}/health`)).json()) as { components: Record<string, object> };
    expect(health.components.air_quality).toMatchObject({ status: 'healthy', stations: 1, breaker: 'closed' });
  });

  it('has metrics of its policy and of its own', async () => {
    const metrics = new ScrapedMetrics(await (await fetch(`${app.url}/metrics`)).text());
    const policy = 'air_quality';
    expect(metrics.value('wellness_policy_state', { policy, state: 'closed' })).toBe(1);
    expect(metrics.value('wellness_policy_calls_total', { policy })).toBe(0);
    expect(metrics.value('wellness_health_component_up', { component: policy })).toBe(1);
    expect(metrics.value('wellness_air_quality_readings_total', { result: 'found' })).toBe(0);
  });

  it('stands in the API document', async () => {
    const document = (await (await fetch(`${app.url}/openapi.json`)).json()) as { paths: Record<string, object> };
    expect(document.paths['/api/v1/air-quality']).toBeDefined();
  });
});

describe('the test of the guide', () => {
  load('test/e2e/air-quality.spec.ts');
});

/** A file of the guide, which may well be a test: what it declares becomes part of this one. */
function load(path: string): unknown {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- not before it has been written
  return require(join(guide.folder, path)) as unknown;
}
