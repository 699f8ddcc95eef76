import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClientGoneError, type RequestScope } from '../context/request-scope';
import { EventLogger } from '../logging/event-logger';
import { HttpMetrics } from '../metrics/http-metrics';
import type { RouteTraits } from './route-config';
import { UNMATCHED } from './route-of';

/** Stands in logs and metrics for the status that nobody was left to read. */
const CLIENT_GONE = 499;

/** Writes down how each request ended: its log line and its figures. */
@Injectable()
export class RequestJournal {
  constructor(
    private readonly events: EventLogger,
    private readonly metrics: HttpMetrics,
  ) {}

  /** A client that went away is nobody's error. */
  note(request: FastifyRequest, reply: FastifyReply, scope: RequestScope): void {
    const { method } = request;
    const { config, url: route = UNMATCHED } = request.routeOptions;
    const elapsedMs = performance.now() - scope.startedAt;
    const duration_ms = Math.round(elapsedMs * 100) / 100;
    // What we broke off ourselves looks like a client that left, but for its error.
    if (scope.abortReason instanceof ClientGoneError && scope.errorCode === undefined) {
      this.metrics.noteRequest(method, config, CLIENT_GONE, elapsedMs);
      this.events.info('request_aborted', { method, route, status: CLIENT_GONE, duration_ms });
      return;
    }
    const status = reply.raw.statusCode;
    this.metrics.noteRequest(method, config, status, elapsedMs);
    const line = { method, route, status, duration_ms, error_code: scope.errorCode };
    if ((config as RouteTraits).probe === true) this.events.debug('request_completed', line);
    else this.events.info('request_completed', line);
  }
}
