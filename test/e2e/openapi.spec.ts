import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errorDefinition, isErrorCode } from '@app/common';
import { startWellnessApp, type WellnessApp } from '../support/wellness-app';
import { call } from './support/http';

interface Media {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, unknown>>;
}

interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, Media>>;
}

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security: ReadonlyArray<Readonly<Record<string, readonly string[]>>>;
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Response>>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly examples: Readonly<Record<string, { readonly value: unknown }>> };
  readonly tags: ReadonlyArray<{ readonly name: string }>;
}

const run = promisify(execFile);

describe('the API document', () => {
  let app: WellnessApp;
  let text: string;
  let document: Document;
  let operations: Array<[string, Operation]>;

  beforeAll(async () => {
    app = await startWellnessApp();
    text = (await call(app.port, { path: '/openapi.json' })).body;
    document = JSON.parse(text) as Document;
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
    );
  });
  afterAll(() => app.close());

  it('is OpenAPI 3.1 and passes the recommended rules', async () => {
    expect(document.openapi).toBe('3.1.0');
    const folder = await mkdtemp(join(tmpdir(), 'wellness-openapi-'));
    const file = join(folder, 'openapi.json');
    await writeFile(file, text);
    const redocly = join(__dirname, '../../node_modules/@redocly/cli/bin/cli.js');
    const quiet = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', PATH: '' };
    const options = { cwd: folder, env: quiet };
    const linted = await run(
      process.execPath,
      [redocly, 'lint', '--extends', 'recommended', '--format', 'json', file],
      options,
    ).catch((failure: { stdout: string }) => failure);
    await rm(folder, { recursive: true });
    const { problems } = JSON.parse(linted.stdout) as {
      problems: Array<{ message: string; location: Array<{ pointer: string }> }>;
    };
    expect(problems.map(({ message, location }) => `${location[0]?.pointer}: ${message}`)).toEqual([]);
  });

  it('describes every route there is', () => {
    const paths = operations.map(([name]) => name);
    expect(paths).toEqual(
      expect.arrayContaining([
        'get /',
        'get /health',
        'get /metrics',
        'get /errors/{code}',
        'get /api/v1/health-data/aggregates',
        'post /api/v1/imports',
        'post /api/v1/chat/stateless',
      ]),
    );
  });

  it('names operations once, and sorts them under tags that are explained', () => {
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    const known = document.tags.map(({ name }) => name);
    const untagged = operations.filter(([, { tags }]) => !(tags ?? []).some((tag) => known.includes(tag)));
    expect(untagged.map(([name]) => name)).toEqual([]);
  });

  it('leaves no answer and no body without an example', () => {
    const bare = operations.flatMap(([name, { requestBody, responses }]) =>
      [requestBody, ...Object.values(responses)]
        .flatMap((body) => Object.entries(body?.content ?? {}))
        .filter(
          ([type, { example, examples }]) => type.includes('json') && example === undefined && examples === undefined,
        )
        .map(() => name),
    );
    expect(bare).toEqual([]);
  });

  it('tells for every route the errors it can give, by their status', () => {
    for (const [name, { responses, security }] of operations) {
      expect([name, Object.keys(responses)]).toEqual([
        name,
        expect.arrayContaining(['400', '414', '417', '431', '500']),
      ]);
      expect([name, '401' in responses]).toEqual([name, security.length > 0]);
      for (const [status, { content, headers }] of Object.entries(responses)) {
        expect(headers).toHaveProperty('X-Correlation-ID');
        if (Number(status) < 400) continue;
        const codes = Object.keys(content?.['application/json']?.examples ?? {}).filter(isErrorCode);
        expect(codes.map((code) => errorDefinition(code).status)).toEqual(codes.map(() => Number(status)));
        // A probe that fails answers with its report.
        expect([name, codes.length > 0]).toEqual([name, content?.['application/problem+json'] !== undefined]);
      }
    }
  });

  it('tells of the limits on every answer of every route but probes', () => {
    for (const [name, { responses }] of operations) {
      const isLimited = !name.startsWith('get /health') && name !== 'get /metrics';
      const codes = Object.keys(responses['429']?.content?.['application/json']?.examples ?? {});
      expect([name, codes]).toEqual([name, isLimited ? ['RATE_LIMIT_EXCEEDED', 'ERROR_RATE_EXCEEDED'] : []]);
      for (const { headers = {} } of Object.values(responses)) {
        const names = ['RateLimit', 'RateLimit-Policy'].filter((header) => header in headers);
        expect([name, names.length]).toEqual([name, isLimited ? 2 : 0]);
      }
    }
  });

  it.each([
    ['post /api/v1/health-data/records', ['HEALTH_DATA_INVALID_FORMAT', 'REDIS_STORAGE_FULL', 'REDIS_WRITE_REFUSED']],
    ['post /api/v1/chat/stateful', ['CHAT_SESSION_NOT_FOUND']],
    ['post /api/v1/imports', ['IMPORT_FILE_UNREADABLE', 'STORAGE_DISK_FULL', 'STORAGE_IO_FAILED']],
  ])('tells for %s its own errors and those of its repetition', (route, own) => {
    const { responses } = new Map(operations).get(route) as Operation;
    const codes = Object.values(responses).flatMap(({ content }) =>
      Object.keys(content?.['application/json']?.examples ?? {}),
    );
    const repetition = ['IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_REQUEST_RUNNING', 'REQUEST_HEADER_INVALID'];
    expect(codes).toEqual(expect.arrayContaining([...own, ...repetition]));
  });

  it('keeps to itself how it is put together', () => {
    expect(text).not.toMatch(/"x-(?:route|error)-/);
  });

  it('shows errors as they are sent', () => {
    expect(document.components.examples.REQUEST_DEADLINE_EXCEEDED?.value).toMatchObject({
      success: false,
      data: null,
      error: { code: 'REQUEST_DEADLINE_EXCEEDED', details: { deadline_ms: 10_000 } },
    });
    // Private details of server faults are no part of the contract.
    expect(document.components.examples.REDIS_CONNECTION_FAILED?.value).toMatchObject({ error: { details: {} } });
  });

  it('has a page', async () => {
    const page = await call(app.port, { path: '/docs' });
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html']);
    expect((await call(app.port, { path: '/docs/swagger-ui.css' })).status).toBe(200);
  });
});
