import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { newContext } from '../context/request-context';
import { NotFoundError, type WellnessError } from '../errors/exceptions';
import { toReportedError } from '../errors/reported-error';
import { sendRaw } from '../http/error-responder';
import { EventLogger } from '../logging/event-logger';
import { Exposition } from './exposition';
import { METRICS_SETTINGS, type MetricsSettings } from './metrics-settings';

const PATH = '/metrics';
const METHODS = ['GET', 'HEAD'];
/** Whoever sends or reads more slowly than this is no scraper. */
const PATIENCE_MS = 10_000;
const LOOPBACK = '127.0.0.1';

/** Serves the metrics on a port of their own, and nothing else, until the very end of the process. */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly server: Server;

  constructor(
    private readonly exposition: Exposition,
    private readonly events: EventLogger,
    @Inject(METRICS_SETTINGS) private readonly settings: MetricsSettings,
  ) {
    const limits = { headersTimeout: PATIENCE_MS, requestTimeout: PATIENCE_MS, connectionsCheckingInterval: 1_000 };
    this.server = createServer(limits, (request, response) => void this.answer(request, response));
    this.server.setTimeout(PATIENCE_MS);
  }

  /** The port it listens on. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Fails the start of the application when the port is taken. */
  async onApplicationBootstrap(): Promise<void> {
    const { port, host = LOOPBACK } = this.settings;
    await once(this.server.listen(port, host), 'listening');
    this.events.info('metrics_listening', { port: this.port });
  }

  async onApplicationShutdown(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refusalOf(request);
    try {
      if (refusal !== undefined) throw refusal;
      const { text, type } = await this.exposition.print(request.headers.accept);
      const length = Buffer.byteLength(text);
      response.writeHead(200, { 'content-type': type, 'content-length': length, 'cache-control': 'no-store' });
      response.end(request.method === 'HEAD' ? undefined : text);
    } catch (err) {
      const error = toReportedError(err);
      if (error.status >= 500) this.events.error('metrics_not_printed', { err });
      sendRaw(error, newContext().correlationId, response);
    }
  }
}

function refusalOf({ url = '/', method = '' }: IncomingMessage): WellnessError | undefined {
  if (url.split('?', 1)[0] !== PATH) return new NotFoundError('ROUTE_PATH_NOT_FOUND', { details: {} });
  if (METHODS.includes(method)) return undefined;
  return new NotFoundError('ROUTE_METHOD_NOT_ALLOWED', { details: { allowed_methods: METHODS } });
}
