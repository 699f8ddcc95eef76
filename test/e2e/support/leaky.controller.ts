import { InfrastructureError, Public, RedisConnectionError } from '@app/common';
import { Controller, type DynamicModule, Get, Inject, Param } from '@nestjs/common';
import type { Secrets } from './secrets';

const SECRETS = Symbol('SECRETS');

type Thrown = (mark: (what: string) => string) => unknown;

/** A client library's error, with all that such errors carry along. */
function clientError(mark: (what: string) => string): Error {
  const url = `https://user:${mark('a password in a URL')}@host/${mark('a path')}?key=${mark('a query')}`;
  return Object.assign(new Error(`Request failed: GET ${url}`), {
    name: 'AxiosError',
    code: mark('a code that is a key'),
    config: { url, headers: { AUTHORIZATION: mark('a header'), 'x-aPi-KeY': mark('a header') }, data: mark('a body') },
    request: { path: url },
    response: { status: 401, data: { error: mark('an answer') }, headers: { 'set-cookie': [mark('a cookie')] } },
    toJSON: () => ({ all: mark('what an error makes of itself') }),
  });
}

/** What handlers can fail with, by name. */
const THROWN: Readonly<Record<string, Thrown>> = {
  client: clientError,
  nested: (mark) => new RedisConnectionError('read', new Error(mark('a cause'), { cause: clientError(mark) })),
  details: (mark) => new InfrastructureError('LLM_SERVICE_FAILED', { details: { operation: mark('a detail') } }),
  message: (mark) => new InfrastructureError('DEPENDENCY_CALL_FAILED', { cause: new TypeError(mark('a message')) }),
  many: (mark) => new AggregateError([new Error(mark('one of many'))], mark('the message of many')),
  text: (mark) => mark('a text'),
  object: (mark) => ({ message: mark('an object'), stack: mark('a stack that is none') }),
  lines: (mark) => new Error(`first\n    at ${mark('a line that looks like a frame')} (/srv/app.js:1:1)\n   second`),
  stack: (mark) => Object.assign(new Error('x'), { stack: `Error: ${mark('a stack')}\n ${mark('a line of it')}` }),
  in: (mark) => caught(() => 'x' in (mark('what has no members') as unknown as object)),
  property: (mark) => caught(() => Object.defineProperty(Object.freeze({}), mark('the name of a property'), {})),
  reading: (mark) => caught(() => (undefined as unknown as Record<string, string>)[mark('the name of a property')]),
  timeZone: (mark) => caught(() => new Intl.DateTimeFormat('en', { timeZone: mark('a time zone') })),
  iterable: (mark) => caught(() => new Map(mark('what is no list') as unknown as [])),
  url: (mark) => caught(() => new URL(mark('a relative URL'))),
  argument: (mark) => caught(() => Buffer.alloc(mark('an argument') as unknown as number)),
  credentials: async (mark) => failureOf(fetch(`http://user:${mark('a password in a URL')}@127.0.0.1:9/`)),
  relative: async (mark) => failureOf(fetch(`/${mark('a relative URL')}`)),
};

export const LEAKS = Object.keys(THROWN);

/** What the handler of that name fails with. */
export function leak(what: string, secrets: Secrets): unknown {
  return THROWN[what]?.((meaning) => secrets.mark(`thrown (${what}): ${meaning}`));
}

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.catch((error: unknown) => error);
}

@Public()
@Controller({ path: 'leaks', version: '1' })
class LeakyController {
  constructor(@Inject(SECRETS) private readonly secrets: Secrets) {}

  @Get('throw/:what')
  async throwIt(@Param('what') what: string): Promise<never> {
    throw (await leak(what, this.secrets)) as Error;
  }
}

/** Routes whose handlers fail with errors that carry secrets. */
export function leakyModule(secrets: Secrets): DynamicModule {
  return {
    module: class LeakyModule {},
    controllers: [LeakyController],
    providers: [{ provide: SECRETS, useValue: secrets }],
  };
}
