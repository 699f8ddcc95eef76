import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorResponder } from './error-responder';

/** Catches everything that is thrown while a request is being answered. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly responder: ErrorResponder) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    // A job or message has nobody to answer: its own machinery decides about retries.
    if (host.getType() !== 'http') throw thrown;
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest | IncomingMessage>();
    const reply = http.getResponse<FastifyReply | ServerResponse>();
    if ('raw' in request && 'raw' in reply) {
      this.responder.respond(thrown, request, reply);
      return;
    }
    this.responder.respondRaw(thrown, request as IncomingMessage, reply as ServerResponse);
  }
}
