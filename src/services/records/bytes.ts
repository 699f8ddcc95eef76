const HIGH = 0x80;
const INT31 = 0x7fff_ffff;
const MAX_SCALE = 12;
const MAX_SCALED = 2 ** 51;
const RAW = 0xff;

/** Appends numbers and strings to a buffer that grows. Integers are LEB128 varints of up to 53 bits. */
export class ByteWriter {
  private buffer: Buffer;
  private length = 0;

  constructor(capacity = 1024) {
    this.buffer = Buffer.allocUnsafe(capacity);
  }

  byte(value: number): void {
    this.reserve(1);
    this.buffer[this.length++] = value;
  }

  /** A non-negative safe integer. */
  varint(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest > INT31) {
      this.buffer[this.length++] = (rest % HIGH) | HIGH;
      rest = Math.floor(rest / HIGH);
    }
    while (rest >= HIGH) {
      this.buffer[this.length++] = (rest & 0x7f) | HIGH;
      rest >>>= 7;
    }
    this.buffer[this.length++] = rest;
  }

  /** An integer below 2^52 in size; small ones of either sign take one byte. */
  zigzag(value: number): void {
    this.varint(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  double(value: number): void {
    this.reserve(8);
    this.length = this.buffer.writeDoubleLE(value, this.length);
  }

  string(text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    this.varint(bytes.length);
    this.bytes(bytes);
  }

  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  /**
   * A column of doubles, exact to the last bit: as deltas of scaled integers where all are decimals of a few digits,
   * else as they are.
   */
  numbers(values: Float64Array): void {
    const scale = decimalScale(values);
    this.byte(scale ?? RAW);
    if (scale === undefined) {
      for (const value of values) this.double(value);
      return;
    }
    const factor = 10 ** scale;
    let previous = 0;
    for (const value of values) {
      const scaled = Math.round(value * factor);
      this.zigzag(scaled - previous);
      previous = scaled;
    }
  }

  finish(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  private reserve(size: number): void {
    if (this.length + size <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + size));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}

/** Reads what `ByteWriter` wrote. @throws RangeError past the end */
export class ByteReader {
  private offset = 0;

  constructor(private readonly buffer: Buffer) {}

  byte(): number {
    return this.buffer.readUInt8(this.offset++);
  }

  varint(): number {
    let byte = this.byte();
    if (byte < HIGH) return byte;
    let value = byte & 0x7f;
    let factor = HIGH;
    do {
      byte = this.byte();
      value += (byte & 0x7f) * factor;
      factor *= HIGH;
    } while (byte >= HIGH);
    return value;
  }

  zigzag(): number {
    const coded = this.varint();
    return coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2;
  }

  double(): number {
    const value = this.buffer.readDoubleLE(this.offset);
    this.offset += 8;
    return value;
  }

  string(): string {
    const length = this.varint();
    return this.bytes(length).toString('utf8');
  }

  bytes(length: number): Buffer {
    const end = this.offset + length;
    if (end > this.buffer.length) throw new RangeError('The data ends too early');
    const bytes = this.buffer.subarray(this.offset, end);
    this.offset = end;
    return bytes;
  }

  numbers(count: number): Float64Array {
    const values = new Float64Array(count);
    const scale = this.byte();
    if (scale === RAW) {
      for (let i = 0; i < count; i++) values[i] = this.double();
      return values;
    }
    const factor = 10 ** scale;
    let scaled = 0;
    for (let i = 0; i < count; i++) {
      scaled += this.zigzag();
      values[i] = scaled / factor;
    }
    return values;
  }

  rest(): Buffer {
    return this.buffer.subarray(this.offset);
  }
}

/** The fewest decimal places that write every value exactly, if there is such a number. */
function decimalScale(values: Float64Array): number | undefined {
  let scale = 0;
  let factor = 1;
  for (const value of values) {
    while (!isExact(value, factor)) {
      if (++scale > MAX_SCALE) return undefined;
      factor = 10 ** scale;
    }
  }
  // A value that was exact with fewer places may be too large with more.
  return values.every((value) => isExact(value, factor)) ? scale : undefined;
}

function isExact(value: number, factor: number): boolean {
  const scaled = Math.round(value * factor);
  return Math.abs(scaled) < MAX_SCALED && Object.is(scaled / factor, value);
}
