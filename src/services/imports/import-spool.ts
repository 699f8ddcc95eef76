import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { InfrastructureError, WellnessError } from '@app/common/core';
import { isNativeError } from 'node:util/types';
import { isImportId } from './import-id';
import { type ImportManifest, parseManifest } from './import-manifest';
import { type Intake, takeIn } from './upload-intake';

const UPLOAD = 'upload';
const MANIFEST = 'manifest.json';
const DISK_FULL_CODES = ['ENOSPC', 'EDQUOT'];

/**
 * Uploads on disk, one folder each, from before the 202 until the import has ended. A folder with a manifest is a
 * promise given: it outlives crashes. One without is an upload that was never finished.
 */
export class ImportSpool {
  private readonly root: string;

  constructor(
    dataDir: string,
    private readonly maxBytes: number,
  ) {
    this.root = join(dataDir, 'spool');
  }

  uploadPath(importId: string): string {
    return join(this.folder(importId), UPLOAD);
  }

  /**
   * Takes an upload in; whatever goes wrong, nothing of it is left.
   * @throws UnreadableExport, ValidationError (`REQUEST_BODY_TOO_LARGE`), InfrastructureError (`STORAGE_DISK_FULL`,
   * `STORAGE_IO_FAILED`); what the source or the signal fails with, as it is
   */
  async receive(importId: string, source: Readable, signal?: AbortSignal): Promise<Intake> {
    try {
      await mkdir(this.folder(importId), { recursive: true, mode: 0o700 });
      return await takeIn(source, this.uploadPath(importId), this.maxBytes, signal);
    } catch (error) {
      // What can't be removed now, recovery removes a day later: the failure to tell of is the first one.
      await Promise.allSettled([this.remove(importId)]);
      throw translate('spool_upload', error);
    }
  }

  /** Writes the manifest so that a crash leaves the old one or the new one, never a part. */
  async writeManifest(manifest: ImportManifest): Promise<void> {
    const folder = this.folder(manifest.importId);
    const target = join(folder, MANIFEST);
    try {
      const draft = await open(`${target}.tmp`, 'w', 0o600);
      try {
        await draft.writeFile(JSON.stringify(manifest));
        await draft.sync();
      } finally {
        await draft.close();
      }
      await rename(`${target}.tmp`, target);
      await syncFolder(folder);
    } catch (error) {
      throw translate('write_manifest', error);
    }
  }

  /** Undefined when there is no such import on this disk. @throws InfrastructureError (`STORAGE_IO_FAILED`) */
  async readManifest(importId: string): Promise<ImportManifest | undefined> {
    if (!isImportId(importId)) return undefined;
    try {
      return parseManifest(await readFile(join(this.folder(importId), MANIFEST), 'utf8'));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw translate('read_manifest', error);
    }
  }

  /** @throws InfrastructureError (`STORAGE_IO_FAILED`) */
  async remove(importId: string): Promise<void> {
    try {
      await rm(this.folder(importId), { recursive: true, force: true });
    } catch (error) {
      throw translate('empty_spool', error);
    }
  }

  /** The ids of all folders. */
  async list(): Promise<string[]> {
    try {
      return (await readdir(this.root)).filter(isImportId);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw translate('list_spool', error);
    }
  }

  /** How long ago the folder was made, or its upload last written to. */
  async idleMs(importId: string): Promise<number> {
    const times = await Promise.all([this.folder(importId), this.uploadPath(importId)].map(changedAt));
    return Date.now() - Math.max(...times);
  }

  private folder(importId: string): string {
    // An id comes from a URL: nothing but an id may become a path.
    if (!isImportId(importId)) throw new TypeError('Not an import id');
    return join(this.root, importId);
  }
}

async function changedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw translate('inspect_spool', error);
  }
}

/** A rename is on the disk when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function translate(operation: string, error: unknown): unknown {
  if (error instanceof WellnessError || !isNativeError(error)) return error;
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  if (DISK_FULL_CODES.includes(code)) {
    return new InfrastructureError('STORAGE_DISK_FULL', { details: { operation }, cause: error });
  }
  // Without a path it is the connection that failed (ECONNRESET has a system call, too), not the disk.
  const ofDisk = syscall !== undefined && code !== 'ECONNRESET' && code !== 'EPIPE';
  return ofDisk ? new InfrastructureError('STORAGE_IO_FAILED', { details: { operation }, cause: error }) : error;
}

function codeOf(error: unknown): string | undefined {
  return isNativeError(error) ? (error as NodeJS.ErrnoException).code : undefined;
}
