import { setTimeout as sleep } from 'node:timers/promises';
import type { LogCapture, LogLine } from '@app/common/testing';
import { ask, type Asked, logProblems } from './ask';
import { CpuShortage } from './cpu-shortage';
import type { Cell, FaultRow, FaultSummary, Fixtures, Outcome, RouteRow } from './fault-table';
import type { WatchedPolicy } from './watched-policy';

/** An application under test and one of its dependencies. */
export interface FaultWorld {
  readonly dependency: string;
  readonly app: { readonly port: number; readonly logs: LogCapture };
  /** How long the circuit of the dependency stays open. */
  readonly openMs: number;
  /** Within which every request, and every chat request, is answered. */
  readonly deadlinesMs: { readonly request: number; readonly chat: number };
  /** Makes the fixtures for the next fault; nothing is wrong at that time. */
  readonly prepare: () => Promise<Fixtures>;
  /** The one that guards the dependency. */
  readonly policy: WatchedPolicy;
  /** Calls the dependency until its circuit opens. */
  readonly openCircuit: () => Promise<void>;
  /** What was sent to it for its calls since the last `resetTraffic`: of Redis commands a call may have several. */
  readonly sent: () => number;
  /** Forgets what was sent, and the calls of the policy. */
  readonly resetTraffic: () => void;
}

export interface FaultOutcome {
  readonly cells: readonly Cell[];
  readonly summary: FaultSummary;
}

/** How late a timer may be, and what it sets off, when every route is called at once and the machine is busy. */
const LATE_MS = 1_000;
/** How long an application may take to be well before a fault is injected. */
const BEGIN_MS = 60_000;
/** How long reports, which are kept for a second, may take to tell of a fault. */
const NOTICE_MS = 3_000;
/** What everything may take longer at most on a machine that has no processor to spare. */
const PATIENCE_MS = 20_000;
/** On top of the open time. */
const RECOVERY_MS = 2_000;
const POLL_MS = 50;
/** What was given up on may still be on its way to the dependency. */
const UNDERWAY_MS = 100;
const SURPRISES = ['promise_rejection_unhandled', 'exception_uncaught', 'import_recovery_failed'];

/** Injects a fault once, calls every route, heals it once, and sees that everything is as it was. */
export class FaultRun<World extends FaultWorld> {
  private readonly asked = new Map<RouteRow, Asked[]>();
  private readonly recovered = new Map<RouteRow, number | null>();
  private readonly faultProblems: string[] = [];
  private callsWhileOpen: number | null = null;
  private readonly logged = new Map<string, LogLine[]>();
  private readonly shortage = new CpuShortage([process.pid]);

  constructor(
    private readonly world: World,
    private readonly fault: FaultRow<World>,
    private readonly routes: readonly RouteRow[],
  ) {}

  async run(): Promise<FaultOutcome> {
    const { world, fault } = this;
    await this.beginWell(await world.prepare());
    // Routes that delete have had theirs by now.
    const fixtures = await world.prepare();
    world.app.logs.clear();
    try {
      await fault.inject(world);
      world.policy.close();
      await Promise.all(this.routes.map((row) => this.askUntilNoticed(row, fixtures)));
      await this.askWhileOpen(fixtures);
    } finally {
      await fault.heal(world);
    }
    const healedAt = Date.now();
    await Promise.all(this.routes.map((row) => this.askUntilRecovered(row, fixtures, healedAt)));
    this.shortage.stop();
    this.readLog();
    return { cells: this.routes.map((row) => this.cell(row)), summary: this.summary() };
  }

  /** Calls every route until all is as usual; by then every read is known. */
  private async beginWell(fixtures: Fixtures): Promise<void> {
    const until = Date.now() + BEGIN_MS;
    for (;;) {
      const all = await Promise.all(this.routes.map((row) => ask(this.world.app.port, row, fixtures)));
      const unwell = all.filter(({ row, outcome }) => !(row.healthy ?? ['200']).includes(outcome));
      if (unwell.length === 0) return;
      if (Date.now() > until) throw new Error(unwell.map(({ row, outcome }) => `${row.route}: ${outcome}`).join('; '));
      await sleep(POLL_MS);
    }
  }

  /** Reports tell of a fault within a moment; every other route is asked once. */
  private async askUntilNoticed(row: RouteRow, fixtures: Fixtures): Promise<void> {
    const isReport = row.role === 'report' || row.role === 'readiness';
    const until = isReport ? Date.now() + NOTICE_MS : 0;
    let last = await ask(this.world.app.port, row, fixtures);
    while (Date.now() < until && !this.allowed(row).includes(last.outcome)) {
      await sleep(POLL_MS);
      last = await ask(this.world.app.port, row, fixtures);
    }
    this.note(last);
  }

  /** The same routes again, now that calls are turned away before they reach the dependency. */
  private async askWhileOpen(fixtures: Fixtures): Promise<void> {
    const { world, fault } = this;
    if (fault.opensCircuit) await this.untilNothingIsUnderway();
    const before = this.changes().length;
    world.resetTraffic();
    for (const asked of await Promise.all(this.routes.map((row) => ask(world.app.port, row, fixtures))))
      this.note(asked);
    if (fault.opensCircuit) this.checkTrials(this.changes().slice(before));
    else if (world.policy.isOpen) this.faultProblems.push('the circuit is open');
  }

