import { Injectable } from '@nestjs/common';
import { AuthenticationError } from '../errors/exceptions';
import { TokenVerifier } from './token-verifier';
import type { User } from './user';

/** Who a request is from, or why that cannot be told. */
export type Identity =
  { readonly user: User; readonly error?: undefined } | { readonly user?: undefined; readonly error: Error };

const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;
const SCHEME_BEARER = /^Bearer(?: |$)/i;

/** Finds out who a request is from. What a route makes of that is up to `AuthGuard`. */
@Injectable()
export class Authenticator {
  constructor(private readonly tokens: TokenVerifier) {}

  /**
   * Never throws or rejects: `error` is what `TokenVerifier.verify` throws, or AUTH_TOKEN_MISSING. At once for tokens
   * that were verified before.
   * @param authorization the header
   */
  identify(authorization: string | undefined): Identity | Promise<Identity> {
    const token = tokenIn(authorization);
    if (typeof token !== 'string') return token;
    const known = this.tokens.recall(token);
    if (known !== undefined) return { user: known };
    return this.tokens.verify(token).then(
      (user) => ({ user }),
      (error: Error) => ({ error }),
    );
  }

  /** The same at the price of a look: nothing is verified, and undefined is who cannot be told without. */
  recall(authorization: string | undefined): Identity | undefined {
    const token = tokenIn(authorization);
    if (typeof token !== 'string') return token;
    const user = this.tokens.recall(token);
    return user === undefined ? undefined : { user };
  }
}

function tokenIn(authorization: string | undefined): string | { readonly error: Error } {
  if (authorization === undefined || !SCHEME_BEARER.test(authorization)) {
    return { error: new AuthenticationError('AUTH_TOKEN_MISSING') };
  }
  return BEARER.exec(authorization)?.[1] ?? { error: new AuthenticationError('AUTH_TOKEN_INVALID') };
}
