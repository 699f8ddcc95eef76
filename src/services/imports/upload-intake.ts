import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ValidationError } from '@app/common/core';
import { type FileKind, sniff, SNIFF_BYTES } from './file-kind';
import { UnreadableExport } from './unreadable-export';

export interface Intake {
  readonly kind: FileKind;
  readonly bytes: number;
  readonly sha256: string;
}

const WRITE_BUFFER_BYTES = 1024 * 1024;

/**
 * Writes an upload to `path` as it comes, flushed to the disk at the end, and says what it is.
 * @throws UnreadableExport at once when it is nothing that can be imported; ValidationError
 * (`REQUEST_BODY_TOO_LARGE`); errors of the disk and of the upload as they are
 */
export async function takeIn(source: Readable, path: string, maxBytes: number, signal?: AbortSignal): Promise<Intake> {
  const inspection = new Inspection(maxBytes);
  const target = createWriteStream(path, { flags: 'wx', flush: true, highWaterMark: WRITE_BUFFER_BYTES });
  // Given the stream itself, the pipeline would destroy it on failure, and the connection that has to carry the answer.
  const pieces = source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  try {
    await pipeline(pieces, (all: AsyncIterable<Buffer>) => inspection.pass(all), target, { signal });
    return inspection.intake();
  } finally {
    // A sender that is not read to the end never looks at the answer.
    if (!source.destroyed) source.resume();
  }
}

class Inspection {
  private readonly hash = createHash('sha256');
  private bytes = 0;
  private head: Buffer = Buffer.alloc(0);
  private kind: FileKind | undefined;

  constructor(private readonly maxBytes: number) {}

  async *pass(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      this.bytes += piece.length;
      if (this.bytes > this.maxBytes) {
        throw new ValidationError('REQUEST_BODY_TOO_LARGE', { details: { limit_bytes: this.maxBytes } });
      }
      this.hash.update(piece);
      this.look(piece);
      yield piece;
    }
    this.kind ??= this.judge();
  }

  intake(): Intake {
    this.kind ??= this.judge();
    return { kind: this.kind, bytes: this.bytes, sha256: this.hash.digest('hex') };
  }

  private look(piece: Buffer): void {
    if (this.kind !== undefined) return;
    this.head = Buffer.concat([this.head, piece.subarray(0, SNIFF_BYTES)]);
    if (this.head.length >= SNIFF_BYTES) this.kind = this.judge();
  }

  private judge(): FileKind {
    const kind = sniff(this.head);
    if (typeof kind === 'string') return kind;
    throw new UnreadableExport(kind.unreadable);
  }
}
