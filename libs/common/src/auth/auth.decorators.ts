import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { routeExtension } from '../openapi/route-extensions';
import type { User } from './user';

export const PUBLIC_ROUTE = 'common:public-route';
export const REQUIRED_SCOPES = 'common:required-scopes';

/** The route, or all routes of the controller, can be called without a token. All others need one. */
export const Public = (): ClassDecorator & MethodDecorator =>
  applyDecorators(SetMetadata(PUBLIC_ROUTE, true), routeExtension('public', true));

/** The token has to carry all of these scopes. */
export const Scopes = (...scopes: string[]): ClassDecorator & MethodDecorator =>
  applyDecorators(SetMetadata(REQUIRED_SCOPES, scopes), routeExtension('scopes', scopes));

/** The authenticated user, as a parameter of a route handler. */
export const CurrentUser = createParamDecorator((_data: unknown, context: ExecutionContext): User => {
  const { user } = context.switchToHttp().getRequest<{ user?: User }>();
  if (user === undefined) throw new TypeError('@CurrentUser() on a route that is @Public()');
  return user;
});
