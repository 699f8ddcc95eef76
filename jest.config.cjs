const swc = {
  sourceMaps: 'inline',
  module: { type: 'commonjs', ignoreDynamic: true },
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
  swcrc: false,
};

/** @type {import('jest').Config} */
module.exports = {
  rootDir: __dirname,
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/libs', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  moduleNameMapper: {
    '^@app/common/core$': '<rootDir>/libs/common/src/core.ts',
    '^@app/common$': '<rootDir>/libs/common/src/index.ts',
    '^@app/common/testing$': '<rootDir>/libs/common/src/testing/index.ts',
  },
  globalSetup: '<rootDir>/test/global-setup.cjs',
  testTimeout: 30_000,
  maxWorkers: 2,
  errorOnDeprecated: true,
};
