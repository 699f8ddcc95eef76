import { existsSync } from 'node:fs';
import { join } from 'node:path';

const BUILT = join('dist', 'src', 'services', 'imports');
const FILE = 'import.worker.js';

/** The worker thread's file. A thread loads JavaScript: code that runs from its sources takes the built one. */
export function importThreadFile(directory = __dirname): string {
  const beside = join(directory, FILE);
  return existsSync(beside) ? beside : join(directory, '..', '..', '..', BUILT, FILE);
}
