import type { User } from '@app/common';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { IdempotencyService } from '../../services/idempotency/idempotency.service';
import { fingerprintOf } from './fingerprint';
import { idempotencyKeyOf } from './idempotency-key.decorator';
import { unwrap } from './replay.interceptor';

/** Gives a JSON route's first answer again when a request comes again with the same `Idempotency-Key`. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly idempotency: IdempotencyService) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest & { user?: User }>();
    const key = idempotencyKeyOf(request);
    if (key === undefined || request.user === undefined) return next.handle();
    return from(this.once(key, request.user, request, http.getResponse<FastifyReply>(), next));
  }

  private async once(
    key: string,
    user: User,
    request: FastifyRequest,
    reply: FastifyReply,
    next: CallHandler,
  ): Promise<unknown> {
    const route = `${request.method} ${request.routeOptions.url ?? ''}`;
    const outcome = await this.idempotency.run(
      { userId: user.id, route, key },
      () => Promise.resolve(fingerprintOf(request.url, request.body)),
      () => lastValueFrom(next.handle() as Observable<unknown>, { defaultValue: null }),
    );
    return unwrap(outcome, reply);
  }
}
