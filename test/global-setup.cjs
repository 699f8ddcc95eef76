// Imports run in a worker thread, and a worker thread loads JavaScript: build what the tests will load.
module.exports = async () => {
  const { build } = await import('../scripts/setup/prepare.mjs');
  await build();
};
