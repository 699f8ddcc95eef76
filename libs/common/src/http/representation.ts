import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { prefersOverJson } from './accept';

const HTML = 'text/html';

/** A result that can be read by programs and by people. */
export class Representation<T> {
  constructor(
    readonly json: T,
    readonly html: (json: T) => string,
  ) {}
}

/** Sends a `Representation` as HTML to whoever asks for that (a browser), as JSON to everybody else. */
@Injectable()
export class HtmlOrJsonInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((result: unknown) => {
        if (!(result instanceof Representation)) return result;
        void reply.header('vary', 'Accept');
        const representation = result as Representation<unknown>;
        if (!prefersOverJson(request.headers.accept, HTML)) return representation.json;
        void reply
          .type(`${HTML}; charset=utf-8`)
          .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
        return representation.html(representation.json);
      }),
    );
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
