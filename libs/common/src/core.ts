// What needs neither HTTP nor the framework's application: for worker threads, which start fast and small with it.
export * from './context/request-context';
export * from './errors/catalogue';
export * from './errors/error-definition';
export * from './errors/exceptions';
export * from './redis/keys';
export * from './redis/redis-errors';
export * from './redis/redis-gateway';
export * from './redis/redis-options';
export * from './redis/redis-policy';
export * from './redis/when-ready';
export * from './resilience/circuit-breaker';
export * from './resilience/policy';
export * from './resilience/policy-call';
export * from './resilience/policy-counts';
export * from './resilience/policy-definition';
export * from './resilience/policy-listener';
