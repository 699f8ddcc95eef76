import type { ToolDefinition } from '../../tools/registry/tool';
import type { ToolRegistry } from '../../tools/registry/tool-registry.service';
import type { ToolCall, ToolRunner } from '../responder/responder';

/** The tools of one turn, on behalf of one user; remembers every call. */
export class TurnTools implements ToolRunner {
  readonly calls: ToolCall[] = [];

  constructor(
    private readonly registry: ToolRegistry,
    private readonly userId: string,
    private readonly signal: AbortSignal,
  ) {}

  get definitions(): readonly ToolDefinition[] {
    return this.registry.definitions;
  }

  /** Throws the reason of the signal when nobody waits for the turn any more; a tool's failure is in its result. */
  async run(name: string, args: unknown): Promise<ToolCall> {
    const result = await this.registry.execute(name, args, { userId: this.userId, signal: this.signal });
    this.signal.throwIfAborted();
    const call = { name, arguments: isObject(args) ? args : {}, result };
    this.calls.push(call);
    return call;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
