import { InfrastructureError } from '@app/common/core';

/**
 * Reads health data. When Redis cannot serve it, the caller is told what that means for them.
 * @throws InfrastructureError HEALTH_DATA_UNAVAILABLE, with the error of Redis as its cause
 */
export async function readHealthData<T>(operation: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof InfrastructureError) || !error.error_code.startsWith('REDIS_')) throw error;
    const { retryAfterSeconds } = error;
    throw new InfrastructureError('HEALTH_DATA_UNAVAILABLE', {
      details: { operation },
      cause: error,
      retryAfterSeconds,
    });
  }
}
