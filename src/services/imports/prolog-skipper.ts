import { UnreadableExport } from './unreadable-export';

/** How far into the file the root element may begin: the DTD of the Health app has 8 kB. */
export const LONGEST_PROLOG = 1024 * 1024;

const ROOT = /<HealthData(?=[\s/>])/;
const ROOT_LENGTH = '<HealthData'.length;
const DECLARED_ENCODING = /^\ufeff?\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"']*)["']/;
const UTF8_NAMES = /^(?:utf-?8|us-ascii|ascii)$/i;

/** Where in `text` the root element of an export begins, or −1. */
export function rootIndex(text: string): number {
  return ROOT.exec(text)?.index ?? -1;
}

/**
 * Passes on an export from its root element. What stands before it (declaration, comments, a DTD that real exports
 * have malformed, entity definitions) is never parsed: entities can't be expanded, a broken DTD can't break the rest.
 */
export class PrologSkipper {
  private head = '';
  private found = false;
  private skipped = 0;

  /** Bytes before the root element, once that has been found. */
  get skippedBytes(): number {
    return this.skipped;
  }

  /**
   * The part of `text` to parse; undefined while the root element has not been found.
   * @throws UnreadableExport (`wrong_encoding`, `no_health_data`)
   */
  write(text: string): string | undefined {
    if (this.found) return text;
    const from = Math.max(0, this.head.length - ROOT_LENGTH);
    this.head += text;
    const index = rootIndex(this.head.slice(from));
    if (index < 0) {
      if (this.head.length > LONGEST_PROLOG) throw this.missing();
      return undefined;
    }
    this.checkEncoding();
    const prolog = this.head.slice(0, from + index);
    const rest = this.head.slice(from + index);
    this.found = true;
    this.head = '';
    this.skipped = Buffer.byteLength(prolog);
    return rest;
  }

  /** @throws UnreadableExport when there was no root element */
  end(): void {
    if (!this.found) throw this.missing();
  }

  private missing(): UnreadableExport {
    this.checkEncoding();
    const cut = /<!DOCTYPE\s+HealthData\b/.test(this.head) && this.head.length <= LONGEST_PROLOG;
    return new UnreadableExport(
      cut ? 'xml_truncated' : 'no_health_data',
      cut ? Buffer.byteLength(this.head) : undefined,
    );
  }

  private checkEncoding(): void {
    const declared = DECLARED_ENCODING.exec(this.head)?.[1];
    if (declared !== undefined && !UTF8_NAMES.test(declared)) throw new UnreadableExport('wrong_encoding', 0);
  }
}
