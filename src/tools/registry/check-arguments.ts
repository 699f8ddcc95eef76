import { plainToInstance } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import { type Failure, invalidInput } from './tool-failure';

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
  const problems = await validate(args, { whitelist: true, forbidNonWhitelisted: true });
  if (problems.length === 0) return { args };
  const errors = problems.map(({ property, constraints }) => ({
    field: property,
    constraints: Object.values(constraints ?? {}),
  }));
  return { failure: invalidInput(sentence(problems), errors[0]?.field ?? 'arguments', errors) };
}

function sentence(problems: readonly ValidationError[]): string {
  const texts = problems.flatMap(({ constraints }) => Object.values(constraints ?? {}));
  return `The arguments are not right: ${texts.join('; ')}`;
}
