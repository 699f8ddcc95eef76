import type { Attributes } from './export-parser';

/** Where a scan ended: `more` text is needed to go on, or something came that is not a plain record. */
export interface ScanEnd {
  readonly position: number;
  readonly needs: 'more' | 'other';
}

/** Takes a record's attributes, and those of the `MetadataEntry` elements in it. */
export type PlainRecordSink = (record: Attributes, metadata: readonly Attributes[]) => void;

const RECORD = '<Record ';
const METADATA = '<MetadataEntry ';
const CLOSING = '</Record>';
const SLASH = 47;
const SPACE = 32;
/** Positions are never negative. */
const NEEDS_MORE = -1;
const IS_OTHER = -2;
/** What plain tags do not hold: markup, and characters that XML forbids or whose meaning depends on more context. */
const UNUSUAL = /[^\u0020-\u003b\u003d-\ud7ff\ue000-\ufffd]/;
const ENTITY = /&(?:(lt|gt|amp|quot|apos);)?/g;
const CHARACTERS: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const NO_METADATA: readonly Attributes[] = [];

/**
 * Reads what nearly all of an export consists of, records as Apple writes them, with no children but metadata, much
 * faster than an XML parser can. It takes only what such a parser would certainly take in the same way; all else is
 * left to one.
 */
export class RecordScanner {
  private readonly texts = new DecodedTexts();

  constructor(private readonly take: PlainRecordSink) {}

  /** Reads records and the blanks between them, from `from` on, as far as that goes. */
  scan(text: string, from: number): ScanEnd {
    let position = skipBlanks(text, from);
    for (;;) {
      const next = this.record(text, position);
      if (next < 0) return { position, needs: next === NEEDS_MORE ? 'more' : 'other' };
      position = skipBlanks(text, next);
    }
  }

  /** The position after the record at `position`. Only a record that is complete and plain is taken. */
  private record(text: string, position: number): number {
    if (!text.startsWith(RECORD, position)) return missing(text, position, RECORD);
    const end = text.indexOf('>', position);
    if (end < 0) return NEEDS_MORE;
    const isEmpty = text.charCodeAt(end - 1) === SLASH;
    const record = this.attributes(text.slice(position + RECORD.length, isEmpty ? end - 1 : end));
    if (record === undefined) return IS_OTHER;
    if (isEmpty) {
      this.take(record, NO_METADATA);
      return end + 1;
    }
    return this.content(text, end + 1, record);
  }

  private content(text: string, from: number, record: Attributes): number {
    const metadata: Attributes[] = [];
    let position = skipBlanks(text, from);
    while (text.startsWith(METADATA, position)) {
      const end = text.indexOf('>', position);
      if (end < 0) return NEEDS_MORE;
      const isEmpty = text.charCodeAt(end - 1) === SLASH;
      const entry = isEmpty ? this.attributes(text.slice(position + METADATA.length, end - 1)) : undefined;
      if (entry === undefined) return IS_OTHER;
      metadata.push(entry);
      position = skipBlanks(text, end + 1);
    }
    if (!text.startsWith(CLOSING, position)) {
      return missing(text, position, METADATA) === NEEDS_MORE ? NEEDS_MORE : missing(text, position, CLOSING);
    }
    this.take(record, metadata);
    return position + CLOSING.length;
  }

  /** `name="value"` pairs, one blank between them; undefined when there is anything else. */
  private attributes(tag: string): Attributes | undefined {
    if (UNUSUAL.test(tag)) return undefined;
    const attributes = emptyAttributes();
    let at = 0;
    while (at < tag.length) {
      const equals = tag.indexOf('="', at);
      const close = equals < 0 ? -1 : tag.indexOf('"', equals + 2);
      if (close < 0) return undefined;
      const value = this.texts.of(tag.slice(equals + 2, close));
      if (value === undefined || !set(attributes, tag.slice(at, equals), value)) return undefined;
      at = close + 1;
      if (at < tag.length && tag.charCodeAt(at++) !== SPACE) return undefined;
    }
    return attributes;
  }
}

/** Why `expected` is not at `position`: the text ends before it is complete, or something else stands there. */
function missing(text: string, position: number, expected: string): number {
  const rest = text.length - position;
  return rest < expected.length && expected.startsWith(text.slice(position)) ? NEEDS_MORE : IS_OTHER;
}

/** The attributes that plain records and their metadata have. */
interface PlainAttributes extends Record<string, string | undefined> {
  type: string | undefined;
  sourceName: string | undefined;
  sourceVersion: string | undefined;
  device: string | undefined;
  unit: string | undefined;
  creationDate: string | undefined;
  startDate: string | undefined;
  endDate: string | undefined;
  key: string | undefined;
  value: string | undefined;
}

function emptyAttributes(): PlainAttributes {
  return {
    type: undefined,
    sourceName: undefined,
    sourceVersion: undefined,
    device: undefined,
    unit: undefined,
    creationDate: undefined,
    startDate: undefined,
    endDate: undefined,
    key: undefined,
    value: undefined,
  };
}

/** False for a name that is not known, or comes again. */
function set(attributes: PlainAttributes, name: string, value: string): boolean {
  switch (name) {
    case 'type':
    case 'sourceName':
    case 'sourceVersion':
    case 'device':
    case 'unit':
    case 'creationDate':
    case 'startDate':
    case 'endDate':
    case 'key':
    case 'value':
      if (attributes[name] !== undefined) return false;
      attributes[name] = value;
      return true;
    default:
      return false;
  }
}

function skipBlanks(text: string, from: number): number {
  let position = from;
  for (let code = text.charCodeAt(position); isBlank(code); code = text.charCodeAt(position)) position++;
  return position;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === 10 || code === 9 || code === 13;
}

/** Resolves the five entities of XML; neighbouring records mostly have the same texts with entities in them. */
class DecodedTexts {
  private raw = '';
  private decoded: string | undefined = '';

  /** Undefined when there are other entities. */
  of(raw: string): string | undefined {
    if (!raw.includes('&')) return raw;
    if (raw !== this.raw) {
      this.raw = raw;
      this.decoded = decode(raw);
    }
    return this.decoded;
  }
}

function decode(raw: string): string | undefined {
  let known = true;
  const decoded = raw.replace(ENTITY, (_, name: string | undefined) => {
    known &&= name !== undefined;
    return CHARACTERS[name ?? ''] ?? '';
  });
  return known ? decoded : undefined;
}
