import type { User } from '@app/common';
import { Injectable } from '@nestjs/common';
import { ErasureService } from '../../services/erasure/erasure.service';
import { knownTimeZone } from '../../services/health-data/data-scope.service';
import { ProfileService } from '../../services/profile/profile.service';
import { type ErasureAnswer, type MeAnswer, presentMe } from './me.answers';
import type { UpdateMeDto } from './me.dto';

/** What users see and change about themselves. */
@Injectable()
export class MeRequests {
  constructor(
    private readonly profiles: ProfileService,
    private readonly erasure: ErasureService,
  ) {}

  async read(user: User): Promise<MeAnswer> {
    return presentMe(user.id, await this.profiles.profile(user.id));
  }

  async update(user: User, changes: UpdateMeDto): Promise<MeAnswer> {
    const { time_zone: zone, units, week_start: weekStart } = changes;
    const timeZone = typeof zone === 'string' ? knownTimeZone(zone) : zone;
    const profile = await this.profiles.update(user.id, { timeZone, units, weekStart });
    return presentMe(user.id, profile);
  }

  erase(user: User): Promise<ErasureAnswer> {
    return this.erasure.erase(user.id);
  }
}
