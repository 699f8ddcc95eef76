import type { IncomingMessage } from 'node:http';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import { type ContextHeaders, currentContext, newContext, type RequestContext, runInContext } from './request-context';

interface Carrier {
  readonly headers?: IncomingMessage['headers'];
  readonly user?: { readonly id?: unknown };
  /** Jobs and messages carry their origin in their data. */
  readonly correlation_id?: unknown;
  readonly traceparent?: unknown;
  readonly data?: Carrier;
}

interface HeaderSink {
  header?(name: string, value: string): unknown;
  setHeader?(name: string, value: string): unknown;
}

/**
 * Adds the authenticated user to the context that a hook has set. Where no hook has (another HTTP adapter, jobs,
 * messages), it makes the context itself, from the headers or from what the message carries along.
 */
@Injectable()
export class CorrelationInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const carrier = carrierOf(context);
    const current = currentContext();
    if (current !== undefined) {
      enrich(current, carrier);
      return next.handle();
    }
    const made = enrich(newContext(headersOf(carrier)), carrier);
    if (context.getType() === 'http') announce(context.switchToHttp().getResponse<HeaderSink>(), made.correlationId);
    // The handler runs when somebody subscribes, so that is what has to happen inside the context.
    return new Observable((subscriber) => runInContext(made, () => next.handle().subscribe(subscriber)));
  }
}

function enrich(context: RequestContext, carrier: Carrier): RequestContext {
  if (context.userId === undefined && typeof carrier.user?.id === 'string') context.userId = carrier.user.id;
  return context;
}

function carrierOf(context: ExecutionContext): Carrier {
  switch (context.getType<string>()) {
    case 'http':
      return context.switchToHttp().getRequest<Carrier>();
    case 'ws':
      return context.switchToWs().getData<Carrier | undefined>() ?? {};
    default:
      return context.switchToRpc().getData<Carrier | undefined>() ?? {};
  }
}

function headersOf(carrier: Carrier): ContextHeaders {
  const headers = carrier.headers ?? {};
  const origin = carrier.data ?? carrier;
  return {
    correlationId: text(headers['x-correlation-id'] ?? headers['x-request-id'] ?? origin.correlation_id),
    traceparent: text(headers.traceparent ?? origin.traceparent),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function announce(response: HeaderSink, correlationId: string): void {
  if (response.header !== undefined) response.header('X-Correlation-ID', correlationId);
  else response.setHeader?.('X-Correlation-ID', correlationId);
}
