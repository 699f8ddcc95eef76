import { currentContext, currentCorrelationId, EventLogger, type ErrorCode, newContext } from '@app/common';
import { Inject, Injectable } from '@nestjs/common';
import { checkArguments } from './check-arguments';
import { jsonSchemaOf } from './json-schema';
import { limitResult } from './limit-result';
import { runWithin, ToolTimeout } from './run-within';
import type { Tool, ToolContext, ToolDefinition } from './tool';
import { type Failure, failureOf, invalidInput, timedOut } from './tool-failure';
import type { ToolFailure, ToolResult, ToolSuccess } from './tool-result';

/** Injection token of the list of all tools. */
export const TOOLS = Symbol('TOOLS');

export const TOOL_TIMEOUT_MS = 30_000;

/** Knows all tools, checks what they are given, bounds what they take and return, and never throws. */
@Injectable()
export class ToolRegistry {
  private readonly tools: ReadonlyMap<string, Tool>;
  /** Name, description and JSON Schema of every tool, for a model. */
  readonly definitions: readonly ToolDefinition[];

  constructor(
    @Inject(TOOLS) tools: readonly Tool[],
    private readonly events: EventLogger,
  ) {
    this.tools = new Map(tools.map((tool) => [tool.name, tool]));
    this.definitions = tools.map(({ name, description, argumentsType }) => ({
      name,
      description,
      parameters: jsonSchemaOf(argumentsType),
    }));
  }

  /**
   * Runs a tool by name with arguments that nobody has checked yet. Whatever goes wrong is in the result: wrong
   * arguments (`TOOL_INVALID_INPUT`), a business error of a service (its own code and details), an infrastructure
   * error (its code and public message), 30 s used up (`TOOL_EXECUTION_TIMEOUT`), anything else
   * (`TOOL_EXECUTION_FAILED`).
   */
  async execute(name: string, args: unknown, context: ToolContext): Promise<ToolResult> {
    const started = performance.now();
    const outcome = await this.attempt(name, args, context);
    const executionTimeMs = Math.round(performance.now() - started);
    const run = {
      execution_time_ms: executionTimeMs,
      correlation_id: currentCorrelationId() ?? newContext().correlationId,
    };
    this.log(name, executionTimeMs, outcome, context.signal.aborted);
    return 'failure' in outcome
      ? failedResult(outcome.failure, run)
      : { success: true, ...outcome.success, ...staleness(), ...run };
  }

  private async attempt(name: string, given: unknown, context: ToolContext): Promise<Outcome> {
    const tool = this.tools.get(name);
    if (tool === undefined) {
      const known = [...this.tools.keys()].join(', ');
      return { failure: invalidInput(`There is no tool of this name; there are ${known}`, 'name') };
    }
    try {
      const checked = await checkArguments(tool.argumentsType, given);
      if ('failure' in checked) return checked;
      const data = await runWithin(TOOL_TIMEOUT_MS, context.signal, (signal) =>
        tool.run(checked.args, { userId: context.userId, signal }),
      );
      return { success: limited(data) };
    } catch (error) {
      return { failure: error instanceof ToolTimeout ? timedOut(TOOL_TIMEOUT_MS) : failureOf(error), cause: error };
    }
  }

  private log(name: string, durationMs: number, outcome: Outcome, abandoned: boolean): void {
    const tool = this.tools.has(name) ? name : 'unknown';
    if ('success' in outcome) {
      this.events.info('tool_executed', { tool, success: true, duration_ms: durationMs });
      return;
    }
    const { failure, cause } = outcome;
    const fields = { tool, success: false, error_code: failure.errorCode, duration_ms: durationMs };
    // What the caller can mend, or walked away from, is no trouble of ours; the rest needs its cause in the log.
    if (abandoned || EXPECTED.has(failure.errorCode)) this.events.info('tool_executed', fields);
    else this.events.warn('tool_executed', { ...fields, err: cause });
  }
}

type Outcome =
  | { readonly success: Pick<ToolSuccess, 'data' | 'truncated'> }
  | { readonly failure: Failure; readonly cause?: unknown };

const EXPECTED: ReadonlySet<ErrorCode> = new Set([
  'TOOL_INVALID_INPUT',
  'HEALTH_DATA_NOT_FOUND',
  'HEALTH_METRIC_NOT_SUPPORTED',
]);

function staleness(): Pick<ToolSuccess, 'stale_since'> {
  const since = currentContext()?.staleSince;
  return since === undefined ? {} : { stale_since: new Date(since).toISOString() };
}

function limited(data: unknown): Pick<ToolSuccess, 'data' | 'truncated'> {
  const result = limitResult(data);
  if (result === undefined) throw new RangeError('the result is too large and has no list to shorten');
  return result.truncated.length === 0 ? { data: result.data } : result;
}

function failedResult(failure: Failure, run: Pick<ToolFailure, 'execution_time_ms' | 'correlation_id'>): ToolFailure {
  return {
    success: false,
    error_code: failure.errorCode,
    message: failure.message,
    details: failure.details,
    ...run,
  };
}
