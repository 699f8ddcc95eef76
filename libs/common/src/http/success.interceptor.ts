import { Readable } from 'node:stream';
import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  StreamableFile,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';
import { currentContext } from '../context/request-context';
import type { SuccessEnvelope } from '../errors/envelope';
import { RAW_RESPONSE } from './raw-response.decorator';
import { stalenessHeaders, withStaleness } from './staleness';

const SSE_METADATA = '__sse__';

/** Puts what a controller returns into `{success: true, data, error: null}`; streams pass as they are. */
@Injectable()
export class SuccessInterceptor implements NestInterceptor {
  // Metadata of a handler never changes: looked up once for each.
  private readonly rawHandlers = new WeakMap<object, boolean>();

  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return context.getType() !== 'http' || this.isRaw(context)
      ? next.handle()
      : next.handle().pipe(map((data) => envelop(data, context)));
  }

  private isRaw(context: ExecutionContext): boolean {
    const handler = context.getHandler();
    let raw = this.rawHandlers.get(handler);
    if (raw === undefined) {
      const marked = this.reflector.getAllAndOverride<boolean | undefined>(RAW_RESPONSE, [handler, context.getClass()]);
      raw = marked === true || this.reflector.get<boolean | undefined>(SSE_METADATA, handler) === true;
      this.rawHandlers.set(handler, raw);
    }
    return raw;
  }
}

function envelop(data: unknown, context: ExecutionContext): unknown {
  if (data instanceof StreamableFile || data instanceof Readable) return data;
  if (currentContext()?.staleSince !== undefined) {
    void context.switchToHttp().getResponse<FastifyReply>().headers(stalenessHeaders());
  }
  const envelope: SuccessEnvelope<unknown> = { success: true, data: withStaleness(data ?? null), error: null };
  return envelope;
}
