import type { CallEnd } from '../resilience/policy-listener';
import { WorkRecord } from './work-record';

const END: CallEnd = {
  policy: 'redis',
  operation: 'read',
  outcome: 'success',
  attempts: 1,
  durationMs: 1,
  state: 'closed',
};

describe('what a request has done', () => {
  it('is kept in order, events and calls alike', () => {
    const record = new WorkRecord(performance.now());
    record.noteEvent('info', 'import_received', { bytes: 1 });
    record.noteCall(END);
    expect([...record.entries()]).toEqual([
      {
        kind: 'event',
        at: expect.any(Number) as number,
        level: 'info',
        event: 'import_received',
        fields: { bytes: 1 },
      },
      { kind: 'call', at: expect.any(Number) as number, end: END },
    ]);
  });

  it('is bounded, and the ordinary never takes the room of what went wrong', () => {
    const record = new WorkRecord(0);
    for (let number = 0; number < 10_000; number++) record.noteCall(END);
    for (let number = 0; number < 10_000; number++)
      record.noteEvent(number % 2 ? 'warn' : 'error', 'sample_failed', {});
    const entries = [...record.entries()];
    expect(entries.filter(({ kind }) => kind === 'event')).toHaveLength(100);
    expect(entries).toHaveLength(300);
    expect(record.leftOut).toBe(20_000 - 300);
  });
});
