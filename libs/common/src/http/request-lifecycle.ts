import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { runInContext } from '../context/request-context';
import { ClientGoneError, type RequestScope } from '../context/request-scope';
import { InfrastructureError, ValidationError } from '../errors/exceptions';
import type { Arrival } from '../rate-limits/rate-limiter';
import { ErrorResponder } from './error-responder';
import { hasBody, RequestAdmission } from './request-admission';
import { HTTP_SETTINGS, type HttpSettings } from './http-settings';
import { RequestJournal } from './request-journal';
import { scopeOf } from './request-scopes';
import { NO_DEADLINE, type RouteTraits } from './route-config';
import { routeOf } from './route-of';
import { RouteTable } from './route-table';

type Done = (error?: Error) => void;

const TIMEOUT_HEADER = 'x-request-timeout-ms';
const MILLISECONDS = /^[1-9]\d{0,8}$/;

/**
 * What happens around every request, whoever answers it: its context, its admission, its deadline, its log line.
 * One timer at a time runs for a request: first for its body to arrive, then for its answer.
 */
@Injectable()
export class RequestLifecycle {
  constructor(
    @Inject(HTTP_SETTINGS) private readonly settings: HttpSettings,
    private readonly responder: ErrorResponder,
    private readonly journal: RequestJournal,
    private readonly admission: RequestAdmission,
    private readonly routes: RouteTable,
  ) {}

  /** The first hook of all. */
  onRequest(request: FastifyRequest, reply: FastifyReply, done: Done): void {
    const scope = scopeOf(request.raw);
    this.track(request, reply, scope);
    const arrival = { request, reply, scope, traits: traitsOf(request) };
    runInContext(scope, () => this.admission.admit(arrival, (refusal) => this.begin(arrival, refusal, done)));
  }

  /**
   * Once the body is there the clock is set for the answer. Bodies arrive on events of the socket, which know nothing
   * of the request's context; not every parser carries it over, so it is entered again.
   */
  preValidation(request: FastifyRequest, reply: FastifyReply, done: Done): void {
    if (!hasBody(request.raw)) {
      done();
      return;
    }
    const scope = scopeOf(request.raw);
    scope.receivedAt = performance.now();
    if (traitsOf(request).bodyTypes === undefined) this.startDeadline(request, reply, scope);
    runInContext(scope, done);
  }

  onResponse(request: FastifyRequest, reply: FastifyReply, done: Done): void {
    this.finish(request, reply, scopeOf(request.raw));
    done();
  }

