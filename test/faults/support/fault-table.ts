import type { HttpCall } from '../../e2e/support/http';

/**
 * What a route answered, in short: the status and what matters about the answer. `200`, `200 cache`,
 * `503 REDIS_CIRCUIT_OPEN`, `202 waiting_for_redis`, `200 no_memory tool:HEALTH_DATA_UNAVAILABLE`.
 */
export type Outcome = string;

/** What a route needs of the dependencies, and so how it is affected when they are gone. */
export type Role =
  /** Needs nothing. */
  | 'local'
  /** `/health`. */
  | 'report'
  /** `/health/ready`. */
  | 'readiness'
  /** Reads of health data, which are remembered. */
  | 'health_read'
  | 'store_read'
  | 'store_write'
  /** Deletes; a full store does not mind. */
  | 'store_delete'
  | 'erase'
  | 'upload'
  /** What operators say: it holds in this process even when it cannot be shared (`local`). */
  | 'operator'
  | 'chat'
  | 'chat_session';

/** What calls need to know of what is there. */
export interface Fixtures {
  readonly importId: string;
  readonly sessionId: string;
  /** A session to be deleted. */
  readonly spareSessionId: string;
  readonly authorization: string;
  readonly admin: string;
  /** Of a user who is erased again and again. */
  readonly forgettable: string;
}

export interface RouteRow {
  /** As in the API document: `GET /api/v1/me`. */
  readonly route: string;
  readonly role: Role;
  readonly call: (fixtures: Fixtures) => HttpCall;
  /** When nothing is wrong. Default: `200`. */
  readonly healthy?: readonly Outcome[];
  /** When nothing is wrong and nothing is held. Default: as usual. */
  readonly empty?: readonly Outcome[];
}

export interface FaultRow<World> {
  readonly name: string;
  readonly description: string;
  readonly inject: (world: World) => Promise<unknown> | void;
  readonly heal: (world: World) => Promise<unknown> | void;
  /** Allowed outcomes by role; roles that are left out answer as usual. */
  readonly expected: Partial<Readonly<Record<Role, readonly Outcome[]>>>;
  /** Whether it opens the circuit, and so bounds the calls that still reach the dependency. */
  readonly opensCircuit: boolean;
  /** Events that would be a surprise elsewhere. */
  readonly logs?: readonly string[];
  /** Whether the data is gone afterwards. */
  readonly losesData?: boolean;
}

/** The verdict on one route under one fault. */
export interface Cell {
  readonly dependency: string;
  readonly fault: string;
  readonly route: string;
  /** Without repetitions, in the order they were seen. */
  readonly outcomes: readonly Outcome[];
  readonly slowestMs: number;
  /** From healing on. */
  readonly recoveredMs: number | null;
  /** Empty when all is as it should be. */
  readonly problems: readonly string[];
}

/** What holds for the fault as a whole. */
export interface FaultSummary {
  readonly dependency: string;
  readonly fault: string;
  readonly description: string;
  /** Calls that were still sent to the dependency, for all routes together, when the circuit was open. */
  readonly callsWhileOpen: number | null;
  readonly problems: readonly string[];
}
