// Imported before everything else: on an older Node the other imports fail with messages that do not say why.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 15)) {
  process.stderr.write(
    `Node ${process.versions.node} is too old: this needs 22.15 or newer. ` +
      '`npm start` uses the one that comes with the dependencies.\n',
  );
  process.exit(1);
}
