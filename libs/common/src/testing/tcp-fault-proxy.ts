import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Socket } from 'node:net';
import { ProxiedConnection } from './proxied-connection';
import { ProxyTraffic } from './proxy-traffic';
import type { TcpFault } from './tcp-faults';

export interface TcpFaultProxyOptions {
  /** Where the server is: `{ port }`, `{ host, port }` or `{ path }` of a unix socket. */
  readonly upstream: NetConnectOpts;
  /** Whether to read along: needed to count commands and to answer them. */
  readonly protocol?: 'redis' | 'any';
}

const HOST = '127.0.0.1';

/**
 * A TCP proxy on a port of its own that can be told to misbehave. Faults act on established connections and new ones
 * alike, from the moment `inject` resolves until `heal` is called; one at a time.
 */
export class TcpFaultProxy {
  readonly traffic = new ProxyTraffic();
  /** Where new connections lead: set another one for a failover. */
  upstream: NetConnectOpts;
  readonly isRedis: boolean;
  private readonly server = createServer({ noDelay: true }, (client) => this.accept(client));
  private readonly connections = new Set<ProxiedConnection>();
  private injected: TcpFault | undefined;
  private flapping: NodeJS.Timeout | undefined;
  private starting: Promise<void> | undefined;
  private listeningOn = 0;

  private constructor({ upstream, protocol }: TcpFaultProxyOptions) {
    this.upstream = upstream;
    this.isRedis = protocol === 'redis';
  }

  static async start(options: TcpFaultProxyOptions): Promise<TcpFaultProxy> {
    const proxy = new TcpFaultProxy(options);
    await proxy.listen();
    return proxy;
  }

  get port(): number {
    return this.listeningOn;
  }

  /** `127.0.0.1:12345`. */
  get address(): string {
    return `${HOST}:${this.listeningOn}`;
  }

  get fault(): TcpFault | undefined {
    return this.injected;
  }

  /** Connections that are open now. */
  get open(): number {
    return this.connections.size;
  }

  /** Takes the place of a fault that was injected before. */
  async inject(fault: TcpFault): Promise<void> {
    await this.heal();
    this.injected = fault;
    if (fault.kind === 'refuse') this.stopListening();
    if (fault.kind === 'flap') this.flap(fault.downMs, fault.upMs);
  }

  async heal(): Promise<void> {
    const past = this.injected;
    this.injected = undefined;
    clearTimeout(this.flapping);
    if (past !== undefined) for (const connection of this.connections) connection.afterHealing(past);
    await this.listen();
  }

  /** Resets every connection, once. */
  resetConnections(): void {
    for (const connection of this.connections) connection.reset();
  }

  async close(): Promise<void> {
    clearTimeout(this.flapping);
    await this.starting;
    this.resetConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async listen(): Promise<void> {
    this.starting ??= this.server.listening ? undefined : this.startListening();
    await this.starting;
    this.starting = undefined;
  }

  private async startListening(): Promise<void> {
    this.server.listen(this.listeningOn, HOST);
    await once(this.server, 'listening');
    this.listeningOn = (this.server.address() as AddressInfo).port;
  }

  private stopListening(): void {
    if (this.server.listening) this.server.close();
    this.resetConnections();
  }

  private flap(downMs: number, upMs: number): void {
    this.stopListening();
    this.flapping = setTimeout(() => {
      void this.listen();
      this.flapping = setTimeout(() => this.flap(downMs, upMs), upMs);
    }, downMs);
  }

  private accept(client: Socket): void {
    this.traffic.noteConnection();
    const server = connect(this.upstream);
    server.setNoDelay(true);
    const connection = new ProxiedConnection({ client, server }, this, () => this.connections.delete(connection));
    this.connections.add(connection);
  }
}
