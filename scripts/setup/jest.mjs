export const JEST = [
  '--disable-warning=ExperimentalWarning',
  '--experimental-vm-modules',
  'node_modules/jest/bin/jest.js',
];

/** How fast things are under load is measured by itself: other tests would be part of the load. */
export const LOAD_TEST = 'test/faults/black-hole-load.spec.ts';
export const WITHOUT_LOAD_TEST = `--testPathIgnorePatterns=${LOAD_TEST}`;
