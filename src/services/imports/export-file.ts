import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isNativeError } from 'node:util/types';
import { InfrastructureError, WellnessError } from '@app/common/core';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import type { FileKind } from './file-kind';
import { rootIndex } from './prolog-skipper';
import { UnreadableExport, type UnreadableReason } from './unreadable-export';
import { type ImportLimits, ZipBudget } from './zip-budget';
import { entryKind, unpack } from './zip-entries';

/** The XML of an export, wherever it is. */
export interface ExportFile {
  /** Length of the XML. */
  readonly bytes: number;
  /** Files of the zip that are not read, counted by what they are. */
  readonly passedOver: Readonly<Record<string, number>>;
  /** The XML, once, in pieces. @throws UnreadableExport, InfrastructureError (`STORAGE_IO_FAILED`) */
  read(): AsyncGenerator<Buffer>;
  close(): void;
}

const READ_BYTES = 262_144;

/** @throws UnreadableExport, InfrastructureError (`STORAGE_IO_FAILED`) */
export async function openExport(path: string, kind: FileKind, limits: ImportLimits): Promise<ExportFile> {
  return translated(async () => {
    const { size } = await stat(path);
    return kind === 'zip' ? openZip(path, size, limits) : plainXml(path, size);
  });
}

function plainXml(path: string, bytes: number): ExportFile {
  const stream = createReadStream(path, { highWaterMark: READ_BYTES });
  return {
    bytes,
    passedOver: {},
    read: () => translatedPieces(stream as AsyncIterable<Buffer>),
    close: () => stream.destroy(),
  };
}

async function openZip(path: string, fileBytes: number, limits: ImportLimits): Promise<ExportFile> {
  const zip = await openPromise(path, { decodeStrings: false, autoClose: false });
  try {
    const budget = new ZipBudget(limits, fileBytes);
    const { candidates, passedOver } = await listEntries(zip, budget);
    const entry = await findExport(zip, candidates, budget);
    if (candidates.length > 1) passedOver.other_file = (passedOver.other_file ?? 0) + candidates.length - 1;
    return {
      bytes: entry.uncompressedSize,
      passedOver,
      read: () => translatedPieces(unpack(zip, entry, budget)),
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

interface Entries {
  readonly candidates: Entry[];
  readonly passedOver: Record<string, number>;
}

async function listEntries(zip: ZipFile, budget: ZipBudget): Promise<Entries> {
  budget.checkEntries(zip.entryCount);
  const candidates: Entry[] = [];
  const passedOver: Record<string, number> = {};
  for await (const entry of zip.eachEntry()) {
    const kind = entryKind(entry.fileNameRaw.toString('latin1'));
    if (kind === 'xml') candidates.push(entry);
    else if (kind !== 'folder') passedOver[kind] = (passedOver[kind] ?? 0) + 1;
  }
  return { candidates, passedOver };
}

/** The entry that is an export by its content. A candidate that can't be read is the problem only if none can. */
async function findExport(zip: ZipFile, candidates: readonly Entry[], budget: ZipBudget): Promise<Entry> {
  const faults: unknown[] = [];
  for (const entry of candidates) {
    try {
      if (await looksLikeExport(zip, entry, budget)) return entry;
    } catch (error) {
      faults.push(translate(error));
    }
  }
  const [first] = faults;
  throw first instanceof Error ? first : new UnreadableExport('no_export_in_zip');
}

async function looksLikeExport(zip: ZipFile, entry: Entry, budget: ZipBudget): Promise<boolean> {
  for await (const first of unpack(zip, entry, budget)) {
    // Without its zero bytes, UTF-16 reads like ASCII: such an export is found here and refused with its own reason.
    return rootIndex(first.toString('latin1').replaceAll('\0', '')) >= 0;
  }
  return false;
}

async function* translatedPieces(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* pieces;
  } catch (error) {
    throw translate(error);
  }
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translate(error);
  }
}

/** Faults of the disk have a `code` and an `errno`; faults of zlib a `code` that begins with Z; yauzl has neither. */
function translate(error: unknown): unknown {
  if (error instanceof WellnessError || !isNativeError(error) || error.name !== 'Error') return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) {
    return new InfrastructureError('STORAGE_IO_FAILED', { details: { operation: 'read_upload' }, cause: error });
  }
  if (code !== undefined && !code.startsWith('Z_')) return error;
  return new UnreadableExport(zipReason(error.message), undefined, error);
}

function zipReason(message: string): UnreadableReason {
  if (message.includes('file is truncated')) return 'truncated_zip';
  return message.includes('encrypt') ? 'encrypted_zip' : 'damaged_zip';
}
