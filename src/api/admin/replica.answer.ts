import type { Replica } from '@app/common';
import { ApiProperty } from '@nestjs/swagger';

/** Which of the replicas answers. */
export class ReplicaAnswer implements Replica {
  @ApiProperty({ description: 'Made at its start; `application_started` in its log has it, too', example: '9f2c41ab' })
  id!: string;

  @ApiProperty({ format: 'date-time', example: '2025-10-21T20:00:00.000Z' })
  started_at!: string;
}
