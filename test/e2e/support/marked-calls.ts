import type { HttpCall } from './http';
import type { Secrets } from './secrets';

interface Media {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value?: unknown }>>;
}

interface Operation {
  readonly parameters?: ReadonlyArray<{ readonly name: string; readonly in: string }>;
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
}

/** The API document, as far as calls are made from it. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const JSON_TYPE = 'application/json';
const MORE_THAN_A_BODY_MAY_HAVE = 1_100_000;

/** Calls to every route of the document with secrets in every place that a caller can put one; few of them are valid. */
export function markedCalls({ paths }: ApiDocument, secrets: Secrets, authorization: string): HttpCall[] {
  return Object.entries(paths).flatMap(([template, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) =>
      callsOf(template, method.toUpperCase(), operation, secrets).map((call) => ({
        ...call,
        headers: { authorization, ...markedHeaders(secrets), ...call.headers },
      })),
    ),
  );
}

/** Calls to what is no route, or not in this way. */
export function lostCalls(secrets: Secrets, authorization: string): HttpCall[] {
  const marker = (what: string): string => secrets.mark(what);
  const headers = { authorization, ...markedHeaders(secrets) };
  const json = { ...headers, 'content-type': JSON_TYPE };
  return [
    { path: `/${marker('an unknown path')}?token=${marker('its query')}`, headers },
    {
      path: `/api/v1/${marker('an unknown path')}`,
      method: 'POST',
      headers: json,
      body: `{"x":"${marker('a body')}"}`,
    },
    { path: `/api/v1/me/${marker('a path below a route')}`, headers },
    { path: '/api/v1/chat/stateless', method: 'PUT', headers: json, body: `{"message":"${marker('a message')}"}` },
    { path: `/%zz${marker('a malformed path')}`, headers },
    { path: `/api/v1/me?${marker('a parameter')}=${marker('its value')}%ff`, headers },
    { path: `/api/v1/imports/${marker('a long id').repeat(20)}`, headers },
    { path: '/', headers: { ...headers, [`x-${marker('the name of a header')}`]: 'h'.repeat(20_000) } },
    { path: '/api/v1/me', headers: { 'x-request-timeout-ms': marker('a timeout'), accept: marker('an Accept') } },
    {
      path: '/api/v1/chat/stateless',
      method: 'POST',
      headers: json,
      body: JSON.stringify({ message: marker('a body too large').repeat(MORE_THAN_A_BODY_MAY_HAVE / 16) }),
    },
    { path: '/api/v1/me', headers: { AUTHORIZATION: `Bearer ${marker('a token that is none')}` } },
    { path: '/api/v1/me', headers: { AuThOrIzAtIoN: `Basic ${Buffer.from(marker('a password')).toString('base64')}` } },
    { path: '/api/v1/me', headers: { authorization: `Bearer ${forged(secrets)}` } },
  ];
}

/** A token that says a lot and was signed by nobody. */
function forged(secrets: Secrets): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: secrets.mark('the user of a forged token'), scope: secrets.mark('its scope'), exp: 4e9 };
  const token = `${part({ alg: 'HS256', kid: secrets.mark('its key id') })}.${part(claims)}.${part({ not: 'signed' })}`;
  secrets.add(token, 'a forged token');
  return token;
}

function callsOf(template: string, method: string, operation: Operation, secrets: Secrets): HttpCall[] {
  const place = `${method} ${template}`;
  const { parameters = [], requestBody } = operation;
  const path = (): string => template.replaceAll(/\{(\w+)\}/g, (_all, name) => secrets.mark(`${place}: ${name}`));
  const query = parameters.filter((each) => each.in === 'query').map(({ name }) => name);
  const marked = [...query, 'api_key'].map((name) => `${name}=${secrets.mark(`${place}: ?${name}`)}`);
  const calls: HttpCall[] = [
    { method, path: path() },
    { method, path: `${path()}?${marked.join('&')}` },
    ...query.map((name) => ({ method, path: `${path()}?${name}=${secrets.mark(`${place}: ?${name}`)}` })),
  ];
  const bodies = Object.entries(requestBody?.content ?? {}).flatMap(([type, media]) =>
    bodiesOf(type, media, `${place}: ${type}`, secrets),
  );
  return [...calls, ...bodies.map((body) => ({ method, path: path(), ...body }))];
}

function bodiesOf(type: string, media: Media, place: string, secrets: Secrets): HttpCall[] {
  const mark = (what: string): string => secrets.mark(`${place}: ${what}`);
  if (type === JSON_TYPE) {
    const example = media.example ?? Object.values(media.examples ?? {})[0]?.value ?? {};
    const valid = example;
    return [
      JSON.stringify(withMarks(valid, mark)),
      JSON.stringify({ ...valid, [mark('the name of a member')]: mark('an unknown member') }),
      JSON.stringify(mark('a text instead of an object')),
      `{"password": "${mark('JSON that is none')}", `,
      `${mark('no JSON at all')}`,
    ].map((body) => ({ body, headers: { 'content-type': type } }));
  }
  if (type.startsWith('multipart/')) {
    const disposition = (field: string): string =>
      `content-disposition: form-data; name="${field}"; filename="${mark('the name of a file')}.xml"`;
    const part = (field: string): string => `--x\r\n${disposition(field)}\r\n\r\n${mark('a file')}\r\n`;
    return [`${part('file')}--x--\r\n`, `${part(mark('a field'))}--x--\r\n`, part('file')].map((body) => ({
      body,
      headers: { 'content-type': `${type}; boundary=x` },
    }));
  }
  return [
    { body: mark('bytes'), headers: { 'content-type': type } },
    { body: mark('bytes'), headers: { 'content-type': `${mark('a type')}/x` } },
  ];
}

function withMarks(value: unknown, mark: (what: string) => string, name = 'a member'): unknown {
  if (typeof value === 'string') return mark(name);
  if (Array.isArray(value)) return value.map((each) => withMarks(each, mark, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withMarks(each, mark, key)]));
}

/** Headers that carry what is private, written as somebody somewhere writes them. */
function markedHeaders(secrets: Secrets): Record<string, string> {
  const names = ['X-API-KEY', 'x-aPi-SeCrEt', 'COOKIE', 'Idempotency-Key', 'User-Agent', 'Referer', 'X-Forwarded-For'];
  const marked = [...names, 'If-None-Match', 'Proxy-Authorization', 'X-User-Name', 'tracestate', 'baggage'];
  return Object.fromEntries(marked.map((name) => [name, `a=${secrets.mark(`the header ${name}`)}`]));
}
