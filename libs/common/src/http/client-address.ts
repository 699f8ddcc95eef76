import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddress, { compile } from '@fastify/proxy-addr';

/** Where requests come from, as far as the proxies on the way can be believed. */
export class ClientAddress {
  /** Whether an address is that of a proxy that is believed. */
  readonly trusts: (address: string, hop: number) => boolean;
  private readonly hasProxies: boolean;

  /** @param proxies addresses and networks of the proxies that are believed; see `HttpSettings.trustProxy` */
  constructor(proxies: readonly string[] = []) {
    this.hasProxies = proxies.length > 0;
    this.trusts = compile([...proxies]);
  }

  /** The address of the client: the last that no trusted proxy has. The framework's own is not known for all requests. */
  of(request: IncomingMessage): string {
    const peer = request.socket.remoteAddress ?? '';
    if (!this.hasProxies) return peer;
    const told = proxyAddress(request, this.trusts);
    return isIP(told) === 0 ? peer : told;
  }
}
