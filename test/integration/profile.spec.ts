import { LastKnownGood, RedisGateway, redisOptions } from '@app/common';
import { startTestRedis, type TestRedis } from '@app/common/testing';
import { Redis } from 'ioredis';
import { type ImportEvidence, ProfileRepository } from '../../src/services/profile/profile.repository';
import { ProfileService } from '../../src/services/profile/profile.service';

let redis: TestRedis;
let client: Redis;
let repository: ProfileRepository;
let service: ProfileService;

beforeAll(async () => {
  redis = await startTestRedis();
  client = new Redis(redisOptions({ url: redis.url, connectTimeoutMs: 1000, commandTimeoutMs: 5000 }, 'commands'));
  await client.connect();
  repository = new ProfileRepository(new RedisGateway(client));
  service = new ProfileService(repository, new LastKnownGood({ maxBytes: 1, maxAgeMs: 1 }, { info: () => undefined }));
});

afterAll(async () => {
  client.disconnect();
  await redis.stop();
});

const inZone = (zone: string, from: number, count: number): ImportEvidence['zones'] =>
  Array.from({ length: count }, (_, i) => ({ start: from + i, zone }));

describe('the time zone of a user', () => {
  it('is UTC, and said to be for want of anything better, when nothing is known', async () => {
    expect(await service.preferences('new')).toEqual({
      timeZone: 'UTC',
      timeZoneSource: 'default',
      units: 'metric',
      weekStart: 'monday',
    });
  });

  it('is what most of the newest records say', async () => {
    await repository.addImportEvidence('paris', {
      zones: [...inZone('Europe/Paris', 1000, 60), ...inZone('America/New_York', 2000, 40), ...inZone('UTC', 0, 500)],
    });
    expect(await service.preferences('paris')).toMatchObject({ timeZone: 'Europe/Paris', timeZoneSource: 'records' });
  });

  it('does not depend on the order or the repetition of imports', async () => {
    const older = { zones: inZone('Asia/Tokyo', 0, 100), exportDate: { instant: 100, offsetMinutes: 540 } };
    const newer = { zones: inZone('Europe/Rome', 5000, 80), exportDate: { instant: 200, offsetMinutes: 60 } };
    const orders = [
      [older, newer],
      [newer, older],
      [newer, older, older, newer],
    ];
    for (const [i, order] of orders.entries()) {
      for (const evidence of order) await repository.addImportEvidence(`order-${i}`, evidence);
      expect(await service.preferences(`order-${i}`)).toMatchObject({ timeZone: 'Europe/Rome' });
    }
  });

  it('is the offset of the newest export when no record names a zone', async () => {
    await repository.addImportEvidence('offset', { zones: [], exportDate: { instant: 200, offsetMinutes: 330 } });
    await repository.addImportEvidence('offset', { zones: [], exportDate: { instant: 100, offsetMinutes: -60 } });
    expect(await service.preferences('offset')).toMatchObject({ timeZone: '+05:30', timeZoneSource: 'export_offset' });
  });

  it('is the one the user set, until that is taken back', async () => {
    await repository.addImportEvidence('chooser', { zones: inZone('Europe/Paris', 0, 3) });
    expect(await service.update('chooser', { timeZone: 'Asia/Kathmandu' })).toMatchObject({
      timeZoneSource: 'setting',
    });
    expect(await service.update('chooser', { units: 'imperial' })).toMatchObject({
      timeZone: 'Asia/Kathmandu',
      units: 'imperial',
    });
    expect(await service.update('chooser', { timeZone: null })).toMatchObject({
      timeZone: 'Europe/Paris',
      units: 'imperial',
    });
  });

  it('ignores names that are no zones', async () => {
    await repository.addImportEvidence('odd', {
      zones: [...inZone('Middle/Earth', 0, 5), ...inZone('Europe/Oslo', 0, 1)],
    });
    expect(await service.preferences('odd')).toMatchObject({ timeZone: 'Europe/Oslo' });
  });
});

describe('what an export says of its owner', () => {
  it('is taken from the newest export, also what it leaves out', async () => {
    const older = {
      zones: [],
      exportDate: { instant: 1, offsetMinutes: 0 },
      person: { birthDate: '1980-01-01', sex: 'HKBiologicalSexMale' },
    };
    const newer = { zones: [], exportDate: { instant: 2, offsetMinutes: 0 }, person: { birthDate: '1980-02-02' } };
    await repository.addImportEvidence('person', newer);
    await repository.addImportEvidence('person', older);
    expect(await service.profile('person')).toMatchObject({ birthDate: '1980-02-02', sex: null });
  });
});