  /** Requests that the router refuses before any hook runs: bad percent-encoding, over-long parameters. */
  onFrameworkError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
    const scope = scopeOf(request.raw);
    this.track(request, reply, scope);
    const arrival = { request, reply, scope, traits: traitsOf(request) };
    this.admission.limit(arrival, (refusal) => this.responder.respond(refusal ?? error, request, reply));
  }

  /** What was being sent has failed. Before the status line that is an error like any other; after it, ours to tell. */
  onStreamError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
    const scope = scopeOf(request.raw);
    if (!reply.raw.headersSent || scope.abortReason !== undefined) return;
    runInContext(scope, () => this.responder.reportMidway(error, scope, routeOf(request)));
  }

  private begin({ request, reply, scope }: Arrival, refused: Error | undefined, done: Done): void {
    scope.admittedAt = performance.now();
    const refusal = refused ?? this.startTimer(request, reply, scope);
    if (refusal !== undefined && this.answersOptions(refusal, request, reply)) return;
    done(refusal);
  }

  private track(request: FastifyRequest, reply: FastifyReply, scope: RequestScope): void {
    this.admission.enter(scope);
    void reply.header('x-correlation-id', scope.correlationId);
    if (this.admission.isLeaving) void reply.header('connection', 'close');
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) scope.abort(new ClientGoneError());
      this.finish(request, reply, scope);
    });
  }

  /** The request as its sender may hurry it, or what is wrong with the header that says so. */
  private startTimer(request: FastifyRequest, reply: FastifyReply, scope: RequestScope): Error | undefined {
    const hurry = request.headers[TIMEOUT_HEADER];
    if (hurry !== undefined && (typeof hurry !== 'string' || !MILLISECONDS.test(hurry))) {
      return new ValidationError('REQUEST_HEADER_INVALID', { details: { field: TIMEOUT_HEADER } });
    }
    const { bodyTypes } = traitsOf(request);
    if (!hasBody(request.raw)) this.startDeadline(request, reply, scope);
    else if (bodyTypes === undefined) this.startBodyTimer(request, reply, scope);
    else this.watchForStall(request, reply);
    return undefined;
  }

  private startBodyTimer(request: FastifyRequest, reply: FastifyReply, scope: RequestScope): void {
    const late = (): void => this.giveUp(new ValidationError('REQUEST_BODY_TIMEOUT'), request, reply);
    scope.timer = setTimeout(late, this.settings.receiveTimeoutMs);
  }

  /** A streamed body may take as long as it keeps coming. */
  private watchForStall(request: FastifyRequest, reply: FastifyReply): void {
    const { raw } = request;
    raw.setTimeout(this.settings.receiveTimeoutMs, () => {
      if (!raw.complete) this.giveUp(new ValidationError('REQUEST_BODY_TIMEOUT'), request, reply);
    });
    raw.once('end', () => raw.setTimeout(0));
  }

  private startDeadline(request: FastifyRequest, reply: FastifyReply, scope: RequestScope): void {
    const allowed = this.allowedMs(request);
    clearTimeout(scope.timer);
    if (allowed === undefined) return;
    scope.deadline = Date.now() + allowed;
    scope.timer = setTimeout(() => {
      const details = { deadline_ms: allowed };
      this.giveUp(new InfrastructureError('REQUEST_DEADLINE_EXCEEDED', { details }), request, reply);
    }, allowed);
  }

  private allowedMs(request: FastifyRequest): number | undefined {
    const { deadline = 'default', probe } = traitsOf(request);
    const configured = deadline === NO_DEADLINE || probe ? undefined : this.settings.deadlines[deadline];
    const hurry = request.headers[TIMEOUT_HEADER];
    if (hurry === undefined) return configured;
    return Math.min(Number(hurry), configured ?? Number.POSITIVE_INFINITY);
  }

  /** Tells everything the request started to stop, and the caller why. */
  private giveUp(reason: Error, request: FastifyRequest, reply: FastifyReply): void {
    const scope = scopeOf(request.raw);
    runInContext(scope, () => {
      const isAnswered = reply.sent || reply.raw.headersSent;
      if (!isAnswered) this.responder.respond(reason, request, reply);
      scope.abort(reason);
      // An event stream hears of it by the signal and says goodbye; any other answer can only be broken off.
      if (isAnswered && !scope.streamsEvents && !reply.raw.writableEnded) {
        this.responder.reportMidway(reason, scope, routeOf(request));
        reply.raw.destroy();
      }
    });
  }

  private finish(request: FastifyRequest, reply: FastifyReply, scope: RequestScope): void {
    if (scope.finished) return;
    scope.finished = true;
    clearTimeout(scope.timer);
    this.admission.exit(scope);
    runInContext(scope, () => this.journal.note(request, reply, scope));
  }

  /** OPTIONS on a path that exists is answered with what it allows; no route has to be written for it. */
  private answersOptions(refusal: Error, request: FastifyRequest, reply: FastifyReply): boolean {
    if (request.method !== 'OPTIONS' || !request.is404 || !('error_code' in refusal)) return false;
    if (refusal.error_code !== 'ROUTE_PATH_NOT_FOUND') return false;
    const allowed = this.routes.allowedMethods(request.url.split('?', 1)[0] ?? '/');
    if (allowed.length === 0) return false;
    void reply.code(204).header('allow', allowed.join(', ')).send();
    return true;
  }
}

function traitsOf(request: FastifyRequest): RouteTraits {
  return request.routeOptions.config as RouteTraits;
}
