import { RouteConfig } from '@nestjs/platform-fastify';
import { routeExtension } from '../openapi/route-extensions';

const ROUTE_CONFIG = '__fastify_route_config__';

/** What a route says about itself to the hooks that run before its guards. */
export interface RouteTraits {
  /** Which of the configured deadlines applies; `none` for uploads and streams that may last. */
  readonly deadline?: string;
  /** Content types the body may have; JSON when not said. Bodies of other types than JSON are not read for the route. */
  readonly bodyTypes?: readonly string[];
  /** Content types the route can answer with, when a client that accepts none of them should be refused. */
  readonly produces?: readonly string[];
  /** Always answered, even while draining, and logged at debug. */
  readonly probe?: boolean;
  /** What operators need while things go wrong: answered under load and during maintenance. */
  readonly operational?: boolean;
}

/** A method decorator that adds to the route's traits without losing those other decorators gave. */
export function routeTraits(traits: RouteTraits): MethodDecorator {
  return (target, key, descriptor) => {
    const handler: unknown = descriptor.value;
    if (typeof handler !== 'function') return;
    const existing = Reflect.getMetadata(ROUTE_CONFIG, handler) as RouteTraits | undefined;
    RouteConfig({ ...existing, ...traits })(target, key, descriptor as TypedPropertyDescriptor<unknown>);
    for (const [name, value] of Object.entries(traits) as Array<[keyof RouteTraits, never]>) {
      routeExtension(name, value)(target, key, descriptor);
    }
  };
}

/** Gives the route one of the named deadlines of the HTTP settings: `@Deadline('chat')`. */
export const Deadline = (name: string): MethodDecorator => routeTraits({ deadline: name });

/** The route may take as long as it takes: uploads, exports. A client that goes away still aborts its signal. */
export const NoDeadline = (): MethodDecorator => routeTraits({ deadline: NO_DEADLINE });

/**
 * The route reads its body itself, as a stream, in one of these content types. Time and size are its own concern;
 * a sender that stalls is answered with 408.
 */
export const StreamedBody = (...types: string[]): MethodDecorator =>
  routeTraits({ bodyTypes: types, deadline: NO_DEADLINE });

/** The route is a probe: answered in every state of the process, without a deadline, logged at debug. */
export const Probe = (): MethodDecorator => routeTraits({ probe: true });

/** The route is for operators: neither load shedding nor maintenance turns it away. */
export const Operational = (): MethodDecorator => routeTraits({ operational: true });

export const NO_DEADLINE = 'none';
