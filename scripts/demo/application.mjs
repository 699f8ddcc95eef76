import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../setup/prepare.mjs';
import { SetupError } from '../setup/process.mjs';

const START_LIMIT_MS = 180_000;

/**
 * The application as it is built, on a data folder of its own, with a year of sample data. `lines` has every line of its
 * log from then on.
 */
export async function startApplication(children, folder, environment) {
  const { PATH, HOME, TMPDIR } = process.env;
  const started = children.start(process.execPath, [join(ROOT, 'dist', 'src', 'main.js')], {
    cwd: folder,
    env: { PATH, HOME, ...(TMPDIR && { TMPDIR }), PORT: '0', LOG_FORMAT: 'json', DATA_DIR: folder, ...environment },
  });
  const lines = [];
  const port = await sampleLoaded(started, lines);
  return { target: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}`, lines };
}

function sampleLoaded({ child, lastWords }, lines) {
  return new Promise((resolve, reject) => {
    let port;
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.startsWith('{')) return;
      const entry = JSON.parse(line);
      lines.push(entry);
      if (entry.event === 'application_started') ({ port } = entry);
      if (entry.event === 'sample_loaded') resolve(port);
      if (entry.event === 'sample_failed') reject(new SetupError('The sample could not be loaded'));
    });
    child.once('exit', (code) => reject(new SetupError(`The application ended with ${code}:\n${lastWords()}`)));
    setTimeout(() => reject(new SetupError('The sample took too long')), START_LIMIT_MS).unref();
  });
}
