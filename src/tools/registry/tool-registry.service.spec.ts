import { BusinessLogicError, HealthDataNotFoundError, RedisConnectionError, ValidationError } from '@app/common';
import { IsIn, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { Tool, type ToolContext } from './tool';
import { ToolArgument } from './tool-argument';
import { ToolRegistry, TOOL_TIMEOUT_MS } from './tool-registry.service';

class EchoArguments {
  @ToolArgument('What to say')
  @IsString()
  text!: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(3)
  times?: number;

  @IsOptional()
  @IsIn(['low', 'high'])
  voice?: string;
}

class NoArguments {}

function toolOf<A extends object>(type: new () => A, run: (args: A, context: ToolContext) => unknown): Tool<A> {
  return new (class extends Tool<A> {
    readonly name = 'echo';
    readonly description = 'Says it again.';
    readonly argumentsType = type;
    override run(args: A, context: ToolContext): Promise<unknown> {
      return Promise.resolve().then(() => run(args, context));
    }
  })();
}

describe('the tool registry', () => {
  const events = { info: jest.fn(), warn: jest.fn() };
  const context = (signal = new AbortController().signal): ToolContext => ({ userId: 'u-1', signal });
  const registry = <A extends object>(
    type: new () => A,
    run: (args: A, context: ToolContext) => unknown,
  ): ToolRegistry => new ToolRegistry([toolOf(type, run)], events as never);
  const failing = (error: unknown): ToolRegistry =>
    registry(NoArguments, () => {
      throw error;
    });

  beforeEach(() => jest.clearAllMocks());
  afterEach(() => jest.useRealTimers());

  it('gives a tool its checked arguments and the user of the context', async () => {
    const result = await registry(EchoArguments, (args, { userId }) => ({ ...args, userId })).execute('echo', { text: 'a', times: 2 }, context()); // prettier-ignore
    expect(result).toEqual({
      success: true,
      data: { text: 'a', times: 2, userId: 'u-1' },
      execution_time_ms: expect.any(Number) as number,
      correlation_id: expect.stringMatching(/^req_[\da-f]{16}$/) as string,
    });
  });

  it.each([
    ['a missing argument', {}, 'text'],
    ['a wrong type', { text: 1 }, 'text'],
    ['a value out of range', { text: 'a', times: 4 }, 'times'],
    ['a value that is not one of the list', { text: 'a', voice: 'loud' }, 'voice'],
    ['an argument there is not, such as a user', { text: 'a', user_id: 'u-2' }, 'user_id'],
    ['no object', 'text', 'arguments'],
    ['nothing', undefined, 'arguments'],
    ['a list', [], 'arguments'],
  ])('refuses %s and says what is wrong', async (_name, args, field) => {
    const run = jest.fn();
    const result = await registry(EchoArguments, run).execute('echo', args, context());
    expect(result).toMatchObject({
      success: false,
      error_code: 'TOOL_INVALID_INPUT',
      details: { invalid_field: field },
    });
    expect(run).not.toHaveBeenCalled();
  });

  it('refuses arguments to a tool that has none', async () => {
    const result = await registry(NoArguments, () => 1).execute('echo', { user_id: 'u-2' }, context());
    expect(result).toMatchObject({ error_code: 'TOOL_INVALID_INPUT', details: { invalid_field: 'user_id' } });
  });

  it('knows no other tools', async () => {
    const result = await registry(NoArguments, () => 1).execute('eval', {}, context());
    expect(result).toMatchObject({
      error_code: 'TOOL_INVALID_INPUT',
      message: expect.stringContaining('echo') as string,
    });
    expect(events.info).toHaveBeenCalledWith('tool_executed', expect.objectContaining({ tool: 'unknown' }));
  });

  it('keeps code and details of business errors', async () => {
    const notFound = new HealthDataNotFoundError({ time_period: '2019', available_periods: ['2025'] });
    expect(await failing(notFound).execute('echo', {}, context())).toMatchObject({
      error_code: 'HEALTH_DATA_NOT_FOUND',
      details: { time_period: '2019', available_periods: ['2025'] },
    });
    const unknown = new BusinessLogicError('HEALTH_METRIC_NOT_SUPPORTED', { details: { did_you_mean: ['HeartRate'] } });
    expect(await failing(unknown).execute('echo', {}, context())).toMatchObject({
      error_code: 'HEALTH_METRIC_NOT_SUPPORTED',
      details: { did_you_mean: ['HeartRate'] },
    });
    expect(events.warn).not.toHaveBeenCalled();
  });

  it('turns what a service finds wrong with a value into wrong input', async () => {
    const error = new ValidationError('VALIDATION_INVALID_INPUT', {
      message: 'no period',
      details: { field: 'time_period' },
    });
    expect(await failing(error).execute('echo', {}, context())).toMatchObject({
      error_code: 'TOOL_INVALID_INPUT',
      message: 'no period',
      details: { invalid_field: 'time_period' },
    });
  });

  it('shows of infrastructure errors the public message only, and logs the rest', async () => {
    const error = new RedisConnectionError('read_chunks', new Error('connect ECONNREFUSED 10.0.0.7:6379'));
    const result = await failing(error).execute('echo', {}, context());
    expect(result).toMatchObject({ error_code: 'REDIS_CONNECTION_FAILED', details: {} });
    expect(JSON.stringify(result)).not.toMatch(/10\.0\.0\.7|read_chunks/);
    expect(events.warn).toHaveBeenCalledWith('tool_executed', expect.objectContaining({ err: error }));
  });

  it.each([new TypeError('x is undefined'), 'text', null, undefined, Object.freeze({})])(
    'survives %p',
    async (thrown) => {
      const result = await failing(thrown).execute('echo', {}, context());
      expect(result).toMatchObject({ success: false, error_code: 'TOOL_EXECUTION_FAILED', details: {} });
      expect(JSON.stringify(result)).not.toContain('undefined');
      expect(events.warn).toHaveBeenCalledTimes(1);
    },
  );

  it('gives up on a tool after 30 seconds, and tells it so', async () => {
    jest.useFakeTimers();
    let signal: AbortSignal | undefined;
    const pending = registry(NoArguments, (_args, given) => {
      ({ signal } = given);
      return new Promise(() => undefined);
    }).execute('echo', {}, context());
    await jest.advanceTimersByTimeAsync(TOOL_TIMEOUT_MS);
    expect(await pending).toMatchObject({ error_code: 'TOOL_EXECUTION_TIMEOUT', details: { timeout_ms: 30_000 } });
    expect(signal?.aborted).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('stops a tool nobody waits for any more, without alarm', async () => {
    const caller = new AbortController();
    const pending = registry(NoArguments, () => new Promise(() => undefined)).execute(
      'echo',
      {},
      context(caller.signal),
    );
    caller.abort(new Error('gone'));
    expect(await pending).toMatchObject({ success: false });
    expect(events.warn).not.toHaveBeenCalled();
  });

  it('cuts long lists and says so', async () => {
    const records = Array.from({ length: 5000 }, (_, at) => ({ at, text: 'twenty characters…' }));
    const result = await registry(NoArguments, () => ({ records, total: 7 })).execute('echo', {}, context());
    expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThanOrEqual(65 * 1024);
    expect(result).toMatchObject({ success: true, truncated: [{ path: 'records', total: 5000 }], data: { total: 7 } });
    expect(records).toHaveLength(5000);
  });

  it('fails on a result that is too large and can’t be cut', async () => {
    const result = await registry(NoArguments, () => 'x'.repeat(70_000)).execute('echo', {}, context());
    expect(result).toMatchObject({ success: false, error_code: 'TOOL_EXECUTION_FAILED' });
  });

  it('describes its tools for a model, from what it checks', () => {
    expect(registry(EchoArguments, () => 1).definitions).toEqual([
      {
        name: 'echo',
        description: 'Says it again.',
        parameters: {
          type: 'object',
          properties: {
            text: { type: 'string', description: 'What to say' },
            times: { type: 'integer', minimum: 1, maximum: 3 },
            voice: { type: 'string', enum: ['low', 'high'] },
          },
          required: ['text'],
          additionalProperties: false,
        },
      },
    ]);
  });
});
