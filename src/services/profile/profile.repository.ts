import { RedisGateway, REPEATABLE, userKeys } from '@app/common/core';
import { Injectable } from '@nestjs/common';
import { isTimeZone } from '../periods/calendar';

/** The zone a record says it was made in; `start` in epoch milliseconds. */
export interface ZoneEvidence {
  readonly start: number;
  readonly zone: string;
}

/** What an export says of its owner. */
export interface PersonalFacts {
  readonly birthDate?: string;
  readonly sex?: string;
  readonly bloodType?: string;
}

export interface ImportEvidence {
  readonly zones: readonly ZoneEvidence[];
  /** When the export was made (epoch milliseconds), and the phone's offset from UTC then. */
  readonly exportDate?: { readonly instant: number; readonly offsetMinutes: number };
  readonly person?: PersonalFacts;
}

/** The stored fields, all as texts; absent or empty where nothing is known. */
export type ProfileFields = Partial<Record<ProfileField, string>>;
export type ProfileField =
  | 'time_zone'
  | 'units'
  | 'week_start'
  | 'learnt_zone'
  | 'export_instant'
  | 'export_offset'
  | 'birth_date'
  | 'sex'
  | 'blood_type';

/** How many of the newest statements about the zone are kept and counted. */
const NEWEST_ZONES = 100;

/**
 * Takes over what the newest export says, whatever order exports are imported in.
 * KEYS profile; ARGV export instant, then pairs of field and value.
 */
const TAKE_NEWEST = `
local held = tonumber(redis.call('HGET', KEYS[1], 'export_instant') or '-1')
if tonumber(ARGV[1]) < held then return 0 end
redis.call('HSET', KEYS[1], 'export_instant', ARGV[1], unpack(ARGV, 2))
return 1
`;

/** Stores what is known of a user apart from records. All methods throw the errors of `RedisGateway`. */
@Injectable()
export class ProfileRepository {
  constructor(private readonly redis: RedisGateway) {}

  async read(userId: string): Promise<ProfileFields> {
    return this.redis.execute('read_profile', (redis) => redis.hgetall(userKeys(userId).profile()), REPEATABLE);
  }

  /** Sets fields; a null takes the field away. */
  async update(userId: string, changes: Partial<Record<ProfileField, string | null>>): Promise<void> {
    const key = userKeys(userId).profile();
    const removed = Object.entries(changes).filter(([, value]) => value === null);
    const set = Object.entries(changes).filter((change): change is [string, string] => typeof change[1] === 'string');
    await this.redis.pipeline('update_profile', (pipeline) => {
      if (set.length > 0) pipeline.hset(key, Object.fromEntries(set));
      if (removed.length > 0) pipeline.hdel(key, ...removed.map(([field]) => field));
    });
  }

  /** Adds what an import has shown; neither order nor repetition of imports changes the outcome. */
  async addImportEvidence(userId: string, evidence: ImportEvidence): Promise<void> {
    const keys = userKeys(userId);
    if (evidence.zones.length > 0) await this.addZones(userId, evidence.zones);
    if (evidence.exportDate === undefined) return;
    const { instant, offsetMinutes } = evidence.exportDate;
    const { birthDate, sex, bloodType } = evidence.person ?? {};
    // What the newest export leaves out is taken back too, or the order of imports would matter.
    const fields = { export_offset: String(offsetMinutes), birth_date: birthDate, sex, blood_type: bloodType };
    const statement = Object.entries(fields).flatMap(([field, value]) => [field, value ?? '']);
    await this.redis.execute('update_profile', (redis) =>
      redis.eval(TAKE_NEWEST, 1, keys.profile(), String(instant), ...statement),
    );
  }

  private async addZones(userId: string, zones: readonly ZoneEvidence[]): Promise<void> {
    const keys = userKeys(userId);
    const named = zones.filter(({ zone }) => isTimeZone(zone));
    if (named.length === 0) return;
    const newest = named.toSorted((a, b) => b.start - a.start).slice(0, NEWEST_ZONES);
    const members = newest.flatMap(({ start, zone }) => [String(start), `${start} ${zone}`]);
    const [, , held] = await this.redis.pipeline(
      'learn_time_zone',
      (pipeline) => {
        pipeline.zadd(keys.zoneEvidence(), ...members);
        pipeline.zremrangebyrank(keys.zoneEvidence(), 0, -(NEWEST_ZONES + 1));
        pipeline.zrange(keys.zoneEvidence(), '0', '-1');
      },
      REPEATABLE,
    );
    await this.update(userId, { learnt_zone: majority(held as string[]) });
  }
}

/** The zone named most often; of equals the one named last. */
function majority(evidence: readonly string[]): string | null {
  const votes = new Map<string, number>();
  for (const statement of evidence) {
    const zone = statement.slice(statement.indexOf(' ') + 1);
    const count = (votes.get(zone) ?? 0) + 1;
    votes.delete(zone);
    votes.set(zone, count);
  }
  let winner: string | null = null;
  for (const [zone, count] of votes) if (winner === null || count >= (votes.get(winner) as number)) winner = zone;
  return winner;
}
