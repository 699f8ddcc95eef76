import { SignJWT } from 'jose';

export interface TokenRequest {
  /** User id: the `sub` claim. */
  readonly sub: string;
  /** Scopes, separated by spaces. */
  readonly scope: string;
  readonly seconds: number;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

/** An HS256 token as the API takes them: for development and tools. Production tokens come from an identity provider. */
export function signToken(secret: string, request: TokenRequest): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const token = new SignJWT({ scope: request.scope })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(request.sub)
    .setIssuedAt(now)
    .setExpirationTime(now + request.seconds);
  if (request.issuer !== undefined) token.setIssuer(request.issuer);
  if (request.audience !== undefined) token.setAudience(request.audience);
  return token.sign(Buffer.from(secret, 'utf8'));
}
