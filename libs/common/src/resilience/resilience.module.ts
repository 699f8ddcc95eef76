import { type DynamicModule, type FactoryProvider, Global, Inject, Module, type ModuleMetadata } from '@nestjs/common';
import type { Policy } from './policy';
import type { PolicyDefinition } from './policy-definition';
import { PolicyRegistry } from './policy-registry';

const tokens = new Map<string, symbol>();

/** Injection token of the policy named `name`. */
export function policyToken(name: string): symbol {
  let token = tokens.get(name);
  if (token === undefined) tokens.set(name, (token = Symbol(`policy ${name}`)));
  return token;
}

/** Injects the policy of a dependency: `constructor(@InjectPolicy('weather') private readonly policy: Policy)`. */
export const InjectPolicy = (name: string): ParameterDecorator => Inject(policyToken(name));

type Settings = Omit<PolicyDefinition, 'name'>;
/** `imports` are the modules that have what is injected, unless they are global. */
export type PolicyFactory = Pick<FactoryProvider<Settings>, 'inject' | 'useFactory'> & Pick<ModuleMetadata, 'imports'>;

/** The registry of policies. A feature module adds that of its own dependency with `forFeature`. Needs `LoggingModule`. */
@Global()
@Module({ providers: [PolicyRegistry], exports: [PolicyRegistry] })
export class ResilienceModule {
  /** Adds a policy whose numbers are known. */
  static forFeature({ name, ...settings }: PolicyDefinition): DynamicModule {
    return this.forFeatureAsync(name, { useFactory: () => settings });
  }

  /** Adds a policy whose numbers come from elsewhere, such as the configuration. */
  static forFeatureAsync(name: string, { imports = [], inject = [], useFactory }: PolicyFactory): DynamicModule {
    const token = policyToken(name);
    return {
      module: class PolicyModule {},
      imports,
      providers: [
        {
          provide: token,
          inject: [PolicyRegistry, ...inject],
          useFactory: async (registry: PolicyRegistry, ...rest: unknown[]): Promise<Policy> =>
            registry.register({
              name,
              ...(await (useFactory as (...args: unknown[]) => Settings | Promise<Settings>)(...rest)),
            }),
        },
      ],
      exports: [token],
    };
  }
}
