import { EventLogger, LoadShedder, NotFoundError, type Policy, PolicyRegistry, type PolicySnapshot } from '@app/common';
import { Injectable } from '@nestjs/common';
import type { ResilienceAnswer } from './admin.answers';

/** What operators see and do about the policies. The log line of each act tells who did it. */
@Injectable()
export class ResilienceRequests {
  constructor(
    private readonly policies: PolicyRegistry,
    private readonly load: LoadShedder,
    private readonly events: EventLogger,
  ) {}

  read(): ResilienceAnswer {
    return { policies: this.policies.all().map((policy) => policy.snapshot()), load: this.load.snapshot() };
  }

  isolate(name: string): PolicySnapshot {
    const policy = this.named(name);
    policy.isolate();
    this.events.warn('policy_isolated', { policy: policy.name });
    return policy.snapshot();
  }

  release(name: string): PolicySnapshot {
    const policy = this.named(name);
    policy.release();
    this.events.info('policy_released', { policy: policy.name });
    return policy.snapshot();
  }

  private named(name: string): Policy {
    const policy = this.policies.find(name);
    if (policy === undefined) {
      throw new NotFoundError('RESILIENCE_POLICY_NOT_FOUND', { details: { policy: name.slice(0, 100) } });
    }
    return policy;
  }
}
