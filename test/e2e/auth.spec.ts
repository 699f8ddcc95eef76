import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AuthModule, CurrentUser, LoggingModule, Public, Scopes, type User } from '@app/common';
import {
  createTestApp,
  expectErrorEnvelope,
  expectSuccessEnvelope,
  LogCapture,
  type TestApp,
  TEST_SECRET,
  tokenFor,
} from '@app/common/testing';
import { Controller, Get, type Type } from '@nestjs/common';
import { exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose';
import { call, type HttpAnswer } from './support/http';

@Controller({ path: 'guarded', version: '1' })
class GuardedController {
  @Get('closed')
  closed(@CurrentUser() user: User): User {
    return user;
  }

  @Get('read')
  @Scopes('health:read')
  read(@CurrentUser() user: User): User {
    return user;
  }

  @Get('both')
  @Scopes('health:read', 'admin')
  both(): void {}

  @Public()
  @Get('open')
  open(): string {
    return 'hello';
  }
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const signedBy = async (token: SignJWT, alg = 'HS256', secret = TEST_SECRET): Promise<string> =>
  `Bearer ${await token.setProtectedHeader({ alg }).sign(Buffer.from(secret))}`;

describe('authentication', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await createTestApp({ controllers: [GuardedController] });
  });
  afterAll(() => app.close());

  const get = (route: string, authorization?: string): Promise<HttpAnswer> =>
    call(app.port, { path: `/api/v1/guarded/${route}`, headers: authorization === undefined ? {} : { authorization } });
  const bearer = async (...parameters: Parameters<typeof tokenFor>): Promise<string> =>
    `Bearer ${await tokenFor(...parameters)}`;

  it('is needed on a route that says nothing about it, and not on a public one', async () => {
    expectErrorEnvelope(await get('closed'), 'AUTH_TOKEN_MISSING');
    expectErrorEnvelope(await get('closed', 'Basic YTpi'), 'AUTH_TOKEN_MISSING');
    expect(expectSuccessEnvelope(await get('open'))).toBe('hello');
  });

  it('gives the route its user', async () => {
    const user = expectSuccessEnvelope(await get('read', await bearer('alice@example.org', ['health:read', 'chat'])));
    expect(user).toEqual({ id: 'alice@example.org', scopes: ['health:read', 'chat'] });
  });

  it('takes a token again without verifying it again', async () => {
    const token = await bearer('bob-the-builder', ['health:read']);
    expectSuccessEnvelope(await get('read', token));
    expectSuccessEnvelope(await get('read', token));
    expectSuccessEnvelope(await get('read', token.replace('Bearer', 'bearer')));
  });

  it('wants every scope of the route', async () => {
    const none = expectErrorEnvelope(await get('read', await bearer('alice')), 'AUTH_SCOPE_FORBIDDEN');
    expect(none.details).toEqual({ required_scopes: ['health:read'] });
    expectErrorEnvelope(await get('both', await bearer('alice', ['health:read'])), 'AUTH_SCOPE_FORBIDDEN');
    expectErrorEnvelope(await get('read', await bearer('alice', ['health:readonly'])), 'AUTH_SCOPE_FORBIDDEN');
    expectSuccessEnvelope(await get('both', await bearer('alice', ['admin', 'health:read'])));
  });

  it('says when a token has expired, also one that was good before', async () => {
    const error = expectErrorEnvelope(
      await get('closed', await bearer('alice', [], { expiresIn: -60 })),
      'AUTH_TOKEN_EXPIRED',
    );
    expect(error.details).toEqual({ expired_at: expect.stringMatching(/^\d{4}-.*Z$/) as string });
    // Inside the tolerance it is still good; its place in the cache ends with it.
    const ending = await bearer('alice', [], { expiresIn: -4 });
    expectSuccessEnvelope(await get('closed', ending));
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expectErrorEnvelope(await get('closed', ending), 'AUTH_TOKEN_EXPIRED');
  });

  const unsigned = `${encode({ alg: 'none' })}.${encode({ sub: 'alice', exp: 9_999_999_999 })}.`;
  const forged: ReadonlyArray<readonly [string, () => Promise<string> | string]> = [
    [
      'is signed with another secret',
      () => bearer('alice', [], { secret: 'another-secret-of-more-than-32-characters' }),
    ],
    ['is not signed at all', () => `Bearer ${unsigned}`],
    ['is no token', () => 'Bearer nonsense'],
    ['has characters no token has', () => 'Bearer a b c'],
    ['is missing after the scheme', () => 'Bearer '],
    [
      'has no subject',
      async () =>
        `Bearer ${await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h').sign(Buffer.from(TEST_SECRET))}`,
    ],
    ['has an empty subject', () => bearer(' ')],
    ['has an endless subject', () => bearer('x'.repeat(256))],
    ['has control characters in its subject', () => bearer('alice\u0000root')],
    [
      'has a subject that is no text',
      () => signedBy(new SignJWT({ sub: 7 as unknown as string }).setExpirationTime('1h')),
    ],
    [
      'never expires',
      async () =>
        `Bearer ${await new SignJWT({}).setSubject('alice').setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(TEST_SECRET))}`,
    ],
    ['is not valid yet', () => bearer('alice', [], { claims: { nbf: Math.floor(Date.now() / 1_000) + 600 } })],
    ['has scopes that are no text', () => bearer('alice', [], { claims: { scope: ['admin'] } })],
    [
      'uses another HMAC',
      async () =>
        `Bearer ${await new SignJWT({})
          .setSubject('alice')
          .setExpirationTime('1h')
          .setProtectedHeader({ alg: 'HS512' })
          .sign(Buffer.from(TEST_SECRET.repeat(2)))}`,
    ],
    [
      'was tampered with',
      async () => (await bearer('alice')).replace(/\.[^.]+\./, `.${encode({ sub: 'root', exp: 9_999_999_999 })}.`),
    ],
  ];

  it.each(forged)('refuses a token that %s', async (_what, make) => {
    const response = await get('closed', await make());
    expectErrorEnvelope(response, 'AUTH_TOKEN_INVALID');
    expect(response.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
  });

  it('leaves neither tokens nor whole user ids in the log', async () => {
    app.logs.clear();
    const token = await bearer('carol.danvers', ['health:read']);
    await get('read', token);
    await get('closed', `${token}x`);
    expect(app.logs.text).not.toContain(token.slice('Bearer '.length, 60));
    expect(app.logs.text).not.toContain('carol.danvers');
    expect(app.logs.named('request_completed')[0]).toMatchObject({ user: 'ca***rs' });
  });
});

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;

