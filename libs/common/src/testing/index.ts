export * from './envelope-matchers';
export * from './eventually';
export * from './fake-llm-server';
export * from './log-capture';
export * from './test-app';
export * from './test-redis';
export * from './tokens';
