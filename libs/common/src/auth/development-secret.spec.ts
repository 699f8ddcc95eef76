import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { developmentSecret } from './development-secret';

describe('the development secret', () => {
  let folder: string;
  let dataDir: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wellness-secret-'));
    dataDir = join(folder, 'data', 'deep');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is made once, long enough, for its owner alone', async () => {
    const secret = await developmentSecret(dataDir);
    expect(secret.length).toBeGreaterThanOrEqual(32);
    expect(await developmentSecret(dataDir)).toBe(secret);
    expect((await stat(join(dataDir, 'dev-secret'))).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDir)).toEqual(['dev-secret']);
  });

  it('is the same for all who start at once', async () => {
    const secrets = await Promise.all(Array.from({ length: 20 }, () => developmentSecret(dataDir)));
    expect(new Set(secrets).size).toBe(1);
    expect((await readFile(join(dataDir, 'dev-secret'), 'utf8')).trim()).toBe(secrets[0]);
    expect(await readdir(dataDir)).toEqual(['dev-secret']);
  });

  it('is not replaced silently when its file is damaged', async () => {
    await developmentSecret(dataDir);
    await writeFile(join(dataDir, 'dev-secret'), 'short');
    await expect(developmentSecret(dataDir)).rejects.toThrow('no usable secret');
  });
});
