import type { FastifyReply } from 'fastify';
import type { NamedPolicy } from './rate-limit-settings';

const POLICY_HEADER = 'ratelimit-policy';
const LIMIT_HEADER = 'ratelimit';

/** Where a caller stands with a policy: what is left, and seconds until the window turns. */
export interface LimitState {
  readonly remaining: number;
  readonly seconds: number;
}

/** `"chat";q=20;w=60`: an item of the list in `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). */
export function policyItem({ name, limit, windowMs }: NamedPolicy): string {
  return `"${name}";q=${limit};w=${Math.ceil(windowMs / 1_000)}`;
}

/** `"chat";r=19;t=60`: an item of the list in `RateLimit`. */
export function limitItem({ name }: NamedPolicy, { remaining, seconds }: LimitState): string {
  return `"${name}";r=${remaining};t=${seconds}`;
}

/** Adds a policy and its state to those the answer tells already; the most particular stands first. */
export function tellLimit(reply: FastifyReply, policy: string, state: string): void {
  void reply.header(POLICY_HEADER, inFront(policy, reply.getHeader(POLICY_HEADER)));
  void reply.header(LIMIT_HEADER, inFront(state, reply.getHeader(LIMIT_HEADER)));
}

function inFront(item: string, others: unknown): string {
  return typeof others === 'string' ? `${item}, ${others}` : item;
}
