import { RequestRefusedError } from '../errors/exceptions';

/** What an operator said about maintenance, and when. Times in ISO 8601, UTC. */
export interface MaintenanceState {
  readonly active: boolean;
  /** For callers, in the details of the error they get. */
  readonly message: string | null;
  /** When it ends by itself. */
  readonly until: string | null;
  /** What `Retry-After` says while no end is set. */
  readonly retry_after_seconds: number | null;
  readonly changed_at: string;
  /** Who said so, as it may be shown. */
  readonly changed_by: string;
}

const SECOND = 1_000;

/** What this process knows about maintenance. Asked for every request, so it waits for nobody. */
export class MaintenanceMode {
  private known: MaintenanceState | undefined;
  private endsAt = 0;

  get state(): MaintenanceState | undefined {
    return this.known;
  }

  /** Whether the service is under maintenance at this moment. */
  get isActive(): boolean {
    return this.endsAt !== 0 && Date.now() < this.endsAt;
  }

  set(state: MaintenanceState): void {
    this.known = state;
    const until = state.until === null ? Number.POSITIVE_INFINITY : Date.parse(state.until);
    this.endsAt = state.active ? until : 0;
  }

  /** What callers get: when it is worth trying again, and what the operator has to say. */
  refusal(): RequestRefusedError<'SYSTEM_MAINTENANCE_ACTIVE'> {
    const { message = null, until = null, retry_after_seconds: seconds = null } = this.known ?? {};
    const retryAfterSeconds = until === null ? seconds : Math.max(1, Math.ceil((this.endsAt - Date.now()) / SECOND));
    return new RequestRefusedError('SYSTEM_MAINTENANCE_ACTIVE', {
      details: { ...(message !== null && { message }), ...(until !== null && { until }) },
      ...(retryAfterSeconds !== null && { retryAfterSeconds }),
    });
  }
}
