import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuthGuard } from './auth.guard';
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
      providers: [{ provide: AUTH_SETTINGS, ...settings }, TokenVerifier, { provide: APP_GUARD, useClass: AuthGuard }],
    };
  }
}
