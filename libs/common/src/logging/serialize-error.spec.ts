import fc from 'fast-check';
import { InfrastructureError, ValidationError } from '../errors/exceptions';
import { errorSerializer, serializeError } from './serialize-error';

const SECRET = 'redis://admin:hunter2@db.internal';

describe('an error in the log', () => {
  it('has its type, code, own message, stack and chain of causes', () => {
    const cause = Object.assign(new Error(`connect ECONNREFUSED ${SECRET}`), { code: 'ECONNREFUSED' });
    const logged = serializeError(
      new InfrastructureError('REDIS_CONNECTION_FAILED', { message: 'read failed', cause }),
    );
    expect(logged).toMatchObject({
      type: 'InfrastructureError',
      code: 'REDIS_CONNECTION_FAILED',
      message: 'read failed',
      cause: { type: 'Error', code: 'ECONNREFUSED' },
    });
    expect(logged.stack).toContain('serialize-error.spec');
    expect(logged.cause?.stack).toContain('    at ');
  });

  it('keeps what libraries hang on errors to itself', () => {
    const error = Object.assign(new Error(`bad ${SECRET}\n    second line ${SECRET}`), {
      code: SECRET,
      config: { headers: { authorization: SECRET } },
      command: { args: [SECRET] },
    });
    expect(JSON.stringify(serializeError(error))).not.toContain('hunter2');
    const parse = (): unknown => JSON.parse(SECRET);
    expect(parse).toThrow();
    try {
      parse();
    } catch (syntaxError) {
      expect(JSON.stringify(serializeError(syntaxError))).not.toContain('redis:');
    }
  });

  it('has what the language says of a mistake, without the values it quotes', () => {
    const said = (work: () => unknown): string | undefined => {
      try {
        work();
      } catch (mistake) {
        return serializeError(mistake).message;
      }
      return 'nothing';
    };
    const nothing = undefined as unknown as Record<string, () => void>;
    expect(said(() => nothing[SECRET])).toBe('Cannot read properties of undefined');
    const empty: Record<string, () => void> = {};
    expect(said(() => empty.missing?.call(empty) ?? (empty.missing as () => void)())).toBe(
      'empty.missing is not a function',
    );
    expect(said(() => JSON.stringify({ big: 7n }))).toBe('Do not know how to serialize a BigInt');
    expect(said(() => 'x' in (SECRET as unknown as object))).toBeUndefined();
    expect(said(() => new Intl.DateTimeFormat('en', { timeZone: SECRET }))).toBeUndefined();
    expect(said(() => Object.defineProperty(Object.freeze({}), SECRET, {}))).toBeUndefined();
    expect(said(() => new URL('hunter2'))).toBeUndefined();
  });

  it('takes for frames only what stands below the message, and for codes only what looks like one', () => {
    const lines = `first\n    at ${SECRET} (/srv/app.js:1:1)`;
    const logged = serializeError(Object.assign(new Error(lines), { code: 'sk-hunter2' }));
    expect(logged.stack).toContain('serialize-error.spec');
    expect(JSON.stringify(logged)).not.toContain('hunter2');
    expect(logged.code).toBeUndefined();
  });

  it('has the public message of an error that was told to a caller', () => {
    const error = new ValidationError('VALIDATION_INVALID_INPUT', { message: `${SECRET} is no period` });
    expect(serializeError(error).message).toBe('The request has invalid or missing values');
  });

  it('keeps the first word of what Redis replied', () => {
    const reply = Object.assign(new Error('WRONGTYPE Operation against a key'), { name: 'ReplyError' });
    expect(serializeError(reply)).toMatchObject({ code: 'WRONGTYPE' });
  });

  it('comes to an end when causes go round in circles, or never end', () => {
    const round = Object.assign(new Error(), { code: 'EROUND' });
    round.cause = Object.assign(new Error('', { cause: round }), { code: 'EAND' });
    expect(serializeError(round)).toMatchObject({
      code: 'EROUND',
      cause: { code: 'EAND', cause: { code: 'EROUND', logged_before: true } },
    });
    const depth = (logged: { cause?: object } | undefined): number =>
      logged === undefined ? 0 : 1 + depth(logged.cause);
    const long = Array.from({ length: 50 }).reduce<Error>((cause) => new TypeError('on', { cause }), new Error());
    expect(depth(serializeError(long))).toBe(9);
  });

  it('has its stack and its causes once in a log, however often it is logged, and by whom', () => {
    const serialize = errorSerializer();
    const cause = Object.assign(new Error(), { code: 'ECONNREFUSED' });
    const inner = new InfrastructureError('REDIS_CONNECTION_FAILED', { cause });
    const first = serialize(inner);
    expect(first.stack).toContain('serialize-error.spec');
    expect(first.cause?.stack).toContain('serialize-error.spec');
    expect(serialize(inner)).toEqual({
      type: 'InfrastructureError',
      code: 'REDIS_CONNECTION_FAILED',
      message: inner.message,
      logged_before: true,
    });
    const outer = serialize(new InfrastructureError('HEALTH_DATA_UNAVAILABLE', { cause: inner }));
    expect(outer.stack).toContain('serialize-error.spec');
    expect(outer.cause).toMatchObject({ code: 'REDIS_CONNECTION_FAILED', logged_before: true });
    expect(serialize(new InfrastructureError('REDIS_CONNECTION_FAILED')).stack).toContain('serialize-error.spec');
  });

  it('survives whatever was thrown', () => {
    fc.assert(fc.property(fc.anything(), (thrown) => serializeError(thrown).type.length > 0));
    const hostile = new Proxy(new Error('x'), {
      get: () => {
        throw new Error('no');
      },
    });
    expect(serializeError(hostile)).toEqual({ type: 'unreadable error' });
  });
});
