import { SignJWT } from 'jose';

/** The secret that test applications verify tokens with. */
export const TEST_SECRET = 'a-secret-for-tests-only-0123456789abcdef';

export interface TokenOptions {
  /** Seconds from now; negative for a token that has expired. */
  readonly expiresIn?: number;
  readonly secret?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** A signed token for `sub`, valid for an hour unless told otherwise. */
export async function tokenFor(
  sub: string,
  scopes: readonly string[] = [],
  options: TokenOptions = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({ scope: scopes.join(' '), ...options.claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setIssuedAt(now)
    .setExpirationTime(now + (options.expiresIn ?? 3_600))
    .sign(new TextEncoder().encode(options.secret ?? TEST_SECRET));
}
