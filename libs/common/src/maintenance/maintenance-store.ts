import { Injectable } from '@nestjs/common';
import { MAINTENANCE_KEY } from '../redis/keys';
import { RedisGateway, REPEATABLE } from '../redis/redis-gateway';
import type { MaintenanceState } from './maintenance-mode';

/** Keeps the newer of two states, and returns it. Times in one format and zone compare like text. */
const KEEP_NEWER = `
  local stored = redis.call('GET', KEYS[1])
  if stored then
    local readable, known = pcall(cjson.decode, stored)
    if readable and type(known) == 'table' and tostring(known.changed_at) > ARGV[2] then return stored end
  end
  redis.call('SET', KEYS[1], ARGV[1])
  return ARGV[1]`;

/** What all replicas know about maintenance. Its methods throw the errors of `RedisGateway`. */
@Injectable()
export class MaintenanceStore {
  constructor(private readonly redis: RedisGateway) {}

  async load(): Promise<MaintenanceState | undefined> {
    return parsed(await this.redis.execute('read_maintenance', (client) => client.get(MAINTENANCE_KEY)));
  }

  async save(state: MaintenanceState): Promise<void> {
    const text = JSON.stringify(state);
    await this.redis.execute('write_maintenance', (client) => client.set(MAINTENANCE_KEY, text), REPEATABLE);
  }

  /** Stores `state` unless a newer one is there; returns the one that is there then. */
  async offer(state: MaintenanceState): Promise<MaintenanceState> {
    const text = JSON.stringify(state);
    const winner = await this.redis.execute(
      'write_maintenance',
      (client) => client.eval(KEEP_NEWER, 1, MAINTENANCE_KEY, text, state.changed_at),
      REPEATABLE,
    );
    return parsed(winner) ?? state;
  }
}

/** Undefined for what we have not written: nothing is known then. */
function parsed(text: unknown): MaintenanceState | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const value = JSON.parse(text) as Partial<MaintenanceState> | null;
    if (typeof value?.active !== 'boolean' || typeof value.changed_at !== 'string') return undefined;
    const { active, message = null, until = null, retry_after_seconds = null, changed_at, changed_by = '***' } = value;
    return { active, message, until, retry_after_seconds, changed_at, changed_by };
  } catch {
    return undefined;
  }
}
