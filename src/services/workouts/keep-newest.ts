import { createHash } from 'node:crypto';
import { type RedisGateway, REPEATABLE } from '@app/common/core';

export interface Statement {
  /** What the statement is about; the same in every export. */
  readonly field: string;
  readonly content: object;
}

export interface KeptCount {
  readonly added: number;
  readonly changed: number;
}

// Of two statements about one thing the newest export's is kept, and of two of the same age the longer, then the
// greater text: whatever the order of arrival, the same one wins. A value is `<export's epoch ms>|<JSON>`.
const KEEP_NEWEST = `
local added, changed = 0, 0
for i = 1, #ARGV, 2 do
  local field, new = ARGV[i], ARGV[i + 1]
  local old = redis.call('HGET', KEYS[1], field)
  local wins = not old
  if old and old ~= new then
    local at = string.find(old, '|', 1, true)
    local bt = string.find(new, '|', 1, true)
    local a, b = tonumber(string.sub(old, 1, at - 1)), tonumber(string.sub(new, 1, bt - 1))
    if a ~= b then wins = b > a
    elseif #old ~= #new then wins = #new > #old
    else wins = new > old end
  end
  if wins then
    redis.call('HSET', KEYS[1], field, new)
    if old then changed = changed + 1 else added = added + 1 end
  end
end
return {added, changed}
`;

/**
 * Stores statements of one export in a hash, in one round trip, so that import order and repetition don't matter.
 * @param exportInstant when the export was made, epoch milliseconds; 0 when it does not say
 * @throws the errors of `RedisGateway`
 */
export async function keepNewest(
  redis: RedisGateway,
  key: string,
  exportInstant: number,
  statements: readonly Statement[],
): Promise<KeptCount> {
  if (statements.length === 0) return { added: 0, changed: 0 };
  const values = statements.flatMap(({ field, content }) => [field, `${exportInstant}|${JSON.stringify(content)}`]);
  const reply = await redis.execute('keep_newest', (client) => client.eval(KEEP_NEWEST, 1, key, ...values), REPEATABLE);
  const [added = 0, changed = 0] = reply as number[];
  return { added, changed };
}

/** What `keepNewest` stored, without its age. */
export function statementContent(value: string): unknown {
  return JSON.parse(value.slice(value.indexOf('|') + 1)) as unknown;
}

/** A short name for what a thing is told apart by: 120 bits, so that two never meet. */
export function identityHash(parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 20);
}