  private async untilNothingIsUnderway(): Promise<void> {
    const { world } = this;
    do {
      await world.openCircuit();
      await sleep(UNDERWAY_MS);
    } while (!world.policy.isOpen || world.policy.isBusy);
  }

  /** One trial is one call, and nothing else reaches the dependency as long as no trial has succeeded. */
  private checkTrials(states: readonly string[]): void {
    const { world } = this;
    this.callsWhileOpen = world.sent();
    if (states.includes('closed')) return;
    const trials = states.filter((state) => state === 'half_open').length;
    const calls = world.policy.calls;
    if (calls > trials) this.faultProblems.push(`${calls} calls with the circuit open, and ${trials} trials`);
    if (calls === 0 && world.sent() > 0) this.faultProblems.push(`${world.sent()} commands of no call`);
  }

  private async askUntilRecovered(row: RouteRow, fixtures: Fixtures, healedAt: number): Promise<void> {
    const usual = this.usual(row);
    const until = healedAt + this.world.openMs + RECOVERY_MS + LATE_MS;
    // A machine without a processor to spare may take longer.
    const patience = until + PATIENCE_MS;
    let last: Asked;
    do {
      last = await ask(this.world.app.port, row, fixtures);
      if (usual.includes(last.outcome)) {
        this.recovered.set(row, Date.now() - healedAt);
        return;
      }
      await sleep(POLL_MS);
    } while (Date.now() < until || (Date.now() < patience && this.shortage.touches(healedAt, Date.now())));
    this.recovered.set(row, null);
    this.note({ ...last, problems: [...last.problems, `still "${last.outcome}" after ${Date.now() - healedAt} ms`] });
  }

  private note(asked: Asked): void {
    this.asked.set(asked.row, [...(this.asked.get(asked.row) ?? []), asked]);
  }

  private cell(row: RouteRow): Cell {
    const all = this.asked.get(row) ?? [];
    const allowed = [
      ...this.allowed(row),
      ...(this.recovered.get(row) === null ? all.slice(-1) : []).map((a) => a.outcome),
    ];
    const problems = all.flatMap((asked) => [
      ...asked.problems,
      ...logProblems(asked, this.logged.get(asked.correlationId) ?? []),
      ...(this.couldRun(asked) ? this.misfits(asked, allowed) : []),
    ]);
    return {
      dependency: this.world.dependency,
      fault: this.fault.name,
      route: row.route,
      outcomes: [...new Set(all.map(({ outcome }) => outcome))],
      slowestMs: Math.max(...all.map(({ ms }) => ms)),
      recoveredMs: this.recovered.get(row) ?? null,
      problems: [...new Set(problems)],
    };
  }

  private summary(): FaultSummary {
    const { name: fault, description } = this.fault;
    const { dependency } = this.world;
    return { dependency, fault, description, callsWhileOpen: this.callsWhileOpen, problems: this.faultProblems };
  }

  /** The log tells when the circuit opened and closed; nothing that happened was a surprise. */
  private readLog(): void {
    const { lines } = this.world.app.logs;
    for (const line of lines) {
      if (line.correlation_id === undefined) continue;
      this.logged.set(line.correlation_id, [...(this.logged.get(line.correlation_id) ?? []), line]);
    }
    const states = this.changes();
    if (this.fault.opensCircuit !== states.includes('open'))
      this.faultProblems.push(`the circuit: ${states.join(', ')}`);
    if (this.fault.opensCircuit && states.at(-1) !== 'closed') this.faultProblems.push('the circuit did not close');
    for (const { event } of lines) {
      if (SURPRISES.includes(event) && this.fault.logs?.includes(event) !== true) {
        this.faultProblems.push(`${event} was logged`);
      }
    }
  }

  /** States of the circuit since the fault was injected. */
  private changes(): string[] {
    const lines = this.world.app.logs.named('circuit_changed');
    return lines.filter(({ policy }) => policy === this.world.dependency).map(({ state }) => String(state));
  }

  private misfits({ row, outcome, ms }: Asked, allowed: readonly Outcome[]): string[] {
    return [
      ...(allowed.includes(outcome) ? [] : [`"${outcome}" is none of "${this.allowed(row).join('", "')}"`]),
      ...(ms > this.deadline(row) + LATE_MS ? [`it took ${ms} ms`] : []),
    ];
  }

  /** Without a processor to run on, whatever has a time limit fails: that says nothing about the fault. */
  private couldRun({ sentAt, ms }: Asked): boolean {
    return !this.shortage.touches(sentAt, sentAt + ms);
  }

  /** A route that needs nothing does not wait for anything. */
  private deadline({ role }: RouteRow): number {
    const { request, chat } = this.world.deadlinesMs;
    if (role === 'local') return 0;
    return role === 'chat' || role === 'chat_session' ? chat : request;
  }

  private allowed(row: RouteRow): readonly Outcome[] {
    return this.fault.expected[row.role] ?? row.healthy ?? ['200'];
  }

  private usual(row: RouteRow): readonly Outcome[] {
    const healthy = row.healthy ?? ['200'];
    // Other calls, which come at the same time, may have written again by then.
    return this.fault.losesData === true ? [...healthy, ...(row.empty ?? [])] : healthy;
  }
}
