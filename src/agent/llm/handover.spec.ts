import { setImmediate as turn } from 'node:timers/promises';
import { Handover } from './handover';

async function take(handover: Handover<number>): Promise<number[]> {
  const taken: number[] = [];
  for await (const item of handover.items()) taken.push(item);
  return taken;
}

describe('handing over', () => {
  it('gives everything, in order, and then ends', async () => {
    const handover = new Handover<number>(new AbortController().signal);
    const taken = take(handover);
    for (let item = 0; item < 100; item++) expect(await handover.give(item)).toBe(true);
    await handover.end();
    expect(await taken).toEqual(Array.from({ length: 100 }, (_, item) => item));
  });

  it('waits for a reader that is behind', async () => {
    const handover = new Handover<number>(new AbortController().signal);
    let given = 0;
    const giving = (async () => {
      for (let item = 0; item < 100; item++) {
        await handover.give(item);
        given++;
      }
      await handover.end();
    })();
    await turn();
    expect(given).toBeLessThanOrEqual(17);
    expect(await take(handover)).toHaveLength(100);
    await giving;
  });

  it('tells when the reader has stopped, to whoever waits too', async () => {
    const handover = new Handover<number>(new AbortController().signal);
    const all = Promise.all(Array.from({ length: 40 }, (_, item) => handover.give(item)));
    for await (const item of handover.items()) if (item === 3) break;
    expect(new Set(await all)).toEqual(new Set([true, false]));
    expect(await handover.give(41)).toBe(false);
  });

  it('tells when it is over, and gives the reader the reason', async () => {
    const over = new AbortController();
    const handover = new Handover<number>(over.signal);
    const blocked = Promise.all(Array.from({ length: 40 }, (_, item) => handover.give(item)));
    over.abort(new Error('gone'));
    expect((await blocked).at(-1)).toBe(false);
    await expect(take(handover)).rejects.toThrow('gone');
  });
});
