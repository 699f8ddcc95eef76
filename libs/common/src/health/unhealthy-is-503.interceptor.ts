import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Observable, tap } from 'rxjs';
import type { HealthReport, ProbeReport } from './health.service';

const RETRY_AFTER_SECONDS = 1;

/** A health report is not an error, but load balancers read nothing but its status. */
@Injectable()
export class UnhealthyIs503Interceptor implements NestInterceptor<HealthReport | ProbeReport> {
  intercept(context: ExecutionContext, next: CallHandler): Observable<HealthReport | ProbeReport> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return (next as CallHandler<HealthReport | ProbeReport>).handle().pipe(
      tap(({ status }) => {
        void reply.header('cache-control', 'no-store');
        if (status === 'ok' || status === 'healthy') return;
        void reply.code(503).header('retry-after', String(RETRY_AFTER_SECONDS));
      }),
    );
  }
}
