import { Inject } from '@nestjs/common';
import { PolicyRegistry } from './policy-registry';
import type { ExecuteOptions } from './policy-call';

const REGISTRY = Symbol('PolicyRegistry');

interface Guarded {
  readonly [REGISTRY]: PolicyRegistry;
}

type AsyncMethod<A extends unknown[], T> = (...args: A) => Promise<T>;

/**
 * Guards a provider's method with the policy named `name`. Its signal and deadline are those of the current context; a
 * method that needs to hand the attempt's own signal on calls `Policy.execute` itself.
 * @param options `idempotent: true` lets whatever failed be tried again
 */
export function UsePolicy(name: string, options: Pick<ExecuteOptions<never>, 'idempotent'> = {}) {
  return <A extends unknown[], T>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<AsyncMethod<A, T>>,
  ): void => {
    const method = descriptor.value;
    if (method === undefined) throw new TypeError(`@UsePolicy belongs on a method, and ${String(key)} is none`);
    Inject(PolicyRegistry)(target, REGISTRY);
    const guarded = async function (this: object, ...args: A): Promise<T> {
      const policy = (this as Guarded)[REGISTRY].get(name);
      return policy.execute(() => method.apply(this, args), { operation: String(key), ...options });
    };
    // What other decorators said of the method holds for what stands in its place.
    for (const name of Reflect.getMetadataKeys(method)) {
      Reflect.defineMetadata(name, Reflect.getMetadata(name, method), guarded);
    }
    descriptor.value = guarded;
  };
}
