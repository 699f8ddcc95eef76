import 'reflect-metadata';

const DESCRIPTION = Symbol('tool argument description');

/** Tells a model what an argument of a tool means. */
export function ToolArgument(description: string): PropertyDecorator {
  return Reflect.metadata(DESCRIPTION, description);
}

export function argumentDescription(type: new () => object, property: string): string | undefined {
  return Reflect.getMetadata(DESCRIPTION, type.prototype as object, property) as string | undefined;
}
