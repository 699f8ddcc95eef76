import { WellnessError } from '../errors/exceptions';
import type { Policy } from '../resilience/policy';
import type { DependencyProbe } from '../resilience/policy-definition';
import type { ComponentHealth } from './component-health';

/** Asks a dependency, past its policy, which neither holds the question up nor counts it. Never rejects. */
export async function dependencyHealth(policy: Policy, probe: DependencyProbe): Promise<ComponentHealth> {
  const startedAt = performance.now();
  try {
    const details = await probe();
    // What this has just seen, the circuit need not wait for.
    policy.tryNow();
    return { ...details, status: 'healthy', latency_ms: Math.round((performance.now() - startedAt) * 100) / 100 };
  } catch (error) {
    return { status: 'unhealthy', error: error instanceof WellnessError ? error.error_code : policy.errors.failed };
  }
}
