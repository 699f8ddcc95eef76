import { OTHER_ROUTES, ROUTES } from '../routes';
import { type FaultOutcome, FaultRun, type FaultWorld } from './fault-run';
import type { FaultRow } from './fault-table';
import { report } from './report';

const ROWS = [...ROUTES, ...OTHER_ROUTES];

/* eslint-disable jest/no-export -- one suite for all dependencies, called by the spec of each */
export interface SuiteWorld extends FaultWorld {
  close(): Promise<void>;
}

/** One test for each cell of a dependency's table, and one for each fault as a whole. */
export function faultSuite<World extends SuiteWorld>(
  start: () => Promise<World>,
  faults: ReadonlyArray<FaultRow<World>>,
): void {
  let world: World;

  beforeAll(async () => {
    world = await start();
  });
  afterAll(() => world.close());

  describe.each(faults)('$name', (fault) => {
    let outcome: FaultOutcome;

    beforeAll(async () => {
      outcome = await new FaultRun(world, fault, ROWS).run();
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
