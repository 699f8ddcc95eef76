import { ApiProperty } from '@nestjs/swagger';
import type { Profile } from '../../services/profile/profile.service';

export class MeAnswer {
  @ApiProperty({ example: 'alice' })
  user_id!: string;

  @ApiProperty({ example: 'Europe/Paris' })
  time_zone!: string;

  @ApiProperty({
    enum: ['setting', 'records', 'export_offset', 'default'],
    description:
      "Where the zone comes from: set here, learnt from records, the phone's offset at export, or UTC for want of anything.",
  })
  time_zone_source!: string;

  @ApiProperty({ enum: ['metric', 'imperial'] })
  units!: string;

  @ApiProperty({ enum: ['monday', 'sunday'] })
  week_start!: string;

  @ApiProperty({ type: String, nullable: true, example: '1988-04-12' })
  birth_date!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'HKBiologicalSexFemale' })
  sex!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  blood_type!: string | null;
}

export function presentMe(userId: string, profile: Profile): MeAnswer {
  return {
    user_id: userId,
    time_zone: profile.timeZone,
    time_zone_source: profile.timeZoneSource,
    units: profile.units,
    week_start: profile.weekStart,
    birth_date: profile.birthDate,
    sex: profile.sex,
    blood_type: profile.bloodType,
  };
}

export class ErasureAnswer {
  @ApiProperty({ description: 'Health records that were erased.', example: 105120 })
  records!: number;

  @ApiProperty({ description: 'Keys that were erased in all.', example: 412 })
  keys!: number;
}
