export * from './envelope-matchers';
export * from './eventually';
export * from './log-capture';
export * from './test-app';
export * from './test-redis';
export * from './tokens';
