import { ValidationError } from '@app/common/core';

const EXAMPLES =
  'last_7_days, yesterday, last_night, this_week, last_month, 2025-09-30, 2025-09, 2025-Q3, 2025, ' +
  '2025-01-01/2025-02-01, "September 2025", "last 2 weeks", "from March 3 to March 10", "October 15th"';
const LONGEST_ECHO = 100;

/** The refusal of a text that is no period, with what is wrong with it and examples of what is read. */
export function periodError(text: string, constraint: string, cause?: unknown): ValidationError {
  const value = text.length > LONGEST_ECHO ? `${text.slice(0, LONGEST_ECHO - 1)}…` : text;
  return new ValidationError('VALIDATION_INVALID_INPUT', {
    message: `The time period is not understood: ${constraint}. Accepted are, for example: ${EXAMPLES}`,
    details: { field: 'time_period', value, errors: [{ field: 'time_period', value, constraints: [constraint] }] },
    ...(cause !== undefined && { cause }),
  });
}
