import { defineErrors } from './error-definition';

/** Business rules (422): the request is well-formed and cannot be done for a reason in its meaning. */
export const BUSINESS_ERRORS = defineErrors({
  HEALTH_DATA_NOT_FOUND: {
    status: 422,
    category: 'business',
    message: 'No health data found for the requested time period',
    retryable: false,
    action: 'Ask for one of details.available_periods, or import data first.',
    details: {
      time_period: { type: 'string', description: 'The period as it was understood', example: 'last_30_days' },
      metric_types: { type: 'strings', description: 'The metrics asked for', example: ['StepCount'] },
      available_periods: {
        type: 'strings',
        description: 'Periods that would have an answer; empty when nothing is held',
        example: ['last_7_days', '2024'],
      },
    },
  },
  HEALTH_DATA_INVALID_FORMAT: {
    status: 422,
    category: 'business',
    message: 'The health data is not in a form that can be stored',
    retryable: false,
    action: 'Correct the records named in details.errors.',
    details: {
      errors: {
        type: 'objects',
        description: 'Per record: `index`, `field` and `message`; the first 100, at most 20 of one record',
        example: [{ index: 3, field: 'end', message: 'is before start' }],
      },
      errors_omitted: { type: 'integer', description: 'Problems that are not in `errors`', example: 0 },
    },
  },
  HEALTH_METRIC_NOT_SUPPORTED: {
    status: 422,
    category: 'business',
    message: 'This metric type is not known',
    retryable: false,
    action: 'Use a name from GET /api/v1/health-data/metrics; details.did_you_mean has the nearest ones.',
    details: {
      metric_type: { type: 'string', description: 'The name that is not known', example: 'HartRate' },
      did_you_mean: { type: 'strings', description: 'Nearest known names', example: ['HeartRate'] },
    },
  },
  IMPORT_FILE_UNREADABLE: {
    status: 422,
    category: 'business',
    message: 'The file is not a readable Apple Health export',
    retryable: false,
    action: 'Export again from the Health app (profile picture, Export All Health Data) and send the zip as it is.',
    details: {
      reason: { type: 'string', description: 'What is wrong, as one word', example: 'truncated_zip' },
      hint: { type: 'string', description: 'What a person can do about it', example: 'The upload seems cut off.' },
      byte_offset: { type: 'integer', description: 'Where in the XML the damage was found', example: 1048576 },
      records_stored: { type: 'integer', description: 'Records read and kept before the damage', example: 1200 },
    },
  },
  TOOL_INVALID_INPUT: {
    status: 422,
    category: 'business',
    message: 'The tool was called with arguments it does not take',
    retryable: false,
    action: 'Correct the argument named in details.invalid_field.',
    details: {
      invalid_field: { type: 'string', description: 'The first argument that is wrong', example: 'time_period' },
      errors: {
        type: 'objects',
        description: 'All problems: `field` and `constraints`',
        example: [{ field: 'time_period', constraints: ['is not a time period'] }],
      },
    },
  },
  TOOL_EXECUTION_FAILED: {
    status: 422,
    category: 'business',
    message: 'The tool failed',
    retryable: true,
    action: 'Ask again; if it stays, give the correlation id to support.',
    details: {},
  },
  TOOL_EXECUTION_TIMEOUT: {
    status: 422,
    category: 'business',
    message: 'The tool did not finish in time',
    retryable: true,
    action: 'Ask about a shorter period or fewer metrics.',
    details: { timeout_ms: { type: 'integer', description: 'The time it had', example: 30000 } },
  },
});
