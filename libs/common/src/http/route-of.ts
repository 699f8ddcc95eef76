import type { FastifyRequest } from 'fastify';

/** The template of the route a request matched (`/api/v1/imports/:id`), never the URL, which may say too much. */
export function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'unmatched';
}
