import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  ThrottlerGuard,
  type ThrottlerModuleOptions,
  type ThrottlerRequest,
} from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { scopeOf } from '../http/request-scopes';
import { limitKey } from '../redis/keys';
import type { Caller } from './callers';
import { LeasedThrottlerStorage } from './leased-throttler.storage';
import { ROUTE_LIMITS } from './rate-limit.decorator';
import { limitItem, policyItem, tellLimit } from './rate-limit-headers';
import { rateLimitError, RateLimiter } from './rate-limiter';

const NONE: readonly string[] = [];
const ADMITTED = Promise.resolve(true);

/**
 * Counts requests against the limits that their routes name. What holds for every request has been counted before
 * anything else (see `RateLimiter`); most routes name no limit, and pass.
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  private readonly limitsOf = new WeakMap<object, readonly string[]>();
  private readonly names: ReadonlySet<string>;

  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() private readonly storage: LeasedThrottlerStorage,
    reflector: Reflector,
    private readonly limiter: RateLimiter,
  ) {
    super(options, storage, reflector);
    const throttlers = Array.isArray(options) ? options : options.throttlers;
    this.names = new Set(throttlers.map(({ name }) => name ?? 'default'));
  }

  override async onModuleInit(): Promise<void> {
    // Without limits of routes there is nothing to prepare; the library would warn that nothing is limited.
    if (this.names.size > 0) await super.onModuleInit();
  }

  override canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http' || this.limits(context).length === 0) return ADMITTED;
    return super.canActivate(context);
  }

  protected override async handleRequest(asked: ThrottlerRequest): Promise<boolean> {
    const { context, limit, ttl: windowMs, throttler, getTracker, generateKey } = asked;
    const name = throttler.name ?? 'default';
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { caller } = scopeOf(request.raw);
    if (caller === undefined || !this.limits(context).includes(name)) return true;
    const key = generateKey(context, await getTracker(request, context), name);
    const record = await this.storage.increment(key, windowMs, limit, windowMs, name);
    const { isBlocked, isFirstBlocked, totalHits, timeToExpire: seconds } = record;
    const policy = { name, limit, windowMs };
    const state = { remaining: Math.max(0, limit - totalHits), seconds };
    tellLimit(context.switchToHttp().getResponse<FastifyReply>(), policyItem(policy), limitItem(policy, state));
    this.limiter.note(name, isBlocked ? { isFirst: isFirstBlocked, caller: caller.kind, limit, windowMs } : undefined);
    if (isBlocked) throw rateLimitError('RATE_LIMIT_EXCEEDED', { limit, windowMs, seconds: record.timeToBlockExpire });
    return true;
  }

  protected override getTracker(request: { raw: FastifyRequest['raw'] }): Promise<string> {
    const caller: Caller | undefined = scopeOf(request.raw).caller;
    return Promise.resolve(caller?.tag ?? '');
  }

  /** One count for all routes that name the limit. */
  protected override generateKey(_context: ExecutionContext, tracker: string, name: string): string {
    return limitKey(tracker, name);
  }

  private limits(context: ExecutionContext): readonly string[] {
    const handler = context.getHandler();
    const controller = context.getClass();
    const known = this.limitsOf.get(handler);
    if (known !== undefined) return known;
    const found = this.reflector.getAllAndOverride<readonly string[] | undefined>(ROUTE_LIMITS, [handler, controller]);
    const limits = found ?? NONE;
    const unknown = limits.find((name) => !this.names.has(name));
    if (unknown !== undefined) throw new TypeError(`@RateLimit('${unknown}') names no limit of the settings`);
    // A handler inherited by two controllers would share an entry; such handlers are looked up each time.
    if (Object.hasOwn(controller.prototype as object, handler.name)) this.limitsOf.set(handler, limits);
    return limits;
  }
}
