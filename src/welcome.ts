import { signToken } from '@app/common';
import type { INestApplicationContext } from '@nestjs/common';
import type { Config } from './config/config.schema';
import { authSettings } from './config/settings';
import { SAMPLE_USER, SampleService } from './services/sample/sample.service';
import { baseUrlOf, welcomeText } from './services/sample/welcome-text';

const SCOPE = 'health:read health:write chat';
const SECONDS = 24 * 60 * 60;

/**
 * Outside production: loads the sample into an empty store, in the background, and then tells how to begin. To be
 * called when the application listens; never rejects because of Redis, which it waits for.
 */
export async function welcome(app: INestApplicationContext, config: Config, port: number): Promise<void> {
  if (config.NODE_ENV === 'production' || config.SAMPLE_DATA === 'off' || config.ROLE === 'worker') return;
  const hasSample = await app.get(SampleService).load();
  if (!hasSample || !isForPeople(config)) return;
  const { secret, issuer, audience } = await authSettings(config);
  if (secret === undefined) return;
  const token = await signToken(secret, { sub: SAMPLE_USER, scope: SCOPE, seconds: SECONDS, issuer, audience });
  process.stdout.write(welcomeText({ baseUrl: baseUrlOf(config.HOST, port), token }));
}

/** Somebody reads this, and no program that expects nothing but JSON lines. */
function isForPeople({ NODE_ENV, LOG_FORMAT }: Config): boolean {
  return LOG_FORMAT !== 'json' && (process.stdout.isTTY || NODE_ENV === 'development');
}
