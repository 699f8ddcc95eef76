import { ConfigurationError } from './config/load-config';

/** Why the process did not start, for whoever started it: what can be put right in words, anything else with its stack. */
export function startFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof ConfigurationError) return error.message;
  const { code, syscall, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === 'EADDRINUSE') {
    return `Port ${port} of ${address} is taken: stop what listens there, or choose another, such as PORT=3001 npm start (METRICS_PORT for /metrics)`;
  }
  if (syscall === 'mkdir') return `The folder DATA_DIR cannot be used: ${error.message}`;
  return error.stack ?? error.message;
}
