import { isTaskCancelledError, timeout, type TimeoutPolicy, TimeoutStrategy } from 'cockatiel';
import { InfrastructureError, WellnessError } from '../errors/exceptions';

export function isPastDeadline(reason: unknown): boolean {
  return reason instanceof WellnessError && reason.error_code === 'REQUEST_DEADLINE_EXCEEDED';
}

/** The one who waits is told that the time is up; what was begun ends by itself. */
export async function withinDeadline<T>(work: Promise<T>, remainingMs: number): Promise<T> {
  try {
    return await timeoutOf(remainingMs).execute(() => work);
  } catch (error) {
    if (!isTaskCancelledError(error)) throw error;
    throw new InfrastructureError('REQUEST_DEADLINE_EXCEEDED', { cause: error });
  }
}

// Aggressive: a call that ignores its signal must not outlast the limit. A signal that aborted on return, which is
// cockatiel's default, would end a stream that the call returned.
export function timeoutOf(ms: number): TimeoutPolicy {
  return timeout(ms, { strategy: TimeoutStrategy.Aggressive, abortOnReturn: false });
}
