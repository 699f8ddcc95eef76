import { plainToInstance } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import { jsonSchemaOf } from './json-schema';
import { type Failure, invalidInput } from './tool-failure';

type Problem = Pick<ValidationError, 'property' | 'constraints'>;

export type CheckedArguments<T> = { readonly args: T } | { readonly failure: Failure };

/** The arguments as an instance of the tool's DTO, or what is wrong with them, all problems at once. */
export async function checkArguments<T extends object>(
  type: new () => T,
  given: unknown,
): Promise<CheckedArguments<T>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return { failure: invalidInput('The arguments must be a JSON object', 'arguments') };
  }
  const args = plainToInstance(type, given);
  const problems = [
    ...unknownArguments(type, given),
    // Tools without arguments have no rules, which is no reason to refuse them.
    ...(await validate(args, { forbidUnknownValues: false })),
  ];
  if (problems.length === 0) return { args };
  const errors = problems.map(({ property, constraints }) => ({
    field: property,
    constraints: Object.values(constraints ?? {}),
  }));
  return { failure: invalidInput(sentence(problems), errors[0]?.field ?? 'arguments', errors) };
}

/** class-validator's own whitelist passes everything to a class without rules. */
function unknownArguments(type: new () => object, given: object): Problem[] {
  const known = jsonSchemaOf(type).properties ?? {};
  return Object.keys(given)
    .filter((property) => !Object.hasOwn(known, property))
    .map((property) => ({ property, constraints: { unknown: `${property} is not an argument of this tool` } }));
}

function sentence(problems: readonly Problem[]): string {
  const texts = problems.flatMap(({ constraints }) => Object.values(constraints ?? {}));
  return `The arguments are not right: ${texts.join('; ')}`;
}
