import { BusinessLogicError, InfrastructureError } from '@app/common/core';
import type { ImportFailure } from './import-state';

/** The error an import ended with, to be thrown to somebody who watches it. */
export function importFailureError({ code, details }: ImportFailure): Error {
  if (code === 'IMPORT_FILE_UNREADABLE') {
    return new BusinessLogicError(code, { details });
  }
  if (code === 'STORAGE_IO_FAILED') return new InfrastructureError(code);
  return new Error(`The import failed with ${code}`);
}
