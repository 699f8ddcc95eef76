import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';
import type { Replayable } from '../../services/idempotency/idempotency.service';

const REPLAYED_HEADER = 'idempotency-replayed';

/** For handlers that return a `Replayable`: the answer becomes the body, and a replay is told in a header. */
@Injectable()
export class ReplayInterceptor implements NestInterceptor<Replayable<unknown>, unknown> {
  intercept(context: ExecutionContext, next: CallHandler<Replayable<unknown>>): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(map((outcome) => unwrap(outcome, reply)));
  }
}

export function unwrap<T>({ answer, replayed }: Replayable<T>, reply: FastifyReply): T {
  if (replayed) void reply.header(REPLAYED_HEADER, 'true');
  return answer;
}
