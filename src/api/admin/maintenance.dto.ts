import type { MaintenanceChange } from '@app/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsBoolean,
  IsInt,
  IsISO8601,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  Validate,
} from 'class-validator';
import { ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';

const LONGEST_PAUSE_SECONDS = 86_400;
const WITH_OFFSET = /T.*(?:Z|[+-]\d\d:?\d\d)$/i;

@ValidatorConstraint({ name: 'isFuture' })
class IsFuture implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return typeof value === 'string' && Date.parse(value) > Date.now();
  }

  defaultMessage(): string {
    return '$property must be in the future';
  }
}

export class ChangeMaintenanceDto {
  @ApiProperty({ example: true })
  @IsBoolean()
  active!: boolean;

  @ApiPropertyOptional({ description: 'For callers, in `details.message`', example: 'Moving to a new data store' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  message?: string;

  @ApiPropertyOptional({
    description: 'When it ends by itself, with an offset; `Retry-After` follows from it',
    format: 'date-time',
    example: '2099-10-21T23:30:00+02:00',
  })
  @IsOptional()
  @IsISO8601({ strict: true })
  @Matches(WITH_OFFSET, { message: 'until must have a time with an offset' })
  @Validate(IsFuture)
  until?: string;

  @ApiPropertyOptional({ description: 'What `Retry-After` says when no end is set; 60 when left out', example: 120 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(LONGEST_PAUSE_SECONDS)
  retry_after_seconds?: number;
}

/** Who ends maintenance has nothing to say about it any more. */
export function changeOf({ active, message, until, retry_after_seconds }: ChangeMaintenanceDto): MaintenanceChange {
  if (!active) return { active, message: null, until: null, retry_after_seconds: null };
  return {
    active,
    message: message ?? null,
    until: until === undefined ? null : new Date(until).toISOString(),
    retry_after_seconds: retry_after_seconds ?? null,
  };
}
