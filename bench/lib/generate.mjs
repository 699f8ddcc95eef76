import { createRequire } from 'node:module';

// generate.mjs PATH OPTIONS: writes the generated export and prints what is in it. A process of its own, so that the
// memory it takes is not the bench's.
const [path, options] = process.argv.slice(2);
const { writeSampleXml } = createRequire(import.meta.url)('../../dist/src/services/sample/sample-export.js');
process.stdout.write(JSON.stringify(await writeSampleXml(path, JSON.parse(options))));
