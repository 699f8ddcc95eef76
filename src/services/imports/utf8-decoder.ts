import { isUtf8 } from 'node:buffer';
import { UnreadableExport } from './unreadable-export';

const NOTHING = Buffer.alloc(0);

/**
 * Text of UTF-8 bytes that come in pieces cut anywhere. Stricter than a decoder that replaces, and faster than a
 * streaming `TextDecoder`; what stands before invalid bytes is still given.
 */
export class Utf8Decoder {
  private rest: Buffer = NOTHING;
  /** Bytes that have been given as text. */
  private given = 0;
  private fault: UnreadableExport | undefined;

  /** @throws UnreadableExport (`wrong_encoding`) once all text before the first invalid byte has been given */
  decode(piece: Buffer): string {
    this.throwFault();
    const bytes = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    if (this.given === 0 && isUtf16(bytes)) throw new UnreadableExport('wrong_encoding', 0);
    const end = completeLength(bytes);
    const whole = bytes.subarray(0, end);
    const valid = isUtf8(whole) ? whole : whole.subarray(0, validLength(whole));
    this.given += valid.length;
    if (valid.length < whole.length) this.fault = new UnreadableExport('wrong_encoding', this.given);
    if (valid.length === 0) this.throwFault();
    // A copy: the piece may be one large buffer that should not be kept for three bytes.
    this.rest = end === bytes.length ? NOTHING : Buffer.from(bytes.subarray(end));
    return valid.toString('utf8');
  }

  /** @throws UnreadableExport when the bytes end inside a character */
  end(): void {
    this.throwFault();
    if (this.rest.length > 0) throw new UnreadableExport('xml_truncated', this.given);
  }

  private throwFault(): void {
    if (this.fault !== undefined) throw this.fault;
  }
}

/** UTF-16 has a byte order mark, or a zero byte in its first character, which is `<`. */
function isUtf16(bytes: Buffer): boolean {
  if (bytes.length < 2) return false;
  const mark = bytes.readUInt16BE(0);
  return mark === 0xfeff || mark === 0xfffe || bytes[0] === 0 || bytes[1] === 0;
}

/** Length without a character that is cut at the end. */
function completeLength(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return lengthOf(byte) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function lengthOf(lead: number): number {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}

/** How many bytes at the beginning are valid; `bytes` as a whole are not. */
function validLength(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isUtf8(bytes.subarray(0, completeLength(bytes.subarray(0, middle))))) good = middle;
    else bad = middle;
  }
  return completeLength(bytes.subarray(0, good));
}
