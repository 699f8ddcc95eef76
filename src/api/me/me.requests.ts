import type { User } from '@app/common';
import { Injectable } from '@nestjs/common';
import { ErasureService } from '../../services/erasure/erasure.service';
import { assertTimeZone } from '../../services/health-data/data-scope.service';
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
    if (typeof changes.time_zone === 'string') assertTimeZone(changes.time_zone);
    const { time_zone, units, week_start } = changes;
    const profile = await this.profiles.update(user.id, { timeZone: time_zone, units, weekStart: week_start });
    return presentMe(user.id, profile);
  }

  erase(user: User): Promise<ErasureAnswer> {
    return this.erasure.erase(user.id);
  }
}
