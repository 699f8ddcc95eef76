import { MAX_PROBLEMS, MAX_SUGGESTED_NAMES, reportProblems } from './push-problems';
import type { Rejection } from './pushed-record';

function unknown(index: number, metricType: string): Rejection {
  return { problems: [{ index, field: 'metric_type', message: 'is not known', metricType }], omitted: 0 };
}

function rejections(count: number, nameOf: (index: number) => string): Rejection[] {
  return Array.from({ length: count }, (_, index) => unknown(index, nameOf(index)));
}

describe('the report on a push', () => {
  it('suggests names that may have been meant, without the name that was given', () => {
    expect(reportProblems([unknown(3, 'HartRate')])).toEqual({
      errors: [
        {
          index: 3,
          field: 'metric_type',
          message: 'is not known',
          did_you_mean: expect.arrayContaining(['HeartRate']),
        },
      ],
      errorsOmitted: 0,
    });
  });

  it('looks for each name once', () => {
    const nearest = jest.fn((name: string) => [`${name}s`]);
    const { errors } = reportProblems(
      rejections(90, (index) => (index % 2 === 0 ? 'Step' : 'Push')),
      nearest,
    );
    expect(nearest.mock.calls).toEqual([['Step'], ['Push']]);
    expect(errors[89]).toHaveProperty('did_you_mean', ['Pushs']);
  });

  it('looks for the first names only', () => {
    const nearest = jest.fn((name: string) => [name]);
    const { errors } = reportProblems(
      rejections(MAX_SUGGESTED_NAMES + 5, (index) => `Name${index}`),
      nearest,
    );
    expect(nearest).toHaveBeenCalledTimes(MAX_SUGGESTED_NAMES);
    expect(errors.map((error) => 'did_you_mean' in error)).toEqual([
      ...Array<boolean>(MAX_SUGGESTED_NAMES).fill(true),
      ...Array<boolean>(5).fill(false),
    ]);
  });

  it('tells the first problems, and counts those it leaves out, of records and in all', () => {
    const many = rejections(5_000, () => 'HartRate').map((each) => ({ ...each, omitted: 2 }));
    const { errors, errorsOmitted } = reportProblems(many);
    expect(errors.map(({ index }) => index)).toEqual(Array.from({ length: MAX_PROBLEMS }, (_, index) => index));
    expect(errorsOmitted).toBe(3 * 5_000 - MAX_PROBLEMS);
  });

  it('is empty without problems', () => {
    expect(reportProblems([])).toEqual({ errors: [], errorsOmitted: 0 });
  });
});
