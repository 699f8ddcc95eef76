import { randomBytes } from 'node:crypto';

/** Which process answers. */
export interface Replica {
  /** Made at its start, and told there by `application_started`: no host names leave a process. */
  readonly id: string;
  readonly started_at: string;
}

const ID_BYTES = 4;

export const REPLICA: Replica = {
  id: randomBytes(ID_BYTES).toString('hex'),
  started_at: new Date(Date.now() - Math.round(process.uptime() * 1_000)).toISOString(),
};
