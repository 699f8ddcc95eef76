import { Inject, Injectable, Optional } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Authenticator, type Identity } from '../auth/authenticator';
import type { RequestScope } from '../context/request-scope';
import type { CodeOf } from '../errors/catalogue';
import { RateLimitError } from '../errors/exceptions';
import { ClientAddress } from '../http/client-address';
import type { RouteTraits } from '../http/route-config';
import { EventLogger } from '../logging/event-logger';
import { type Caller, Callers } from './callers';
import { type LeasedCounter, LeasedCounters } from './leased-counters';
import { limitItem, policyItem, tellLimit } from './rate-limit-headers';
import { RATE_LIMIT_SETTINGS, type RateLimitSettings } from './rate-limit-settings';

/** A request on its way in. */
export interface Arrival {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly scope: RequestScope;
  readonly traits: RouteTraits;
}

type Proceed = (refusal?: RateLimitError) => void;

const API = /^\/api(?:[/?]|$)/;
/** Answers that tell of a mistake of the caller. 422 is an answer to a good question; 429 would lock itself. */
const MISTAKES: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 413, 415]);

/** Requests per policy since the start. */
export interface LimitFigures {
  admitted: number;
  rejected: number;
}

/**
 * Limits how often one may call, before anything is done for the call. Who brings a valid token is counted as its
 * user; all others, and all calls outside of `/api`, by their address. Probes are not counted.
 */
@Injectable()
export class RateLimiter {
  private readonly callers: Callers;
  private readonly figures = new Map<string, LimitFigures>();

  constructor(
    @Inject(RATE_LIMIT_SETTINGS) settings: RateLimitSettings,
    private readonly counters: LeasedCounters,
    private readonly events: EventLogger,
    private readonly addresses: ClientAddress,
    @Optional() private readonly authenticator?: Authenticator,
  ) {
    this.callers = new Callers(settings);
  }

  /** Calls `proceed` when the request has been counted, with an error when it is one too many. */
  admit(arrival: Arrival, proceed: Proceed): void {
    if (arrival.traits.probe === true) {
      proceed();
      return;
    }
    const identity = this.identify(arrival);
    if (!(identity instanceof Promise)) this.count(arrival, identity, proceed);
    else void identity.then((known) => this.count(arrival, known, proceed));
  }

  /**
   * Tells the caller where he stands, without counting: for requests that are turned away before they are counted. A
   * process that has to turn them away verifies nothing for them: tokens it has not seen before count as none.
   */
  describe(arrival: Arrival): void {
    if (arrival.traits.probe === true) return;
    const { scope, request } = arrival;
    const identity = scope.identity ?? (isForUsers(request) ? this.authenticator?.recall(request.headers.authorization) : undefined); // prettier-ignore
    this.tell(this.callerOf(arrival, identity), arrival.reply);
  }

  /** Counts an answer of `status`, if it tells of a mistake; the error to give in its stead when there were too many. */
  answered(scope: RequestScope, status: number): RateLimitError | undefined {
    const { caller } = scope;
    if (caller === undefined || !MISTAKES.has(status)) return undefined;
    const { errors } = caller;
    errors.window.roll(performance.now());
    if (errors.window.isSpent) return this.refusal('ERROR_RATE_EXCEEDED', errors, caller.kind);
    this.counters.count(errors);
    return undefined;
  }

  /** What was admitted and rejected, by policy, and how the shared counts did. For metrics. */
  report(): { readonly policies: Readonly<Record<string, LimitFigures>>; readonly shared: LeasedCounters['figures'] } {
    const policies = Object.fromEntries([...this.figures].map(([name, figures]) => [name, { ...figures }]));
    return { policies, shared: { ...this.counters.figures } };
  }

  /** Notes the outcome for a policy; a rejection that is the first in its window is logged. */
  note(policy: string, rejection?: Rejection): void {
    let figures = this.figures.get(policy);
    if (figures === undefined) this.figures.set(policy, (figures = { admitted: 0, rejected: 0 }));
    if (rejection === undefined) {
      figures.admitted += 1;
      return;
    }
    figures.rejected += 1;
    if (!rejection.isFirst) return;
    const { caller, limit, windowMs } = rejection;
    this.events.warn('rate_limit_exceeded', { policy, caller, limit, window_seconds: Math.ceil(windowMs / 1_000) });
  }

  /** Who calls, when that plays a part; a token that was seen before is known at once. */
  private identify({ request, scope }: Arrival): Identity | Promise<Identity> | undefined {
    if (!isForUsers(request)) return undefined;
    return scope.identity ?? this.authenticator?.identify(request.headers.authorization);
  }

  private callerOf({ request, scope }: Arrival, identity: Identity | undefined): Caller {
    scope.identity = identity;
    const user = identity?.user;
    if (user === undefined) return this.callers.byAddress(this.addresses.of(request.raw));
    scope.userId = user.id;
    return this.callers.byUser(user.id);
  }

  private count(arrival: Arrival, identity: Identity | undefined, proceed: Proceed): void {
    const caller = this.callerOf(arrival, identity);
    arrival.scope.caller = caller;
    const { requests, errors } = caller;
    const now = performance.now();
    requests.window.roll(now);
    errors.window.roll(now);
    // Who is shut out for his mistakes uses up nothing more.
    const admitted = !requests.window.isSpent && errors.window.isSpent ? true : this.counters.take(requests);
    if (typeof admitted === 'boolean') this.decide(admitted, caller, arrival.reply, proceed);
    else void admitted.then((outcome) => this.decide(outcome, caller, arrival.reply, proceed));
  }

  private decide(admitted: boolean, caller: Caller, reply: FastifyReply, proceed: Proceed): void {
    const { requests, errors, kind } = caller;
    this.tell(caller, reply);
    if (!admitted) {
      proceed(this.refusal('RATE_LIMIT_EXCEEDED', requests, kind));
    } else if (errors.window.isSpent) {
      const { policy, window } = errors;
      tellLimit(reply, policyItem(policy), limitItem(policy, stateOf(window)));
      proceed(this.refusal('ERROR_RATE_EXCEEDED', errors, kind));
    } else {
      this.note(requests.policy.name);
      proceed();
    }
  }

  private tell({ requests, policy }: Caller, reply: FastifyReply): void {
    tellLimit(reply, policy, limitItem(requests.policy, stateOf(requests.window)));
  }

  private refusal(code: CodeOf<'limits'>, counter: LeasedCounter, caller: Caller['kind']): RateLimitError {
    const { policy, window } = counter;
    const { name, limit, windowMs } = policy;
    this.note(name, { isFirst: window.markRejected(), caller, limit, windowMs });
    return rateLimitError(code, { limit, windowMs, seconds: stateOf(window).seconds });
  }
}

export interface Rejection {
  readonly isFirst: boolean;
  readonly caller: Caller['kind'];
  readonly limit: number;
  readonly windowMs: number;
}

export function rateLimitError(
  code: CodeOf<'limits'>,
  { limit, windowMs, seconds }: { limit: number; windowMs: number; seconds: number },
): RateLimitError {
  const details = { limit, window_seconds: Math.ceil(windowMs / 1_000) };
  return new RateLimitError(code, { details, retryAfterSeconds: seconds });
}

/** Elsewhere, and without a token, everybody is counted by address. */
function isForUsers({ headers, url }: FastifyRequest): boolean {
  return headers.authorization !== undefined && API.test(url);
}

function stateOf(window: LeasedCounter['window']): { remaining: number; seconds: number } {
  return { remaining: window.remaining, seconds: Math.max(1, Math.ceil(window.msLeft(performance.now()) / 1_000)) };
}
