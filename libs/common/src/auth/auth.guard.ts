import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { currentContext } from '../context/request-context';
import { RequestScope } from '../context/request-scope';
import { AuthenticationError } from '../errors/exceptions';
import { PUBLIC_ROUTE, REQUIRED_SCOPES } from './auth.decorators';
import { Authenticator, type Identity } from './authenticator';
import type { User } from './user';

interface Access {
  readonly isPublic: boolean;
  readonly scopes: readonly string[];
}

/** Closed by default: only what is marked `@Public()` answers without a valid token that carries the route's scopes. */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly accessOf = new WeakMap<object, Access>();

  constructor(
    private readonly authenticator: Authenticator,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const access = this.access(context);
    if (access.isPublic) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest & { user?: User }>();
    const user = await this.userOf(request);
    if (!access.scopes.every((scope) => user.scopes.includes(scope))) {
      throw new AuthenticationError('AUTH_SCOPE_FORBIDDEN', { details: { required_scopes: access.scopes } });
    }
    request.user = user;
    return true;
  }

  /** Hooks may have found out before. */
  private async userOf(request: FastifyRequest): Promise<User> {
    const context = currentContext();
    const known = context instanceof RequestScope ? context.identity : undefined;
    const { user, error }: Identity = known ?? (await this.authenticator.identify(request.headers.authorization));
    if (user === undefined) throw error;
    if (context !== undefined) context.userId = user.id;
    return user;
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
