import type { FastifyRequest } from 'fastify';

/** Stands for the route of requests that matched none. */
export const UNMATCHED = 'unmatched';

/** The template of the route a request matched (`/api/v1/imports/:id`), never the URL, which may say too much. */
export function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? UNMATCHED;
}
