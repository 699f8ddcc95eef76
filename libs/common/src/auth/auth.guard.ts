import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { currentContext } from '../context/request-context';
import { AuthenticationError } from '../errors/exceptions';
import { PUBLIC_ROUTE, REQUIRED_SCOPES } from './auth.decorators';
import { TokenVerifier } from './token-verifier';
import type { User } from './user';

const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;
const SCHEME_BEARER = /^Bearer(?: |$)/i;

interface Access {
  readonly isPublic: boolean;
  readonly scopes: readonly string[];
}

/** Closed by default: only what is marked `@Public()` answers without a valid token that carries the route's scopes. */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly accessOf = new WeakMap<object, Access>();

  constructor(
    private readonly tokens: TokenVerifier,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const access = this.access(context);
    if (access.isPublic) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest & { user?: User }>();
    const user = await this.tokens.verify(bearerToken(request.headers.authorization));
    const known = currentContext();
    if (known !== undefined) known.userId = user.id;
    if (!access.scopes.every((scope) => user.scopes.includes(scope))) {
      throw new AuthenticationError('AUTH_SCOPE_FORBIDDEN', { details: { required_scopes: access.scopes } });
    }
    request.user = user;
    return true;
  }

  private access(context: ExecutionContext): Access {
    const handler = context.getHandler();
    const controller = context.getClass();
    const known = this.accessOf.get(handler);
    if (known !== undefined) return known;
    const scopes = this.reflector.getAllAndOverride<readonly string[] | undefined>(REQUIRED_SCOPES, [
      handler,
      controller,
    ]);
    const isPublic = this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_ROUTE, [handler, controller]);
    const access = { isPublic: isPublic === true, scopes: scopes ?? [] };
    // A handler inherited by two controllers would share an entry; such handlers are looked up each time.
    if (Object.hasOwn(controller.prototype as object, handler.name)) this.accessOf.set(handler, access);
    return access;
  }
}

function bearerToken(header: string | undefined): string {
  if (header === undefined || !SCHEME_BEARER.test(header)) throw new AuthenticationError('AUTH_TOKEN_MISSING');
  const token = BEARER.exec(header)?.[1];
  if (token === undefined) throw new AuthenticationError('AUTH_TOKEN_INVALID');
  return token;
}
