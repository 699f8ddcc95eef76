/** On whose behalf a tool runs. The user comes from the token, never from a tool's arguments. */
export interface ToolContext {
  readonly userId: string;
  /** Aborts when the caller has gone away, the deadline has passed, or the tool has used up its time. */
  readonly signal: AbortSignal;
}

/** A JSON Schema of the subset that model providers accept for function parameters. */
export interface JsonSchema {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly items?: JsonSchema;
  readonly enum?: readonly string[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What a model is told about a tool. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonSchema;
}

/**
 * One thing the agent can do. A tool is written as if nothing could fail: it throws what its services throw, and the
 * registry turns that into a `ToolResult`.
 */
export abstract class Tool<Arguments extends object = object, Data = unknown> {
  abstract readonly name: string;
  /** For a model: what the tool answers and when to use it. */
  abstract readonly description: string;
  /** A class-validator DTO; the arguments are checked against it, and their JSON Schema is derived from it. */
  abstract readonly argumentsType: new () => Arguments;
  /** Data is JSON; quantities are in the user's unit system and carry their unit. */
  abstract run(args: Arguments, context: ToolContext): Promise<Data>;
}
