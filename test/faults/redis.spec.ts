import { REDIS_FAULTS } from './redis.faults';
import { faultSuite } from './support/fault-suite';
import { RedisWorld } from './support/redis-world';

jest.setTimeout(120_000);

describe('while Redis is', () => {
  faultSuite(() => RedisWorld.start(), REDIS_FAULTS);
});
