import { ApiProperty } from '@nestjs/swagger';

/** Says that an answer is from before an outage (also in the headers `X-Data-Source` and `Age`). */
export class MetaAnswer {
  @ApiProperty({ enum: ['cache'], example: 'cache' })
  source!: string;

  @ApiProperty({ format: 'date-time', description: 'When it was read.', example: '2025-10-21T10:00:00.000Z' })
  stale_since!: string;
}
