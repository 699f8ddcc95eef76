import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { UNIT_SYSTEMS, type UnitSystem } from '../../services/metrics/units';
import { IsKnownTimeZone } from '../health-data/time-zone.decorator';
import type { WeekStart } from '../../services/periods/period';

/** Settings to change; null takes one back, what is left out stays. */
export class UpdateMeDto {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'IANA name or offset; null: what the imported data tells.',
    example: 'Europe/Paris',
  })
  @IsOptional()
  @IsKnownTimeZone()
  time_zone?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, enum: UNIT_SYSTEMS, example: 'metric' })
  @IsOptional()
  @IsIn(UNIT_SYSTEMS)
  units?: UnitSystem | null;

  @ApiPropertyOptional({ type: String, nullable: true, enum: ['monday', 'sunday'], example: 'monday' })
  @IsOptional()
  @IsIn(['monday', 'sunday'])
  week_start?: WeekStart | null;
}
