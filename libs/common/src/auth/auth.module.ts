import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuthGuard } from './auth.guard';
import { Authenticator } from './authenticator';
import { AUTH_SETTINGS, type AuthSettings, TokenVerifier } from './token-verifier';

/** Authentication for every route of the application. */
@Module({})
export class AuthModule {
  static forRoot(settings: AuthSettings): DynamicModule {
    return AuthModule.forRootAsync({ useFactory: () => settings });
  }

  static forRootAsync(settings: Pick<FactoryProvider<AuthSettings>, 'inject' | 'useFactory'>): DynamicModule {
    return {
      module: AuthModule,
      global: true,
      providers: [
        { provide: AUTH_SETTINGS, ...settings },
        TokenVerifier,
        Authenticator,
        { provide: APP_GUARD, useClass: AuthGuard },
      ],
      exports: [Authenticator],
    };
  }
}
