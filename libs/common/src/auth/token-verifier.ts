import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
} from 'jose';
import { LRUCache } from 'lru-cache';
import { AuthenticationError, InfrastructureError, WellnessError } from '../errors/exceptions';
import type { User } from './user';

export interface AuthSettings {
  /** HS256 secret, at least 32 characters. */
  readonly secret?: string;
  /** Where the public keys of an issuer are; tokens in an asymmetric algorithm are checked against them. */
  readonly jwksUrl?: string;
  readonly issuer?: string;
  readonly audience?: string;
}

export const AUTH_SETTINGS = Symbol('AUTH_SETTINGS');

const CLOCK_TOLERANCE_SECONDS = 5;
const CACHED_TOKENS = 10_000;
const MAX_SUBJECT = 255;
const MAX_SCOPES = 64;
const JWKS_TIMEOUT_MS = 2_000;
const JWKS_COOLDOWN_MS = 10_000;
const SYMMETRIC = ['HS256'];
const ASYMMETRIC = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const CONTROL = /\p{Cc}/u;

/** The issuer's keys. Whatever goes wrong on the way to them is not the token's fault, unless it names no key of theirs. */
function remoteKeys(url: string): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(url), {
    timeoutDuration: JWKS_TIMEOUT_MS,
    cooldownDuration: JWKS_COOLDOWN_MS,
  });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      throw new InfrastructureError('AUTH_PROVIDER_UNAVAILABLE', { cause: error });
    }
  };
}

/** Verifies bearer tokens, each once: a verified token is remembered until it expires. */
@Injectable()
export class TokenVerifier {
  private readonly verified = new LRUCache<string, User>({ max: CACHED_TOKENS, ttlAutopurge: false });
  private readonly secret?: Uint8Array;
  private readonly keys?: JWTVerifyGetKey;

  constructor(@Inject(AUTH_SETTINGS) private readonly settings: AuthSettings) {
    if (settings.secret !== undefined) this.secret = new TextEncoder().encode(settings.secret);
    if (settings.jwksUrl !== undefined) {
      this.keys = remoteKeys(settings.jwksUrl);
    }
  }

  /** The user of a token that was verified before and has not expired. */
  recall(token: string): User | undefined {
    return this.verified.get(fingerprint(token));
  }

  /**
   * @throws AuthenticationError (AUTH_TOKEN_INVALID, AUTH_TOKEN_EXPIRED)
   * @throws InfrastructureError (AUTH_PROVIDER_UNAVAILABLE) when the issuer's keys cannot be had
   */
  async verify(token: string): Promise<User> {
    const known = this.recall(token);
    if (known !== undefined) return known;
    const claims = await this.claimsOf(token);
    const user = userOf(claims);
    const ttl = ((claims.exp ?? 0) + CLOCK_TOLERANCE_SECONDS) * 1_000 - Date.now();
    if (ttl > 0) this.verified.set(fingerprint(token), user, { ttl });
    return user;
  }

  private async claimsOf(token: string): Promise<JWTPayload> {
    try {
      return await this.checked(token);
    } catch (error) {
      throw translate(error);
    }
  }

  /** The key follows from the algorithm, never the other way round: a public key is no HS256 secret. */
  private async checked(token: string): Promise<JWTPayload> {
    const { alg = '' } = decodeProtectedHeader(token);
    if (this.secret !== undefined && SYMMETRIC.includes(alg)) {
      return (await jwtVerify(token, this.secret, this.options(SYMMETRIC))).payload;
    }
    if (this.keys !== undefined && ASYMMETRIC.includes(alg)) {
      return (await jwtVerify(token, this.keys, this.options(ASYMMETRIC))).payload;
    }
    throw new errors.JOSEAlgNotAllowed('The algorithm is not one this service accepts');
  }

  private options(algorithms: string[]): JWTVerifyOptions {
    const { issuer, audience } = this.settings;
    return {
      algorithms,
      issuer,
      audience,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['sub', 'exp'],
    };
  }
}

/** The cache never holds a token itself: a heap dump should not be a key ring. */
function fingerprint(token: string): string {
  return hash('sha256', token, 'base64');
}

function userOf({ sub, scope }: JWTPayload): User {
  const isUsable = typeof sub === 'string' && sub.trim() !== '' && sub.length <= MAX_SUBJECT && !CONTROL.test(sub);
  if (!isUsable || (scope !== undefined && typeof scope !== 'string'))
    throw new AuthenticationError('AUTH_TOKEN_INVALID');
  const scopes = (scope ?? '')
    .split(' ')
    .filter((each) => each !== '')
    .slice(0, MAX_SCOPES);
  return Object.freeze({ id: sub, scopes: Object.freeze(scopes) });
}

function translate(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) {
    const { exp } = error.payload;
    const details = exp === undefined ? {} : { expired_at: new Date(exp * 1_000).toISOString() };
    return new AuthenticationError('AUTH_TOKEN_EXPIRED', { details, cause: error });
  }
  if (error instanceof WellnessError) return error;
  return new AuthenticationError('AUTH_TOKEN_INVALID', { cause: error });
}
