import { applyDecorators } from '@nestjs/common';
import { Transform, Type } from 'class-transformer';

/**
 * Keeps a property as it was parsed. class-transformer copies what it knows nothing of, too, in a time that grows with
 * the square of the members of an object: seconds for a single odd record.
 */
export function PlainData(): PropertyDecorator {
  return applyDecorators(
    // `Transform` alone comes after the copying; a boolean is made of each item without a look inside.
    Type(() => Boolean),
    Transform(({ obj, key }: { obj: Readonly<Record<string, unknown>>; key: string }) => obj[key]),
  );
}
