import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { newImportId } from './import-id';
import { ImportSpool } from './import-spool';

let directory: string;
let spool: ImportSpool;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wellness-spool-'));
  spool = new ImportSpool(directory, 1_000_000);
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const failing = (code: string): Readable =>
  Readable.from(
    (function* () {
      yield Buffer.from('<a>');
      throw Object.assign(new Error(code), { code, syscall: 'write' });
    })(),
  );

describe('the spool', () => {
  it('keeps an upload byte for byte, and says what it is', async () => {
    const id = newImportId();
    const intake = await spool.receive(id, Readable.from([Buffer.from('<Hea'), Buffer.from('lthData/>')]));
    expect(intake).toEqual({ kind: 'xml', bytes: 13, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect(await readFile(spool.uploadPath(id), 'utf8')).toBe('<HealthData/>');
  });

  it.each([
    ['ENOSPC', 'STORAGE_DISK_FULL'],
    ['EDQUOT', 'STORAGE_DISK_FULL'],
    ['EIO', 'STORAGE_IO_FAILED'],
  ])('says what %s is, and keeps nothing', async (code, expected) => {
    await expect(spool.receive(newImportId(), failing(code))).rejects.toMatchObject({ error_code: expected });
    expect(await readdir(join(directory, 'spool'))).toEqual([]);
  });

  it('does not blame the disk for a connection that broke', async () => {
    await expect(spool.receive(newImportId(), failing('ECONNRESET'))).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('says that the disk fails when there is no place for it', async () => {
    await writeFile(join(directory, 'spool'), 'a file where the folder should be');
    const upload = spool.receive(newImportId(), Readable.from([Buffer.from('<a/>')]));
    await expect(upload).rejects.toMatchObject({ error_code: 'STORAGE_IO_FAILED' });
  });

  it('gives a manifest back as it was written, and takes a damaged one for none', async () => {
    const importId = newImportId();
    await spool.receive(importId, Readable.from([Buffer.from('<a/>')]));
    const manifest = {
      importId,
      userId: 'u',
      kind: 'xml' as const,
      bytes: 4,
      sha256: 'x',
      createdAt: 1,
      correlationId: 'c',
      traceId: 't',
    };
    await spool.writeManifest(manifest);
    expect(await spool.readManifest(importId)).toEqual(manifest);
    await writeFile(join(directory, 'spool', importId, 'manifest.json'), '{"importId":');
    expect(await spool.readManifest(importId)).toBeUndefined();
  });

  it('never makes a path of what is not an id', async () => {
    expect(() => spool.uploadPath('../../etc')).toThrow(TypeError);
    expect(await spool.readManifest('../../etc/passwd')).toBeUndefined();
  });

  it('makes ids that sort by time and differ within one millisecond', () => {
    const ids = [1_000, 1_000, 2_000_000_000_000].map((now) => newImportId(now));
    expect(new Set(ids).size).toBe(3);
    expect(ids[2]).toBe(ids.toSorted().at(-1));
  });
});
