import { normalizeIp } from '@nestjs/throttler';
import { LRUCache } from 'lru-cache';
import { addressTag, limitKey, userTag } from '../redis/keys';
import { LeasedCounter } from './leased-counters';
import { policyItem } from './rate-limit-headers';
import type { NamedPolicy, RateLimitSettings } from './rate-limit-settings';

/** Somebody who is limited: a user, or an address that did not say who is behind it. */
export interface Caller {
  readonly kind: 'user' | 'address';
  /** The hash tag of the caller's keys. */
  readonly tag: string;
  readonly requests: LeasedCounter;
  /** Answers that tell of a mistake of the caller. */
  readonly errors: LeasedCounter;
  /** The item for the `RateLimit-Policy` header. */
  readonly policy: string;
}

const MOST_CALLERS = 50_000;

/** Those who called lately. Bounded; addresses, of which anybody can have many, never push users out. */
export class Callers {
  private readonly users = new LRUCache<string, Caller>({ max: MOST_CALLERS });
  private readonly addresses = new LRUCache<string, Caller>({ max: MOST_CALLERS });
  private readonly user: NamedPolicy;
  private readonly address: NamedPolicy;
  private readonly errors: NamedPolicy;

  constructor(settings: Pick<RateLimitSettings, 'user' | 'address' | 'errors'>) {
    this.user = { name: 'default', ...settings.user };
    this.address = { name: 'address', ...settings.address };
    this.errors = { name: 'errors', ...settings.errors };
  }

  byUser(id: string): Caller {
    let caller = this.users.get(id);
    if (caller === undefined) this.users.set(id, (caller = this.make('user', this.user, userTag(id))));
    return caller;
  }

  /** IPv6 addresses count by their /64: whoever has one has all of them. */
  byAddress(ip: string): Caller {
    const address = normalizeIp(ip);
    let caller = this.addresses.get(address);
    if (caller === undefined) {
      this.addresses.set(address, (caller = this.make('address', this.address, addressTag(address))));
    }
    return caller;
  }

  private make(kind: Caller['kind'], policy: NamedPolicy, tag: string): Caller {
    const errors = new LeasedCounter(limitKey(tag, this.errors.name), this.errors);
    const requests = new LeasedCounter(limitKey(tag, policy.name), policy, errors);
    return { kind, tag, requests, errors, policy: policyItem(policy) };
  }
}
