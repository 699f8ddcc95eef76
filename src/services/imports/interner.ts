const LIMIT = 20_000;

/**
 * Gives one and the same string for equal texts. What it gives owns its characters: a piece cut from a chunk of XML
 * would keep the whole chunk alive. Bounded, so that a file of ever new names costs time, not memory.
 */
export class Interner {
  private readonly known = new Map<string, string>();
  private last = '';

  of(text: string): string {
    // Comparing is cheaper than hashing, and neighbouring records mostly agree.
    if (text === this.last) return this.last;
    this.last = this.lookUp(text);
    return this.last;
  }

  private lookUp(text: string): string {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    if (this.known.size >= LIMIT) this.known.clear();
    const copy = Buffer.from(text, 'utf8').toString('utf8');
    this.known.set(copy, copy);
    return copy;
  }
}
