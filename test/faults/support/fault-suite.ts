import { eventually } from '@app/common/testing';
import { OTHER_ROUTES, ROUTES } from '../routes';
import { type FaultOutcome, FaultRun, type FaultWorld } from './fault-run';
import type { FaultRow } from './fault-table';
import { report } from './report';

const ROWS = [...ROUTES, ...OTHER_ROUTES];
const LANE_LIMIT_MS = 60_000;

/* eslint-disable jest/no-export -- one suite for all dependencies, called by the spec of each */
export interface SuiteWorld extends FaultWorld {
  close(): Promise<void>;
}

/** Faults are for the most part waited for: so many of them at the same time, each in a world of its own. */
const LANES = 2;

/** Runs faults ahead of the tests that read their outcomes. */
class FaultLanes<World extends SuiteWorld> {
  private readonly outcomes = new Map<FaultRow<World>, Promise<FaultOutcome>>();
  private readonly free: World[];

  constructor(
    private readonly worlds: readonly World[],
    private readonly faults: ReadonlyArray<FaultRow<World>>,
  ) {
    this.free = [...worlds];
  }

  async outcomeOf(fault: FaultRow<World>): Promise<FaultOutcome> {
    const at = this.faults.indexOf(fault);
    for (const each of this.faults.slice(at, at + this.worlds.length)) this.begin(each);
    return this.outcomes.get(fault) as Promise<FaultOutcome>;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.outcomes.values());
    await Promise.all(this.worlds.map((world) => world.close()));
  }

  private begin(fault: FaultRow<World>): void {
    if (this.outcomes.has(fault)) return;
    const outcome = this.run(fault);
    this.outcomes.set(fault, outcome);
    // The test of this fault will hear of it.
    outcome.catch(() => undefined);
  }

  private async run(fault: FaultRow<World>): Promise<FaultOutcome> {
    await eventually(() => this.free.length > 0, LANE_LIMIT_MS);
    const world = this.free.shift() as World;
    try {
      return await new FaultRun(world, fault, ROWS).run();
    } finally {
      this.free.push(world);
    }
  }
}

/** One test for each cell of a dependency's table, and one for each fault as a whole. */
export function faultSuite<World extends SuiteWorld>(
  start: () => Promise<World>,
  faults: ReadonlyArray<FaultRow<World>>,
): void {
  let lanes: FaultLanes<World>;

  beforeAll(async () => {
    const worlds: World[] = [];
    const lane = async (): Promise<number> => worlds.push(await start());
    await Promise.all(Array.from({ length: LANES }, lane));
    lanes = new FaultLanes(worlds, faults);
  });
  afterAll(() => lanes.close());

  describe.each(faults)('$name', (fault) => {
    let outcome: FaultOutcome;

    beforeAll(async () => {
      outcome = await lanes.outcomeOf(fault);
      report(outcome);
    });

    it.each(ROWS)('$route', ({ route }) => {
      expect(outcome.cells.find((cell) => cell.route === route)?.problems).toEqual([]);
    });

    it('as a whole', () => {
      expect(outcome.summary.problems).toEqual([]);
    });
  });
}
