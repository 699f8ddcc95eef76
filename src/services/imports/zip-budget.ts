import { UnreadableExport } from './unreadable-export';

export interface ImportLimits {
  /** Bytes of an upload, and of all that is unpacked of it. */
  readonly maxBytes: number;
  /** Unpacked to packed bytes, for each entry and in all. */
  readonly maxRatio: number;
  readonly maxEntries: number;
}

// Below this much a bomb does no harm, and small entries of repetitive text reach high ratios honestly.
const HARMLESS_BYTES = 8 * 1024 * 1024;

/** Counts what is unpacked of a zip and stops it when it grows beyond measure. */
export class ZipBudget {
  private total = 0;

  constructor(
    private readonly limits: ImportLimits,
    private readonly fileBytes: number,
  ) {}

  /** @throws UnreadableExport when the zip says it has more entries than allowed */
  checkEntries(count: number): void {
    if (count > this.limits.maxEntries) throw new UnreadableExport('too_many_entries');
  }

  /** @throws UnreadableExport when an entry says of itself that it would be more than allowed */
  checkEntry(unpackedBytes: number, packedBytes: number): void {
    if (unpackedBytes > this.limits.maxBytes) throw new UnreadableExport('too_large_unzipped');
    if (this.exceeds(unpackedBytes, packedBytes)) throw new UnreadableExport('suspicious_compression');
  }

  /**
   * @param bytes newly unpacked
   * @param entryBytes unpacked of this entry so far
   * @throws UnreadableExport when this is more than allowed
   */
  count(bytes: number, entryBytes: number, entryPackedBytes: number): void {
    this.total += bytes;
    if (this.total > this.limits.maxBytes) throw new UnreadableExport('too_large_unzipped');
    if (this.exceeds(entryBytes, entryPackedBytes) || this.exceeds(this.total, this.fileBytes)) {
      throw new UnreadableExport('suspicious_compression');
    }
  }

  private exceeds(unpacked: number, packed: number): boolean {
    return unpacked > HARMLESS_BYTES && unpacked > packed * this.limits.maxRatio;
  }
}
