import type { CodeOf } from '../errors/catalogue';
import { InfrastructureError } from '../errors/exceptions';

type PolicyCode = CodeOf<'infrastructure' | 'critical'>;

/** The policy turned a call away: the circuit is open, or too many are waiting. Nothing was learnt of the dependency. */
export class PolicyRejection extends InfrastructureError<PolicyCode> {
  constructor(code: PolicyCode, operation: string, retryAfterSeconds?: number) {
    super(code, { details: { operation }, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
  }
}

/** An attempt took longer than it may. */
export class PolicyTimeout extends InfrastructureError<PolicyCode> {
  constructor(code: PolicyCode, operation: string, cause: unknown) {
    super(code, { details: { operation }, cause });
  }
}

/** Ended from outside: by the caller who left, or by the deadline. For use within a policy; callers get the reason. */
export class CalledOff extends Error {
  constructor(readonly reason: unknown) {
    super('The call was called off');
  }
}
