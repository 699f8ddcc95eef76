import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** How often, and how patiently, a backend is asked whether it should get traffic. */
const PROBE_EVERY_MS = 100;
const PROBE_LIMIT_MS = 1_000;
const READINESS = '/health/ready';

/**
 * A load balancer as an orchestrator puts it before replicas: it hands each connection to one of the backends whose
 * readiness is 200, in turn, and looks at nothing that goes through it. It tries nothing twice, so that what a backend
 * does to a client reaches the client.
 */
export class ReadinessProxy {
  private readonly ready = new Map<number, boolean>();
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private probing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private turn = 0;

  private constructor() {
    this.server = createServer((client) => this.pass(client));
  }

  /** Listens on a free port of the loopback address; `backends` are ports there. */
  static async start(backends: readonly number[]): Promise<ReadinessProxy> {
    const proxy = new ReadinessProxy();
    backends.forEach((port) => proxy.add(port));
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    await proxy.probe();
    proxy.timer = setInterval(() => void proxy.probe(), PROBE_EVERY_MS);
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Backends that get new connections. */
  get inService(): number[] {
    return [...this.ready].filter(([, isReady]) => isReady).map(([port]) => port);
  }

  add(port: number): void {
    this.ready.set(port, false);
  }

  remove(port: number): void {
    this.ready.delete(port);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.probing;
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.server, 'close');
  }

  private pass(client: Socket): void {
    const candidates = this.inService;
    const port = candidates[this.turn++ % candidates.length];
    if (port === undefined) {
      client.destroy();
      return;
    }
    const backend = connect(port, '127.0.0.1');
    this.join(client, backend);
    this.join(backend, client);
  }

  private join(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.pipe(to);
    from.setNoDelay(true);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      to.end();
    });
  }

  private async probe(): Promise<void> {
    this.probing ??= Promise.all([...this.ready.keys()].map((port) => this.ask(port))).then(() => {
      this.probing = undefined;
    });
    return this.probing;
  }

  private async ask(port: number): Promise<void> {
    const isReady = await answersOk(port);
    if (this.ready.has(port)) this.ready.set(port, isReady);
  }
}

async function answersOk(port: number): Promise<boolean> {
  const signal = AbortSignal.timeout(PROBE_LIMIT_MS);
  try {
    const { ok } = await fetch(`http://127.0.0.1:${port}${READINESS}`, { signal });
    return ok;
  } catch {
    return false;
  }
}
