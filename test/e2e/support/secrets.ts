import { randomBytes } from 'node:crypto';

const SHOWN = 80;
const MARKER_BYTES = 6;
const MARKER = /zq[\da-f]{12}qz/gi;
/** Long enough to hold a marker in base64. */
const ENCODED = /[A-Za-z\d+/_-]{20,}/g;

/** Texts that stand for what must not be told, each of them recognisable wherever it turns up. */
export class Secrets {
  private readonly meanings = new Map<string, string>();
  private readonly others = new Map<string, string>();

  /** A text of letters and digits alone, which no encoding changes. */
  mark(meaning: string): string {
    const marker = `zq${randomBytes(MARKER_BYTES).toString('hex')}qz`;
    this.meanings.set(marker, meaning);
    return marker;
  }

  /** A number that nothing else is. */
  number(meaning: string): number {
    const value = 73_519 + this.others.size + 0.4827;
    this.add(String(value), meaning);
    return value;
  }

  add(text: string, meaning: string): void {
    this.others.set(text, meaning);
  }

  /** What is told in `text`, in any letter case and in base64, with a little of what stands around it. */
  foundIn(text: string): string[] {
    const found = [...text.matchAll(MARKER)].map(({ 0: marker, index }) => [marker, index] as const);
    const encoded = [...text.matchAll(ENCODED)].flatMap(({ 0: token, index }) =>
      markersInBase64(token).map((marker) => [marker, index] as const),
    );
    const others = [...this.others].map(([other, meaning]) => [meaning, text.indexOf(other)] as const);
    const all = [
      ...[...found, ...encoded].map(([marker, index]) => [this.meanings.get(marker.toLowerCase()), index] as const),
      ...others.filter(([, index]) => index >= 0),
    ];
    return all.flatMap(([meaning, index]) =>
      meaning === undefined ? [] : [`${meaning}: …${text.slice(Math.max(0, index - SHOWN), index + SHOWN)}…`],
    );
  }
}

/** Wherever in the encoded text a marker begins. */
function markersInBase64(token: string): string[] {
  return [0, 1, 2, 3].flatMap(
    (offset) => Buffer.from(token.slice(offset), 'base64').toString('latin1').match(MARKER) ?? [],
  );
}
