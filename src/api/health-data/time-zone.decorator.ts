import { ValidateBy } from 'class-validator';
import { isTimeZone } from '../../services/periods/calendar';

/** A time zone this runtime knows, so that a wrong one is told together with everything else that is wrong. */
export const IsKnownTimeZone = (): PropertyDecorator =>
  ValidateBy({
    name: 'isKnownTimeZone',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isTimeZone(value),
      defaultMessage: () => '$property must be an IANA name such as Europe/Paris, or an offset such as +05:30',
    },
  });
