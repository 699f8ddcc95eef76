import { type CallHandler, Controller, type ExecutionContext, Get, Module, UseInterceptors } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { defer, lastValueFrom, of } from 'rxjs';
import { CorrelationInterceptor } from './correlation.interceptor';
import { currentContext, newContext, type RequestContext, runInContext } from './request-context';

@Controller()
@UseInterceptors(CorrelationInterceptor)
class PlainController {
  @Get()
  async get(): Promise<RequestContext | undefined> {
    await Promise.resolve();
    return currentContext();
  }
}

@Module({ controllers: [PlainController] })
class PlainModule {}

const seen: CallHandler = { handle: () => defer(() => of(currentContext())) };

function contextOf(type: string, ...args: unknown[]): ExecutionContext {
  const host = new ExecutionContextHost(args);
  host.setType(type);
  return host;
}

const through = async (context: ExecutionContext): Promise<RequestContext | undefined> =>
  lastValueFrom(new CorrelationInterceptor().intercept(context, seen)) as Promise<RequestContext | undefined>;

describe('the correlation interceptor', () => {
  it('adds the user to the context that a hook has set', async () => {
    const hooked = newContext({ correlationId: 'from-the-hook' });
    const http = contextOf('http', { headers: { 'x-correlation-id': 'other' }, user: { id: 'alice' } }, {});
    const context = await runInContext(hooked, () => through(http));
    expect(context).toBe(hooked);
    expect(context).toMatchObject({ correlationId: 'from-the-hook', userId: 'alice' });
  });

  it('is enough by itself in an application without the hook', async () => {
    const testing = await Test.createTestingModule({ imports: [PlainModule] }).compile();
    const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    await app.init();
    const given = await app.inject({ url: '/', headers: { 'x-request-id': 'mine' } });
    expect([given.json<RequestContext>().correlationId, given.headers['x-correlation-id']]).toEqual(['mine', 'mine']);
    const made = await app.inject({ url: '/', headers: { traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01` } });
    expect(made.headers['x-correlation-id']).toBe(`req_${'ab'.repeat(8)}`);
    await app.close();
  });

  it.each([
    ['a job', contextOf('rpc', { data: { correlation_id: 'job-1' } })],
    ['a message', contextOf('rpc', { correlation_id: 'job-1' })],
    ['a socket message', contextOf('ws', {}, { correlation_id: 'job-1' })],
  ])('makes a context for %s from what it carries', async (_what, context) => {
    expect(await through(context)).toMatchObject({ correlationId: 'job-1' });
    expect(currentContext()).toBeUndefined();
  });

  it('makes one for a job that carries nothing', async () => {
    expect((await through(contextOf('rpc')))?.correlationId).toMatch(/^req_[\da-f]{16}$/);
  });
});
