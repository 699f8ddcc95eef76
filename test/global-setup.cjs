const { execFileSync } = require('node:child_process');
const { join } = require('node:path');

// Imports run in a worker thread, and a worker thread loads JavaScript: build what the tests will load.
module.exports = () => {
  const root = join(__dirname, '..');
  execFileSync(process.execPath, [join(root, 'node_modules/@nestjs/cli/bin/nest.js'), 'build'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
};
