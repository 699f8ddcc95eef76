/** What may stand between `&` and `;`: names of entities and numbers of characters are no longer. */
const REFERENCE = /&[^\s"'<>&=;]{1,64};/y;
const BEGINNING = /&[^\s"'<>&=;]{0,64}$/;
const LONGEST_BEGINNING = 65;

/** The next `&`, from an index on, that begins no reference; -1 when there is none. */
export function bareAmpersand(text: string, from: number): number {
  for (let at = text.indexOf('&', from); at >= 0; at = text.indexOf('&', at + 1)) {
    REFERENCE.lastIndex = at;
    if (!REFERENCE.test(text)) return at;
  }
  return -1;
}

/** Where a reference begins that the end of the text may have cut; the text's length when there is none. */
export function cutReference(text: string): number {
  const from = Math.max(0, text.length - LONGEST_BEGINNING);
  const at = text.slice(from).search(BEGINNING);
  return at < 0 ? text.length : from + at;
}
