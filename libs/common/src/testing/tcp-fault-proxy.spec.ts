import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import { TcpFaultProxy } from './tcp-fault-proxy';
import { HANDSHAKE_COMMANDS, type TcpFault } from './tcp-faults';
import { eventually } from './eventually';
import { startTestRedis, type TestRedis } from './test-redis';

const TICK_MS = 50;

describe('a proxy before any server', () => {
  const sockets: Socket[] = [];
  let echo: Server;
  let proxy: TcpFaultProxy;

  beforeAll(async () => {
    echo = createServer((socket) => socket.on('error', () => socket.destroy()).pipe(socket));
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    proxy = await TcpFaultProxy.start({ upstream: { port: (echo.address() as AddressInfo).port, host: '127.0.0.1' } });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await proxy.heal();
    proxy.traffic.reset();
  });
  afterAll(async () => {
    await proxy.close();
    echo.close();
  });

  /** A connected client, and all it has been told so far. */
  async function dial(): Promise<{ socket: Socket; heard: () => string; end: Promise<string> }> {
    const socket = connect(proxy.port, '127.0.0.1');
    sockets.push(socket);
    const chunks: Buffer[] = [];
    let end = 'closed';
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => (end = error.code ?? 'error'));
    const ended = new Promise<string>((resolve) => socket.on('close', () => resolve(end)));
    await Promise.race([new Promise((resolve) => socket.on('connect', resolve)), ended]);
    return { socket, heard: () => Buffer.concat(chunks).toString('latin1'), end: ended };
  }

  async function answered(client: { socket: Socket; heard: () => string }, text: string): Promise<string> {
    client.socket.write(text);
    const before = client.heard();
    while (client.heard() === before) await once(client.socket, 'data');
    return client.heard().slice(before.length);
  }

  it('passes everything on, and counts', async () => {
    const client = await dial();
    expect(await answered(client, 'hello')).toBe('hello');
    expect(proxy.traffic.connections).toBe(1);
    expect(proxy.traffic.bytesForwarded).toBe(5);
    expect(proxy.open).toBe(1);
    client.socket.end();
    expect(await client.end).toBe('closed');
  });

  it('delays replies, and keeps their order when it stops to', async () => {
    const client = await dial();
    await proxy.inject({ kind: 'latency', ms: 2 * TICK_MS });
    client.socket.write('first ');
    await sleep(TICK_MS);
    expect(client.heard()).toBe('');
    await proxy.heal();
    client.socket.write('second');
    while (client.heard() !== 'first second') await once(client.socket, 'data');
    expect(client.heard()).toBe('first second');
  });

  it('trickles a byte at a time, and sends the rest at once when it stops to', async () => {
    const client = await dial();
    await proxy.inject({ kind: 'trickle', ms: TICK_MS });
    const text = 'x'.repeat(1_000);
    expect(await answered(client, text)).toBe('x');
    await proxy.heal();
    while (client.heard() !== text) await once(client.socket, 'data');
    expect(client.heard()).toBe(text);
  });

  it('resets in mid-reply', async () => {
    const client = await dial();
    await proxy.inject({ kind: 'reset' });
    expect(await answered(client, '12345678')).toBe('1234');
    expect(await client.end).toBe('ECONNRESET');
  });

  it('replaces replies by garbage', async () => {
    const client = await dial();
    await proxy.inject({ kind: 'garbage', bytes: Buffer.from('???') });
    expect(await answered(client, 'hello')).toBe('???');
  });

  it('swallows everything, and resets who has lost something once it is over', async () => {
    const loser = await dial();
    const silent = await dial();
    await proxy.inject({ kind: 'black_hole' });
    const late = await dial();
    loser.socket.write('lost');
    late.socket.write('lost');
    await sleep(TICK_MS);
    expect([loser.heard(), late.heard(), proxy.traffic.bytesForwarded]).toEqual(['', '', 0]);
    await proxy.heal();
    expect(await Promise.all([loser.end, late.end])).toEqual(['ECONNRESET', 'ECONNRESET']);
    expect(await answered(silent, 'fine')).toBe('fine');
  });

  it('severs connections for good, and serves new ones once it is over', async () => {
    const severed = await dial();
    await proxy.inject({ kind: 'sever' });
    await proxy.heal();
    severed.socket.write('anyone there?');
    const fresh = await dial();
    expect(await answered(fresh, 'fine')).toBe('fine');
    expect(severed.heard()).toBe('');
    expect(severed.socket.readyState).toBe('open');
  });

  it('refuses, resets who was connected, and comes back on the same port', async () => {
    const client = await dial();
    await proxy.inject({ kind: 'refuse' });
    expect(await client.end).toBe('ECONNRESET');
    expect(await (await dial()).end).toBe('ECONNREFUSED');
    await proxy.heal();
    expect(await answered(await dial(), 'fine')).toBe('fine');
  });

  it('flaps until it is told to stop', async () => {
    await proxy.inject({ kind: 'flap', downMs: TICK_MS, upMs: TICK_MS });
    const seen = new Set<string>();
    while (seen.size < 2) {
      const client = await dial();
      if (client.socket.readyState === 'open') client.socket.write('x');
      seen.add(await client.end);
    }
    expect([...seen].sort()).toEqual(['ECONNREFUSED', 'ECONNRESET']);
    await proxy.heal();
    expect(await answered(await dial(), 'fine')).toBe('fine');
  });

  it('resets a client whose server cannot be reached', async () => {
    const orphan = await TcpFaultProxy.start({ upstream: { path: '/nowhere/at-all.sock' } });
    const socket = connect(orphan.port, '127.0.0.1');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
    await orphan.close();
  });
});

