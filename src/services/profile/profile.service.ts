import { LastKnownGood } from '@app/common';
import { Injectable } from '@nestjs/common';
import type { UnitSystem } from '../metrics/units';
import { isTimeZone } from '../periods/calendar';
import { offsetZone } from '../periods/offset-zone';
import type { WeekStart } from '../periods/period';
import { type ProfileFields, ProfileRepository } from './profile.repository';

export type TimeZoneSource = 'setting' | 'records' | 'export_offset' | 'default';

/** How a user wants to be answered. */
export interface Preferences {
  readonly timeZone: string;
  /** Where the zone comes from: the user, most records' own zone, the phone's offset at export, or nothing at all. */
  readonly timeZoneSource: TimeZoneSource;
  readonly units: UnitSystem;
  readonly weekStart: WeekStart;
}

export interface Profile extends Preferences {
  readonly birthDate: string | null;
  readonly sex: string | null;
  readonly bloodType: string | null;
}

/** Null takes a setting back; undefined leaves it as it is. */
export interface ProfileChanges {
  readonly timeZone?: string | null;
  readonly units?: UnitSystem | null;
  readonly weekStart?: WeekStart | null;
}

const PREFERENCES_BYTES = 200;

/** What is known of a user, and how to answer them. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly repository: ProfileRepository,
    private readonly lastKnownGood: LastKnownGood,
  ) {}

  /** As they were last known when Redis is away. Throws the errors of `RedisGateway`. */
  async preferences(userId: string): Promise<Preferences> {
    const read = { userId, operation: 'read_preferences', key: '', weigh: () => PREFERENCES_BYTES };
    return this.lastKnownGood.read(read, async () => preferencesOf(await this.repository.read(userId)));
  }

  /** Throws the errors of `RedisGateway`. */
  async profile(userId: string): Promise<Profile> {
    return profileOf(await this.repository.read(userId));
  }

  /** Changes settings and returns the profile as it is then. Throws the errors of `RedisGateway`. */
  async update(userId: string, changes: ProfileChanges): Promise<Profile> {
    await this.repository.update(userId, {
      ...(changes.timeZone === undefined ? {} : { time_zone: changes.timeZone }),
      ...(changes.units === undefined ? {} : { units: changes.units }),
      ...(changes.weekStart === undefined ? {} : { week_start: changes.weekStart }),
    });
    return this.profile(userId);
  }
}

function profileOf(fields: ProfileFields): Profile {
  return {
    ...preferencesOf(fields),
    birthDate: fields.birth_date || null,
    sex: fields.sex || null,
    bloodType: fields.blood_type || null,
  };
}

function preferencesOf(fields: ProfileFields): Preferences {
  return {
    ...zoneOf(fields),
    units: fields.units === 'imperial' ? 'imperial' : 'metric',
    weekStart: fields.week_start === 'sunday' ? 'sunday' : 'monday',
  };
}

function zoneOf(fields: ProfileFields): Pick<Preferences, 'timeZone' | 'timeZoneSource'> {
  const { time_zone: chosen, learnt_zone: learnt, export_offset: offset } = fields;
  if (chosen !== undefined && isTimeZone(chosen)) return { timeZone: chosen, timeZoneSource: 'setting' };
  if (learnt !== undefined && isTimeZone(learnt)) return { timeZone: learnt, timeZoneSource: 'records' };
  if (offset !== undefined) return { timeZone: offsetZone(Number(offset)), timeZoneSource: 'export_offset' };
  return { timeZone: 'UTC', timeZoneSource: 'default' };
}
