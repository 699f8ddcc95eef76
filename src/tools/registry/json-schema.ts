import { getMetadataStorage } from 'class-validator';
import type { JsonSchema } from './tool';
import { argumentDescription } from './tool-argument';

interface Rule {
  readonly name?: string;
  readonly constraints?: readonly unknown[];
  readonly each: boolean;
}

type Draft = { -readonly [K in keyof JsonSchema]?: JsonSchema[K] };

/** What each class-validator rule says in JSON Schema. A rule that is not listed must not be used in a tool's DTO. */
const TRANSLATIONS: Readonly<Record<string, (constraints: readonly unknown[]) => Draft>> = {
  isString: () => ({ type: 'string' }),
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => ({ type: 'integer' }),
  isNumber: () => ({ type: 'number' }),
  isArray: () => ({ type: 'array' }),
  isIn: ([values]) => ({ type: 'string', enum: values as readonly string[] }),
  isLength: ([minimum, maximum]) => ({ minLength: minimum as number, maxLength: maximum as number }),
  arrayMinSize: ([minimum]) => ({ minItems: minimum as number }),
  arrayMaxSize: ([maximum]) => ({ maxItems: maximum as number }),
  min: ([minimum]) => ({ minimum: minimum as number }),
  max: ([maximum]) => ({ maximum: maximum as number }),
};

const OPTIONAL = 'isOptional';

/**
 * The JSON Schema of a DTO, from its class-validator metadata, so that what a model is told and what is checked can't
 * drift apart.
 * @throws TypeError for a rule that has no translation: found when the application starts
 */
export function jsonSchemaOf(type: new () => object): JsonSchema {
  const storage = getMetadataStorage();
  const rules = storage.groupByPropertyName(storage.getTargetValidationMetadatas(type, '', false, false));
  const properties = Object.entries(rules).map(([property, own]) => [property, propertySchema(type, property, own)]);
  const required = Object.entries(rules)
    .filter(([, own]) => own.every(({ name }) => name !== OPTIONAL))
    .map(([property]) => property);
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as Record<string, JsonSchema>,
    required,
    additionalProperties: false,
  };
}

function propertySchema(type: new () => object, property: string, rules: readonly Rule[]): JsonSchema {
  const draft: Draft = { description: argumentDescription(type, property) };
  const items: Draft = {};
  for (const { name = '', constraints = [], each } of rules) {
    if (name === OPTIONAL) continue;
    const translate = TRANSLATIONS[name];
    if (translate === undefined) throw new TypeError(`${type.name}.${property}: "${name}" has no JSON Schema`);
    Object.assign(each ? items : draft, translate(constraints));
  }
  if (draft.type === 'array') draft.items = complete(items, `${type.name}.${property}[]`);
  return complete(draft, `${type.name}.${property}`);
}

function complete(draft: Draft, where: string): JsonSchema {
  const { type } = draft;
  if (type === undefined) throw new TypeError(`${where} has no rule that says its type`);
  return { ...draft, type };
}
