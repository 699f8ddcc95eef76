/** The text with the given stretches replaced by blanks, so that every other index stays what it was. */
export function blankOut(
  text: string,
  parts: ReadonlyArray<{ readonly text: string; readonly index: number }>,
): string {
  return parts.reduce(
    (rest, part) =>
      `${rest.slice(0, part.index)}${' '.repeat(part.text.length)}${rest.slice(part.index + part.text.length)}`,
    text,
  );
}
