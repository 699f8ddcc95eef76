import { Injectable } from '@nestjs/common';
import { currentContext, runDetached } from '../context/request-context';
import { EventLogger } from '../logging/event-logger';
import { Policy } from './policy';
import type { PolicyDefinition } from './policy-definition';
import type { CallEnd, PolicyListener, Retry, StateChange } from './policy-listener';

/** All policies of the process: one for each dependency, so that what one caller learns protects the others. */
@Injectable()
export class PolicyRegistry {
  private readonly policies = new Map<string, Policy>();
  private readonly listeners = new Set<PolicyListener>();

  constructor(private readonly events: EventLogger) {}

  /** Makes the policy of a dependency. @throws TypeError when there is one of that name */
  register(definition: PolicyDefinition): Policy {
    const { name } = definition;
    if (this.policies.has(name)) throw new TypeError(`There is a policy named ${name} already`);
    const policy = new Policy(definition, {
      onState: (change) => this.onState(change),
      onRetry: (retry) => this.onRetry(retry),
      onEnd: (end) => this.onEnd(end),
    });
    this.policies.set(name, policy);
    return policy;
  }

  /** @throws RangeError when there is no policy of that name */
  get(name: string): Policy {
    const policy = this.policies.get(name);
    if (policy === undefined) throw new RangeError(`There is no policy named ${name}`);
    return policy;
  }

  find(name: string): Policy | undefined {
    return this.policies.get(name);
  }

  all(): Policy[] {
    return [...this.policies.values()];
  }

  /** Returns a function that takes the subscription back. */
  subscribe(listener: PolicyListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private onState(change: StateChange): void {
    const isTrouble = change.state === 'open' || change.state === 'isolated';
    if (isTrouble) this.events.warn('circuit_changed', change);
    else this.events.info('circuit_changed', change);
    // It happened during somebody's request; what others do about it goes on when that request is given up.
    runDetached(() => this.tell((listener) => listener.onState?.(change)));
  }

  private onRetry(retry: Retry): void {
    this.events.debug('call_retried', retry);
    this.tell((listener) => listener.onRetry?.(retry));
  }

  private onEnd(end: CallEnd): void {
    const record = currentContext()?.record;
    if (record?.isClosed === false) record.noteCall(end);
    this.tell((listener) => listener.onEnd?.(end));
  }

  /** Whoever listens must not change what he listens to. */
  private tell(one: (listener: PolicyListener) => void): void {
    for (const listener of this.listeners) {
      try {
        one(listener);
      } catch (err) {
        this.events.error('policy_listener_failed', { err });
      }
    }
  }
}
