import { ErrorGroups, type ErrorKind } from './error-groups';

const KIND: ErrorKind = {
  error_code: 'IMPORT_JOB_NOT_FOUND',
  method: 'GET',
  route: '/api/v1/imports/:id',
  event: null,
  status: 404,
};
const HOUR_MS = 3_600_000;

describe('recent errors', () => {
  beforeEach(() => jest.useFakeTimers({ now: Date.parse('2025-10-21T20:00:00Z') }));
  afterEach(() => jest.useRealTimers());

  it('are counted by code and route, with the latest few correlation ids', () => {
    const groups = new ErrorGroups();
    for (let number = 0; number < 8; number++) {
      groups.note(KIND, `id-${number}`);
      jest.advanceTimersByTime(1_000);
    }
    groups.note({ ...KIND, route: '/api/v1/other' }, undefined);
    expect(groups.list(10)).toEqual([
      expect.objectContaining({ route: '/api/v1/other', count: 1, correlation_ids: [] }),
      {
        ...KIND,
        count: 8,
        first_seen: '2025-10-21T20:00:00.000Z',
        last_seen: '2025-10-21T20:00:07.000Z',
        correlation_ids: ['id-7', 'id-6', 'id-5', 'id-4', 'id-3'],
      },
    ]);
    expect(groups.list(1)).toHaveLength(1);
  });

  it('are those of the last hour', () => {
    const groups = new ErrorGroups();
    groups.note(KIND, 'id');
    groups.note(KIND, 'id');
    jest.advanceTimersByTime(HOUR_MS + 1);
    expect(groups.list(10)).toEqual([]);
    groups.note(KIND, 'id');
    expect(groups.list(10)).toMatchObject([{ count: 1, first_seen: '2025-10-21T21:00:00.001Z' }]);
  });

  it('are so many kinds at most, the latest', () => {
    const groups = new ErrorGroups(3);
    for (let number = 0; number < 10_000; number++) groups.note({ ...KIND, route: `/${number}` }, `id-${number}`);
    groups.note({ ...KIND, route: '/9997' }, 'again');
    groups.note({ ...KIND, route: '/new' }, 'new');
    expect(groups.list(100).map(({ route }) => route)).toEqual(['/new', '/9997', '/9999']);
  });
});
