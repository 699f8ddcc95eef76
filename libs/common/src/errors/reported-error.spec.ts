import { BadRequestException, HttpException } from '@nestjs/common';
import fc from 'fast-check';
import { isErrorCode } from './catalogue';
import { HealthDataNotFoundError, InfrastructureError, RedisConnectionError } from './exceptions';
import { toReportedError } from './reported-error';

const fastifyError = (code: string, statusCode: number): Error =>
  Object.assign(new Error('text of the framework'), { name: 'FastifyError', code, statusCode });

describe('what the caller gets to see of an error', () => {
  it('is a more precise message and all details for what the caller did', () => {
    const details = { time_period: 'today', available_periods: [] };
    const reported = toReportedError(new HealthDataNotFoundError(details, 'Nothing today'));
    expect(reported).toMatchObject({ code: 'HEALTH_DATA_NOT_FOUND', status: 422, message: 'Nothing today', details });
  });

  it('is the public message and the public details alone for what is ours', () => {
    const reported = toReportedError(new RedisConnectionError('read at 10.0.0.7', new Error('ECONNREFUSED')));
    expect(reported).toMatchObject({ message: 'The data store cannot be reached', details: {}, retryAfterSeconds: 5 });
    const spoken = new InfrastructureError('REDIS_STORAGE_FULL', {
      message: 'host db7 is full',
      retryAfterSeconds: 90,
    });
    expect(toReportedError(spoken)).toMatchObject({
      message: expect.not.stringContaining('db7') as string,
      retryAfterSeconds: 90,
    });
    const late = new InfrastructureError('REQUEST_DEADLINE_EXCEEDED', { details: { deadline_ms: 10 } });
    expect(toReportedError(late).details).toEqual({ deadline_ms: 10 });
  });

  it.each([
    [new HttpException('x', 413), 'REQUEST_BODY_TOO_LARGE'],
    [new HttpException('x', 429), 'RATE_LIMIT_EXCEEDED'],
    [new HttpException('x', 502), 'INTERNAL_SERVER_ERROR'],
    [new HttpException('x', 302), 'INTERNAL_SERVER_ERROR'],
    [
      new BadRequestException('x', { cause: fastifyError('FST_ERR_CTP_EMPTY_JSON_BODY', 400) }),
      'VALIDATION_MALFORMED_JSON',
    ],
    [fastifyError('FST_ERR_BAD_URL', 400), 'REQUEST_URL_MALFORMED'],
    [fastifyError('FST_REQ_FILE_TOO_LARGE', 413), 'REQUEST_BODY_TOO_LARGE'],
    [fastifyError('FST_ERR_SOMETHING_NEW', 500), 'INTERNAL_SERVER_ERROR'],
    [Object.assign(new Error('a library'), { status: 404 }), 'INTERNAL_SERVER_ERROR'],
  ])('maps exceptions of the frameworks by code, then by status: %p', (thrown, code) => {
    const reported = toReportedError(thrown);
    expect(reported.code).toBe(code);
    expect(JSON.stringify(reported)).not.toContain('text of the framework');
  });

  it('is an error of the catalogue, whatever was thrown', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (thrown) => {
        const reported = toReportedError(thrown);
        return isErrorCode(reported.code) && reported.status === 500;
      }),
    );
  });
});
