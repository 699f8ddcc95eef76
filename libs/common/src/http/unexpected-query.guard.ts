import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants';
import { RouteParamtypes } from '@nestjs/common/internal';
import type { FastifyRequest } from 'fastify';
import { ValidationError } from '../errors/exceptions';
import { shortened } from './shortened';

const API_PREFIX = '/api/';
const READS_QUERY: readonly string[] = [RouteParamtypes.QUERY, RouteParamtypes.REQUEST].map((type) => `${type}:`);
const MAX_ERRORS = 100;

/**
 * Refuses query parameters of routes that take none, as validation refuses unknown ones of routes that take some: a
 * parameter that is ignored looks like one that was heeded.
 */
@Injectable()
export class UnexpectedQueryGuard implements CanActivate {
  private readonly takesQuery = new WeakMap<object, boolean>();

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { url } = request;
    if (!url.includes('?') || !url.startsWith(API_PREFIX) || this.readsQuery(context)) return true;
    const names = Object.keys(request.query as object);
    const [first] = names;
    if (first === undefined) return true;
    const constraints = ['is no parameter of this route'];
    throw new ValidationError('VALIDATION_INVALID_INPUT', {
      details: {
        field: shortened(first),
        errors: names.slice(0, MAX_ERRORS).map((name) => ({ field: shortened(name), constraints })),
      },
    });
  }

  private readsQuery(context: ExecutionContext): boolean {
    const handler = context.getHandler();
    const known = this.takesQuery.get(handler);
    if (known !== undefined) return known;
    const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), handler.name) ?? {}) as object;
    const reads = Object.keys(parameters).some((key) => READS_QUERY.some((prefix) => key.startsWith(prefix)));
    this.takesQuery.set(handler, reads);
    return reads;
  }
}