describe('a proxy before Redis', () => {
  const clients: Redis[] = [];
  let redis: TestRedis;
  let proxy: TcpFaultProxy;

  beforeAll(async () => {
    redis = await startTestRedis();
    const path = decodeURIComponent(new URL(redis.url).pathname);
    proxy = await TcpFaultProxy.start({ upstream: { path }, protocol: 'redis' });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.disconnect();
    await proxy.heal();
    proxy.traffic.reset();
  });
  afterAll(async () => {
    await proxy.close();
    await redis.stop();
  });

  async function client(connectionName: string, options: RedisOptions = {}): Promise<Redis> {
    const opened = new Redis({ host: '127.0.0.1', port: proxy.port, connectionName, lazyConnect: true, ...options });
    opened.on('error', () => undefined);
    clients.push(opened);
    await opened.connect();
    return opened;
  }

  it('counts commands by client and name, in RESP2 and RESP3', async () => {
    const data = await client('data');
    const health = await client('health', { protocol: 2 });
    await data.set('k', 'v');
    await data.get('k');
    await data.get('k');
    await health.ping();
    const { traffic } = proxy;
    expect(traffic.commands({ client: 'data', command: 'get' })).toBe(2);
    expect(traffic.commands({ client: 'data', except: [...HANDSHAKE_COMMANDS] })).toBe(3);
    expect(traffic.commands({ client: 'health', except: [...HANDSHAKE_COMMANDS] })).toBe(1);
    expect(traffic.commands({ except: [...HANDSHAKE_COMMANDS] })).toBe(4);
    expect(traffic.byClient().data).toMatchObject({ set: 1, get: 2 });
    traffic.reset();
    expect(traffic.commands()).toBe(0);
  });

  it('answers chosen commands of chosen clients itself, each reply in its place', async () => {
    const data = await client('data');
    const health = await client('health');
    await data.set('k', 'v');
    proxy.traffic.reset();
    await proxy.inject({
      kind: 'answer',
      reply: "-OOM command not allowed when used memory > 'maxmemory'.",
      commands: ['set'],
      clients: ['data'],
    });
    const replies = await data.pipeline().get('k').set('k', 'other').get('k').set('k', 'more').get('k').exec();
    expect(replies?.map(([error, value]) => error?.message.slice(0, 3) ?? value)).toEqual([
      'v',
      'OOM',
      'v',
      'OOM',
      'v',
    ]);
    expect(proxy.traffic.commands({ client: 'data' })).toBe(3);
    expect(proxy.traffic.asked({ client: 'data' })).toBe(5);
    expect(proxy.traffic.byClient().data).toEqual({ get: 3, set: 2 });
    expect(await health.set('other', 'v')).toBe('OK');
  });

  it('answers everything but what a connection begins with', async () => {
    const reply = '-LOADING Redis is loading the dataset in memory';
    await proxy.inject({ kind: 'answer', reply, except: HANDSHAKE_COMMANDS });
    const data = await client('data');
    await expect(data.get('k')).rejects.toThrow('LOADING');
    await expect(data.multi().set('a', '1').exec()).rejects.toThrow();
    await proxy.heal();
    expect(await data.set('k', 'v')).toBe('OK');
  });

  it('passes binary values and large pipelines as they are', async () => {
    const data = await client('data');
    const value = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 256));
    const pipeline = data.pipeline();
    for (let index = 0; index < 20; index++) pipeline.set(`b${index}`, value);
    await pipeline.exec();
    expect((await data.getBuffer('b19'))?.equals(value)).toBe(true);
  });

  it('serves subscribers', async () => {
    const subscriber = await client('subscriber');
    const publisher = await client('publisher');
    const message = once(subscriber, 'message');
    await subscriber.subscribe('news');
    await publisher.publish('news', 'hello');
    expect(await message).toEqual(['news', 'hello']);
  });

  it('counts what it swallows as asked, and not as arrived', async () => {
    const data = await client('data', { commandTimeout: 500 });
    await proxy.inject({ kind: 'black_hole' });
    await expect(data.get('k')).rejects.toThrow('timed out');
    expect([proxy.traffic.asked({ command: 'get' }), proxy.traffic.commands({ command: 'get' })]).toEqual([1, 0]);
  });

  const FATAL: readonly TcpFault[] = [
    { kind: 'garbage' },
    { kind: 'reset' },
    { kind: 'refuse' },
    { kind: 'black_hole' },
  ];
  it.each(FATAL)('lets a client fail and come back: $kind', async (fault) => {
    const data = await client('data', { maxRetriesPerRequest: 0, commandTimeout: 200, retryStrategy: () => 20 });
    await data.set('k', 'v');
    await proxy.inject(fault);
    await expect(data.get('k')).rejects.toThrow();
    await proxy.heal();
    // Who lost something in the black hole learns of it only now.
    await eventually(async () => (await data.get('k').catch(() => undefined)) === 'v');
    expect(await data.get('k')).toBe('v');
  });
});