describe('authentication by a key server', () => {
  let issuer: Server;
  let jwksUrl: string;
  let keys: JWK[];
  let broken: 'no' | 'status' | 'garbage' | 'hangs';
  let privateKey: Keys['privateKey'];
  let publicKey: Keys['publicKey'];
  const apps: TestApp[] = [];

  beforeAll(async () => {
    ({ privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true }));
    issuer = createServer((_request, response) => {
      if (broken === 'hangs') return;
      if (broken === 'status') response.writeHead(500);
      response.end(broken === 'garbage' ? '<html>' : JSON.stringify({ keys }));
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    jwksUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/keys`;
  });
  beforeEach(async () => {
    broken = 'no';
    keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }];
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });
  afterAll(() => {
    issuer.closeAllConnections();
    issuer.close();
  });

  async function appWith(url: string): Promise<TestApp> {
    const logs = new LogCapture();
    const app = await createTestApp({
      logs,
      root: {
        module: class Root {} as Type,
        imports: [
          LoggingModule.forRoot({ level: 'debug', format: 'json', destination: logs }),
          AuthModule.forRoot({ jwksUrl: url, issuer: 'https://issuer.example', audience: 'wellness' }),
        ],
        controllers: [GuardedController],
      },
    });
    apps.push(app);
    return app;
  }

  const signed = (kid = 'one', audience = 'wellness'): Promise<string> =>
    new SignJWT({ scope: 'health:read' })
      .setProtectedHeader({ alg: 'RS256', kid })
      .setSubject('alice')
      .setIssuer('https://issuer.example')
      .setAudience(audience)
      .setExpirationTime('1h')
      .sign(privateKey);
  const get = async (app: TestApp, token: string): Promise<HttpAnswer> =>
    call(app.port, { path: '/api/v1/guarded/read', headers: { authorization: `Bearer ${token}` } });

  it('takes tokens signed with its keys, and no others', async () => {
    const app = await appWith(jwksUrl);
    expectSuccessEnvelope(await get(app, await signed()));
    expectErrorEnvelope(await get(app, await signed('one', 'somebody else')), 'AUTH_TOKEN_INVALID');
    expectErrorEnvelope(await get(app, await signed('unknown')), 'AUTH_TOKEN_INVALID');
    expectErrorEnvelope(await get(app, await tokenFor('alice')), 'AUTH_TOKEN_INVALID');
  });

  it('does not take the public key for a secret', async () => {
    const app = await appWith(jwksUrl);
    const confused = new SignJWT({})
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .setSubject('alice')
      .setExpirationTime('1h');
    const secret = Buffer.from(await exportSPKI(publicKey));
    expectErrorEnvelope(await get(app, await confused.sign(secret)), 'AUTH_TOKEN_INVALID');
  });

  it.each(['status', 'garbage', 'hangs'] as const)(
    'says that it cannot verify when the server is broken: %s',
    async (how) => {
      broken = how;
      const response = await get(await appWith(jwksUrl), await signed());
      expectErrorEnvelope(response, 'AUTH_PROVIDER_UNAVAILABLE');
      expect(response.body).not.toContain('127.0.0.1');
    },
  );

  it('says so when nobody is there, and goes on with tokens it knows', async () => {
    expectErrorEnvelope(
      await get(await appWith('http://127.0.0.1:9/keys'), await signed()),
      'AUTH_PROVIDER_UNAVAILABLE',
    );
    const app = await appWith(jwksUrl);
    const token = await signed();
    expectSuccessEnvelope(await get(app, token));
    broken = 'status';
    expectSuccessEnvelope(await get(app, token));
  });
});
