import { GARBAGE, HANDSHAKE_COMMANDS } from '@app/common/testing';
import { SecretWorld } from './support/secret-world';

jest.setTimeout(240_000);

/** Every route, every failure; and then not one secret in anything that anybody else gets to see. */
describe('nothing private is told', () => {
  let world: SecretWorld;

  beforeAll(async () => {
    world = await SecretWorld.start();
  });
  afterAll(() => world.close());

  beforeEach(() => {
    world.app.logs.clear();
    world.answers.length = 0;
    world.correlationIds.length = 0;
  });

  // In whatever was done, the test must have seen something: a net that catches nothing proves nothing.
  async function expectNothingTold(event: string): Promise<void> {
    const told = await world.told();
    expect(told).toContain(event);
    expect(world.theirs.foundIn(told)).toEqual([]);
    expect(world.ours.foundIn(told)).toEqual([]);
    expect(world.ours.foundIn(world.answers.join('\n'))).toEqual([]);
  }

  it('by any route, whatever it is sent', async () => {
    await world.sweep();
    await expectNothingTold('VALIDATION_MALFORMED_JSON');
  });

  it('by data, files and questions that are accepted', async () => {
    await world.live();
    await expectNothingTold('import_completed');
  });

  it.each([
    ['refused', { kind: 'refuse' }, 'REDIS_CONNECTION_FAILED'],
    ['garbage', { kind: 'garbage', bytes: GARBAGE }, 'redis_connection_failed'],
    ['reset', { kind: 'reset' }, 'redis_connection_failed'],
  ] as const)('while Redis is away (%s)', async (_name, fault, event) => {
    await world.proxy.inject(fault);
    await world.sweep().finally(() => world.proxy.heal());
    await expectNothingTold(event);
  });

  it('when Redis replies with errors that say too much', async () => {
    const secret = world.ours.mark('a reply of Redis');
    const reply = `-${secret.toUpperCase()} ${secret}`;
    await world.proxy.inject({ kind: 'answer', reply, except: HANDSHAKE_COMMANDS, clients: ['wellness-commands'] });
    await world.asMeant().finally(() => world.proxy.heal());
    await expectNothingTold('request_failed');
  });

  it('when the model says too much', async () => {
    const { ours, theirs } = world;
    const said = (what: string): string => ours.mark(`the model: ${what}`);
    for (const status of [400, 401, 404, 429, 500]) {
      const error = { message: said('message'), type: said('type'), code: said('code'), param: said('param') };
      await world.answering({ kind: 'status', status, body: { error }, headers: { 'x-request-id': said('id') } });
    }
    await world.answering({ kind: 'raw', body: `<html>${said('no JSON')}`, type: 'text/html' });
    await world.answering({ kind: 'raw', body: `data: {"${said('no JSON')}\n\n` });
    await world.answering({ kind: 'raw', body: `data: {"choices":"${said('a wrong shape')}"}\n\n` });
    await world.answering({
      kind: 'raw',
      body: `data: {"error":{"message":"${said('an error midway')}","code":"${said('its code')}"}}\n\n`,
    });
    await world.answering({ kind: 'text', text: `You walked ${theirs.mark('an answer')}` });
    await world.answering({ kind: 'truncated', text: theirs.mark('half an answer') });
    const args = { metric_types: [theirs.mark('an argument')], time_period: theirs.mark('another') };
    await world.answering({
      kind: 'tools',
      calls: [
        { name: theirs.mark('the name of a tool').slice(0, 16), arguments: args },
        { name: 'search_health_records', arguments: args },
        { name: 'get_health_metrics', arguments: `{"${theirs.mark('arguments that are no JSON')}` },
      ],
    });
    await expectNothingTold('llm_attempt_failed');
  });

  it('when handlers and promises fail with errors that carry secrets', async () => {
    await world.failing();
    await expectNothingTold('promise_rejection_unhandled');
  });
});
