import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';

/** What a side is told when it starts. */
export interface SideSettings {
  readonly secret: string;
  readonly redisUrl: string;
}

/** Runs one side in this process, with the settings it was started with, and tells its parent the port. */
export function serve(start: (settings: SideSettings) => Promise<Server>): void {
  const [secret = '', redisUrl = ''] = process.argv.slice(2);
  // Node writes a profile, if one was asked for, on its way out.
  process.once('SIGTERM', () => process.exit(0));
  start({ secret, redisUrl }).then(
    (server) => process.send?.({ port: (server.address() as AddressInfo).port }),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
}
