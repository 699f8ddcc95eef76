import { fastify } from 'fastify';
import { nightsOf } from './nights';
import { serve } from './serve';

interface Query {
  readonly limit: string;
  readonly order: string;
}

/** Fastify alone: the same bytes, and nothing besides. */
serve(async () => {
  const app = fastify();
  app.get<{ Querystring: Query }>('/api/v1/nights', ({ query }) => ({
    success: true,
    data: nightsOf({ limit: Number(query.limit), order: query.order }),
    error: null,
  }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app.server;
});
