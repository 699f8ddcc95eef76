import { Transform } from 'class-transformer';

/** Models also write a list as one text with commas; it is taken as the list it means. */
export function CommaList(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value,
  );
}
