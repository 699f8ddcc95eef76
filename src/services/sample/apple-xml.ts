import { DAY, type Instant } from './sample-calendar';

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Text as it may stand inside a double-quoted attribute. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

/** ` name="value"` for each entry, in order; what is undefined is left out. */
export function attributes(values: Record<string, string | number | undefined>): string {
  let text = '';
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) text += ` ${name}="${escapeXml(String(value))}"`;
  }
  return text;
}

/** One `MetadataEntry` child on a line of its own, `depth` blanks in. */
export function metadataEntry(key: string, value: string, depth = 2): string {
  return `${' '.repeat(depth)}<MetadataEntry${attributes({ key, value })}/>\n`;
}

/** At most `decimals` decimals, without trailing zeros: `2.41417`, `60`. */
export function rounded(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}

const TWO_DIGITS = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));
const MINUTES_OF_DAY = Array.from(
  { length: 1440 },
  (_, n) => `${TWO_DIGITS[Math.floor(n / 60)]}:${TWO_DIGITS[n % 60]}:`,
);

/**
 * Writes instants as Apple does, `2021-11-30 08:00:00 +0200`: wall time by one fixed offset, that of the
 * phone when exporting, even for records from the other side of a clock change. The day is formatted once
 * and kept, since neighbouring records nearly always share it.
 */
export class AppleClock {
  /** Per second of the minute, with the offset behind it. */
  private readonly endings: readonly string[];
  private cachedDay = Number.NaN;
  private cachedText = '';

  constructor(private readonly offset: number) {
    const minutes = Math.abs(offset) / 60;
    const suffix = ` ${offset < 0 ? '-' : '+'}${twoDigits(Math.floor(minutes / 60))}${twoDigits(minutes % 60)}`;
    this.endings = TWO_DIGITS.map((second) => second + suffix);
  }

  format(instant: Instant): string {
    const wall = instant + this.offset;
    const day = Math.floor(wall / DAY);
    if (day !== this.cachedDay) {
      this.cachedDay = day;
      this.cachedText = `${new Date(day * DAY * 1000).toISOString().slice(0, 10)} `;
    }
    const second = wall - day * DAY;
    return `${this.cachedText}${MINUTES_OF_DAY[Math.floor(second / 60)]}${this.endings[second % 60]}`;
  }
}

export function twoDigits(value: number): string {
  return TWO_DIGITS[value] ?? String(value);
}
