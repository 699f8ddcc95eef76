import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, FakeLlmServer } from '@app/common/testing';
import { listen, LONG, modelClient, REQUEST } from '../../../test/fixtures/model-client';

let llm: FakeLlmServer;

beforeEach(async () => {
  llm = await FakeLlmServer.start();
});
afterEach(() => llm.stop());

const setUp = (): ReturnType<typeof modelClient> => modelClient(llm.url);

describe('a caller who leaves', () => {
  const GONE = new Error('gone');

  it.each([
    ['before the first word', { kind: 'hang' }, 0],
    ['in the middle of the answer', { kind: 'text', text: LONG, delayMs: 50 }, 2],
  ] as const)('ends the call %s', async (_when, reply, after) => {
    llm.respond(reply);
    const { model, policy, events } = setUp();
    const caller = new AbortController();
    const heard = (async () => {
      let words = 0;
      for await (const event of model.stream(REQUEST, caller.signal)) {
        if (event.type === 'text' && ++words === after) caller.abort(GONE);
      }
    })();
    await eventually(() => llm.completions.length === 1);
    if (after === 0) caller.abort(GONE);
    await expect(heard).rejects.toBe(GONE);
    await eventually(() => llm.abandoned === 1);
    await eventually(() => policy.snapshot().in_flight === 0);
    expect(policy.snapshot()).toMatchObject({ state: 'closed', counts: { failures: 0, cancelled: 1 } });
    expect(events.warn).not.toHaveBeenCalled();
  });

  it('need not say so: to stop reading is enough', async () => {
    llm.respond({ kind: 'text', text: LONG, delayMs: 50 });
    const { model, policy } = setUp();
    const iterator = model.stream(REQUEST, new AbortController().signal)[Symbol.asyncIterator]();
    expect(await iterator.next()).toMatchObject({ value: { type: 'text' } });
    await iterator.return?.();
    await eventually(() => llm.abandoned === 1);
    await eventually(() => policy.snapshot().in_flight === 0);
  });

  it('frees the slot even when it has stopped reading before', async () => {
    llm.respond({ kind: 'text', text: 'word '.repeat(200) });
    const { model, policy } = setUp();
    const caller = new AbortController();
    const iterator = model.stream(REQUEST, caller.signal)[Symbol.asyncIterator]();
    await iterator.next();
    await sleep(100);
    expect(policy.snapshot().in_flight).toBe(1);
    caller.abort(GONE);
    await eventually(() => policy.snapshot().in_flight === 0);
    await expect(
      (async () => {
        while (!(await iterator.next()).done);
      })(),
    ).rejects.toBe(GONE);
  });

  it('does not keep the circuit open: the trial goes on to the first word', async () => {
    const { model, policy } = setUp();
    llm.respond({ kind: 'status', status: 500 });
    await listen(model);
    expect(policy.state).toBe('open');
    llm.respond({ kind: 'text', text: 'Fine.' });
    llm.respond({ kind: 'text', text: LONG, delayMs: 100 });
    await sleep(500);
    const caller = new AbortController();
    const trial = listen(model, caller.signal);
    await eventually(() => llm.completions.length === 1);
    caller.abort(GONE);
    expect((await trial).error).toBe(GONE);
    expect(policy.state).toBe('half_open');
    await eventually(() => policy.state === 'closed');
    await eventually(() => llm.abandoned === 1);
    expect(policy.snapshot().in_flight).toBe(0);
  });
});
