import { ApiExtension } from '@nestjs/swagger';

/** What decorators tell the document about a route; taken out again when the document is completed. */
export interface RouteExtensions {
  readonly public?: boolean;
  readonly scopes?: readonly string[];
  readonly deadline?: string;
  readonly bodyTypes?: readonly string[];
  readonly produces?: readonly string[];
  readonly probe?: boolean;
  readonly operational?: boolean;
}

const PREFIX = 'x-route-';

/** Keeps `value` for the document, on a method or on all methods of a class; what a method says itself wins. */
export function routeExtension<K extends keyof RouteExtensions>(
  name: K,
  value: NonNullable<RouteExtensions[K]>,
): MethodDecorator & ClassDecorator {
  return ApiExtension(`${PREFIX}${name}`, value) as MethodDecorator & ClassDecorator;
}

/** Reads the extensions of an operation, and removes them from it. */
export function takeExtensions(operation: Record<string, unknown>): RouteExtensions {
  const taken: Record<string, unknown> = {};
  for (const key of Object.keys(operation)) {
    if (!key.startsWith(PREFIX)) continue;
    taken[key.slice(PREFIX.length)] = operation[key];
    delete operation[key];
  }
  return taken;
}
