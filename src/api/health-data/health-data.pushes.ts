import type { User } from '@app/common';
import { Injectable } from '@nestjs/common';
import { PushService } from '../../services/records/push.service';
import type { PushAnswer } from './health-data.answers';
import type { PushRecordsDto, PushRecordsQueryDto } from './health-data.dto';
import { presentPush } from './health-data.presenter';

/** The write route of health data: records in, what became of them out. */
@Injectable()
export class HealthDataPushes {
  constructor(private readonly pushes: PushService) {}

  async push(user: User, query: PushRecordsQueryDto, body: PushRecordsDto): Promise<PushAnswer> {
    return presentPush(await this.pushes.push(user.id, body.records, query.atomic || body.atomic));
  }
}
