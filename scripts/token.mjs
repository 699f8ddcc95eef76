import { parseArgs } from 'node:util';
import { loadBuilt } from './setup/load.mjs';
import { main, SetupError } from './setup/process.mjs';

const USAGE = `npm run --silent token -- --sub alice --scope "health:read chat" --expires 1h

  --sub      the user the token is for (required)
  --scope    scopes, separated by spaces (default: "health:read health:write chat")
             health:read, health:write, chat, admin
  --expires  how long it is good: a number and s, m, h or d (default: 1h)

Prints the token alone. It is signed with AUTH_JWT_SECRET, or outside production with the secret of DATA_DIR.`;

const SCOPES = ['health:read', 'health:write', 'chat', 'admin'];
const UNITS = { s: 1, m: 60, h: 3_600, d: 86_400 };
const LONGEST_SECONDS = 366 * UNITS.d;

await main(async () => {
  const wanted = argumentsOf(process.argv.slice(2));
  if (wanted.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const app = await loadBuilt(
    'src/config/load-config.js',
    'libs/common/src/auth/development-secret.js',
    'libs/common/src/auth/sign-token.js',
  );
  if (!app) return process.exitCode;
  const config = configurationOf(app);
  const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = config;
  const token = await app.signToken(await secretOf(config, app), { ...wanted, issuer, audience });
  process.stdout.write(`${token}\n`);
  return 0;
});

function argumentsOf(given) {
  const { values } = parse(given);
  if (values.help) return { help: true };
  const sub = values.sub?.trim();
  if (!sub) throw wrong('--sub is missing: whom is the token for?');
  const scopes = values.scope.split(/[\s,]+/).filter(Boolean);
  const unknown = scopes.filter((scope) => !SCOPES.includes(scope));
  if (scopes.length === 0) throw wrong('--scope is empty');
  if (unknown.length > 0) throw wrong(`--scope: there is no ${unknown.join(', ')}; there is ${SCOPES.join(', ')}`);
  return { sub, scope: scopes.join(' '), seconds: secondsOf(values.expires) };
}

function parse(given) {
  try {
    return parseArgs({
      args: given,
      options: {
        sub: { type: 'string' },
        scope: { type: 'string', default: 'health:read health:write chat' },
        expires: { type: 'string', default: '1h' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw wrong(error.message);
  }
}

function secondsOf(text) {
  const [, amount, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const seconds = Number(amount) * UNITS[unit];
  if (!(seconds > 0)) throw wrong(`--expires: ${text} is not a duration such as 90s, 15m, 1h or 30d`);
  if (seconds > LONGEST_SECONDS) throw wrong('--expires: at most 366d');
  return seconds;
}

function wrong(problem) {
  return new SetupError(`${problem}\n\nUsage: ${USAGE}`);
}

function configurationOf({ loadConfig, ConfigurationError }) {
  try {
    return loadConfig();
  } catch (error) {
    if (error instanceof ConfigurationError) throw new SetupError(error.message);
    throw error;
  }
}

async function secretOf(config, { developmentSecret }) {
  if (config.AUTH_JWT_SECRET) return config.AUTH_JWT_SECRET;
  if (config.AUTH_JWKS_URL) {
    throw new SetupError('Tokens are verified with the keys of AUTH_JWKS_URL: get one from whoever holds them.');
  }
  return developmentSecret(config.DATA_DIR);
}
