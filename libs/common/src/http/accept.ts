/**
 * How much a client wants `type`, by its Accept header (RFC 9110, 12.5.1): 0 to 1, the most specific range decides.
 * Without a header anything goes.
 */
export function acceptQuality(accept: string | undefined, type: string): number {
  if (accept === undefined || accept.trim() === '') return 1;
  let best = { specificity: -1, quality: 0 };
  for (const range of accept.toLowerCase().split(',')) {
    const [media = '', ...parameters] = range.split(';').map((part) => part.trim());
    const specificity = specificityOf(media, type);
    if (specificity > best.specificity) best = { specificity, quality: qualityOf(parameters) };
  }
  return best.quality;
}

/** 2 for the type itself, 1 for its family, 0 for anything; -1 when the range does not cover the type. */
function specificityOf(media: string, type: string): number {
  if (media === type) return 2;
  if (media === `${type.split('/')[0]}/*`) return 1;
  return media === '*/*' ? 0 : -1;
}

/** Whether a client names `type` itself and likes it at least as much as plain JSON. */
export function prefersOverJson(accept: string | undefined, type: string): boolean {
  if (accept === undefined || !accept.toLowerCase().includes(type)) return false;
  const quality = acceptQuality(accept, type);
  return quality > 0 && quality >= acceptQuality(accept.replaceAll('*/*', ''), 'application/json');
}

function qualityOf(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => parameter.startsWith('q='));
  if (given === undefined) return 1;
  const quality = Number(given.slice(2));
  return Number.isFinite(quality) ? Math.min(1, Math.max(0, quality)) : 0;
}
