/** A user id as it may stand in logs and details: first two and last two characters; short ids show nothing. */
export function sanitizeUserId(userId: string): string {
  const characters = Array.from(userId);
  if (characters.length < 8) return '***';
  return `${characters.slice(0, 2).join('')}***${characters.slice(-2).join('')}`;
}
