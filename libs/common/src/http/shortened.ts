const LONGEST = 100;

/** A caller's own text as it may be repeated to them. */
export function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
