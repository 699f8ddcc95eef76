import { Injectable, Optional } from '@nestjs/common';
import type { BreakerState } from '../resilience/circuit-breaker';
import type { PolicySnapshot } from '../resilience/policy-call';
import { PolicyRegistry } from '../resilience/policy-registry';
import type { HistogramOf, HistogramSeries } from './instruments';
import { METRICS } from './metric-catalogue';
import { Metrics } from './metrics';

const SECOND_MS = 1_000;
const OUTCOMES = METRICS.policyDuration.labels.outcome;

type Outcome = (typeof OUTCOMES)[number];
type Durations = Readonly<Record<Outcome, HistogramSeries>>;
type Changes = Record<BreakerState, number>;

const NO_CHANGES: Readonly<Changes> = { closed: 0, open: 0, half_open: 0, isolated: 0 };

/** What each policy counts is shown as it is; durations and changes of state, which it forgets, are kept here. */
@Injectable()
export class PolicyMetrics {
  private readonly durations = new Map<string, Durations>();
  private readonly changes = new Map<string, Changes>();
  private readonly histogram: HistogramOf<typeof METRICS.policyDuration>;

  constructor(
    private readonly metrics: Metrics,
    @Optional() private readonly policies?: PolicyRegistry,
  ) {
    this.histogram = metrics.histogram(METRICS.policyDuration);
    policies?.subscribe({
      onEnd: ({ policy, outcome, durationMs }) => this.durationsOf(policy)[outcome].observe(durationMs / SECOND_MS),
      onState: ({ policy, state }) => (this.changesOf(policy)[state] += 1),
    });
    this.readOutcomes();
    this.readStates();
    this.readCounts();
  }

  private readOutcomes(): void {
    this.metrics.read(METRICS.policyCalls, () =>
      this.byLabel('outcome', ({ counts }) => ({
        success: counts.successes,
        error: counts.errors,
        rejected: counts.rejected_by_circuit + counts.rejected_by_bulkhead,
        cancelled: counts.cancelled,
      })),
    );
    this.metrics.read(METRICS.policyRejections, () =>
      this.byLabel('reason', ({ counts }) => ({
        circuit_open: counts.rejected_by_circuit,
        bulkhead_full: counts.rejected_by_bulkhead,
        deadline: counts.past_deadline,
        retry_budget: counts.retries_denied,
      })),
    );
  }

  private readStates(): void {
    this.metrics.read(METRICS.policyState, () =>
      this.byLabel('state', (policy) => ({ ...NO_CHANGES, [policy.state]: 1 })),
    );
    this.metrics.read(METRICS.policyStateChanges, () => this.byLabel('state', ({ name }) => this.changesOf(name)));
  }

  private readCounts(): void {
    const figures = [
      [METRICS.policyFailures, ({ counts }: PolicySnapshot) => counts.failures],
      [METRICS.policyTimeouts, ({ counts }: PolicySnapshot) => counts.timeouts],
      [METRICS.policyRetries, ({ counts }: PolicySnapshot) => counts.retries],
      [METRICS.policyFallbacks, ({ counts }: PolicySnapshot) => counts.fallbacks],
      [METRICS.policyInFlight, ({ in_flight }: PolicySnapshot) => in_flight],
      [METRICS.policyQueued, ({ queued }: PolicySnapshot) => queued],
      [METRICS.policyBudget, ({ retry_budget_left }: PolicySnapshot) => retry_budget_left],
    ] as const;
    for (const [definition, figure] of figures) {
      this.metrics.read(definition, () => this.snapshots().map((each) => [{ policy: each.name }, figure(each)]));
    }
  }

  /** One series for each policy there is by now and each of its figures, which `label` tells apart. */
  private byLabel<L extends string, V extends string>(
    label: L,
    figures: (policy: PolicySnapshot) => Readonly<Record<V, number>>,
  ): Array<readonly [labels: Readonly<Record<L, V>> & { readonly policy: string }, value: number]> {
    return this.snapshots().flatMap((snapshot) =>
      Object.entries<number>(figures(snapshot)).map(([key, value]) => {
        const labels = { [label]: key, policy: snapshot.name } as Readonly<Record<L, V>> & { readonly policy: string };
        return [labels, value] as const;
      }),
    );
  }

  private snapshots(): PolicySnapshot[] {
    return this.policies?.all().map((policy) => policy.snapshot()) ?? [];
  }

  private durationsOf(policy: string): Durations {
    let known = this.durations.get(policy);
    if (known === undefined) {
      const entries = OUTCOMES.map((outcome) => [outcome, this.histogram.with({ policy, outcome })] as const);
      this.durations.set(policy, (known = Object.fromEntries(entries) as unknown as Durations));
    }
    return known;
  }

  private changesOf(policy: string): Changes {
    let known = this.changes.get(policy);
    if (known === undefined) this.changes.set(policy, (known = { ...NO_CHANGES }));
    return known;
  }
}
