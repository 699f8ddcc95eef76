interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly format?: string;
}

export type Schemas = Readonly<Record<string, unknown>>;

/** Deeper than any answer; schemas that contain themselves end here. */
const MAX_DEPTH = 24;
const BY_FORMAT: Readonly<Record<string, string>> = {
  'date-time': '2025-10-21T23:15:00.000+02:00',
  date: '2025-10-21',
  uuid: '123e4567-e89b-42d3-a456-426614174000',
  uri: 'http://localhost:3000',
};

/** An example of `schema`: its own, or one put together from those of its parts. */
export function exampleOf(schema: unknown, schemas: Schemas, depth = 0): unknown {
  if (typeof schema !== 'object' || schema === null || depth > MAX_DEPTH) return null;
  const known = schema as Schema;
  if (known.example !== undefined) return known.example;
  if (known.examples?.[0] !== undefined) return known.examples[0];
  if (known.const !== undefined) return known.const;
  if (known.default !== undefined) return known.default;
  if (known.enum?.[0] !== undefined) return known.enum[0];
  if (known.$ref !== undefined) return exampleOf(schemas[known.$ref.split('/').at(-1) ?? ''], schemas, depth + 1);
  return exampleOfParts(known, schemas, depth + 1);
}

function exampleOfParts(schema: Schema, schemas: Schemas, depth: number): unknown {
  if (schema.allOf !== undefined) {
    return Object.assign({}, ...schema.allOf.map((part) => exampleOf(part, schemas, depth))) as unknown;
  }
  const choice = schema.oneOf?.[0] ?? schema.anyOf?.[0];
  if (choice !== undefined) return exampleOf(choice, schemas, depth);
  const type = Array.isArray(schema.type) ? (schema.type as readonly string[])[0] : schema.type;
  if (type === 'array') return [exampleOf(schema.items, schemas, depth)];
  if (type === 'object' || schema.properties !== undefined) {
    const entries = Object.entries(schema.properties ?? {});
    return Object.fromEntries(entries.map(([name, part]) => [name, exampleOf(part, schemas, depth)]));
  }
  return exampleOfScalar(typeof type === 'string' ? type : undefined, schema.format);
}

function exampleOfScalar(type: string | undefined, format: string | undefined): unknown {
  switch (type) {
    case 'string':
      return BY_FORMAT[format ?? ''] ?? 'text';
    case 'number':
    case 'integer':
      return 1;
    case 'boolean':
      return true;
    default:
      return null;
  }
}
