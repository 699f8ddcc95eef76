import { setTimeout as sleep } from 'node:timers/promises';
import { InfrastructureError } from '@app/common';
import { ImportRecovery } from './import-recovery';

const MANIFEST = {
  importId: '',
  userId: 'user',
  kind: 'xml',
  bytes: 1,
  sha256: '',
  createdAt: 0,
  correlationId: 'c',
  traceId: 't',
};

/** A recovery over these imports, whose state in Redis is what `stateOf` gives or throws. */
function recoveryOver(
  importIds: readonly string[],
  stateOf: (importId: string) => unknown,
): {
  recovery: ImportRecovery;
  queued: string[];
  logged: string[];
} {
  const queued: string[] = [];
  const logged: string[] = [];
  const spool = {
    list: () => Promise.resolve(importIds),
    readManifest: (importId: string) => Promise.resolve({ ...MANIFEST, importId }),
  };
  const repository = {
    get: (_user: string, importId: string) => Promise.resolve().then(() => stateOf(importId)),
    create: () => Promise.resolve(),
  };
  const queue = {
    has: () => Promise.resolve(false),
    add: ({ importId }: { importId: string }) => Promise.resolve(queued.push(importId)),
  };
  const events = { error: (event: string) => logged.push(event) };
  const recovery = new ImportRecovery(spool as never, repository as never, queue as never, events as never);
  return { recovery, queued, logged };
}

describe('recovering imports', () => {
  it('queues the others when one cannot be looked at', async () => {
    const { recovery, queued, logged } = recoveryOver(['spoilt', 'fine'], (importId) => {
      if (importId === 'spoilt') throw new Error('WRONGTYPE Operation against a key holding the wrong kind of value');
      return undefined;
    });
    await recovery.sweep();
    expect(queued).toEqual(['fine']);
    expect(logged).toEqual(['import_recovery_failed']);
  });

  it('waits for the next time when Redis is away, and does not complain', async () => {
    const { recovery, queued, logged } = recoveryOver(['one', 'two'], () => {
      throw new InfrastructureError('REDIS_CONNECTION_FAILED');
    });
    await recovery.sweep().catch(() => undefined);
    expect(queued).toEqual([]);
    expect(logged).toEqual([]);
  });

  it('comes to a Redis that is back with one import at a time, not with all at once', async () => {
    const { recovery, queued } = recoveryOver(['one', 'two', 'three'], () => undefined);
    const sweeping = recovery.sweep();
    await sleep(50);
    expect(queued).toEqual(['one']);
    await sweeping;
    expect(queued).toEqual(['one', 'two', 'three']);
  });

  it('does not make an end of the process wait for its pauses', async () => {
    const { recovery, queued } = recoveryOver(
      Array.from({ length: 100 }, (_, index) => String(index)),
      () => undefined,
    );
    recovery.onApplicationBootstrap();
    await sleep(50);
    const begunAt = performance.now();
    await recovery.onModuleDestroy();
    expect(queued).toEqual(['0']);
    // All of them would take twenty seconds.
    expect(performance.now() - begunAt).toBeLessThan(2_000);
  });
});
