import { applyDecorators, SetMetadata } from '@nestjs/common';

export const ROUTE_LIMITS = 'common:rate-limits';

/**
 * The route, or all routes of the controller, also count against these limits of the settings, per user:
 * `@RateLimit('chat')`. Without it a route counts against the limit for every request alone.
 */
export const RateLimit = (...names: [string, ...string[]]): ClassDecorator & MethodDecorator =>
  applyDecorators(SetMetadata(ROUTE_LIMITS, names));
