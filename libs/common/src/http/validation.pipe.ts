import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import type { ValidationError as Problem } from 'class-validator';
import { ValidationError } from '../errors/exceptions';
import { shortened } from './shortened';

const MAX_MEMBERS = 200;
const MAX_ERRORS = 100;
const SENSITIVE = /password|passwd|token|secret|authorization|api_?key|cookie|credential|message|content/i;

interface FieldError {
  readonly field: string;
  readonly value?: string | number | boolean | null;
  readonly constraints: readonly string[];
}

/**
 * Nest's pipe, but for objects of more members than any route takes: its cost grows with the square of their number,
 * so that one small body could hold up every other request for seconds.
 */
class BoundedValidationPipe extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (typeof value === 'object' && value !== null && Object.keys(value).length > MAX_MEMBERS) {
      const constraints = [`has more than ${MAX_MEMBERS} members`];
      throw new ValidationError('VALIDATION_INVALID_INPUT', {
        message: `The request has more than ${MAX_MEMBERS} members`,
        details: { field: metadata.type, errors: [{ field: metadata.type, constraints }] },
      });
    }
    return super.transform(value, metadata);
  }
}

/** Validates what controllers take: unknown properties are refused, types converted, all problems told at once. */
export function createValidationPipe(): ValidationPipe {
  return new BoundedValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    transform: true,
    stopAtFirstError: false,
    // Targets and values stay out of the exception's own text; they are picked field by field below.
    validationError: { target: false, value: true },
    exceptionFactory: (problems) => validationFailure(problems),
  });
}

/** VALIDATION_INVALID_INPUT with the first problem in `field` and `value`, and all of them in `errors`. */
export function validationFailure(problems: readonly Problem[]): ValidationError<'VALIDATION_INVALID_INPUT'> {
  const errors = problems.flatMap((problem) => flatten(problem, ''));
  const first = errors[0];
  return new ValidationError('VALIDATION_INVALID_INPUT', {
    details:
      first === undefined
        ? {}
        : { field: first.field, ...valueOf(first), errors: errors.slice(0, MAX_ERRORS).map((error) => ({ ...error })) },
  });
}

function flatten(problem: Problem, parent: string): FieldError[] {
  const field = shortened(pathOf(parent, problem.property));
  const own = problem.constraints === undefined ? [] : [describe(field, problem)];
  return [...own, ...(problem.children ?? []).flatMap((child) => flatten(child, field))];
}

/** `records[3].end`: array positions arrive as property names made of digits. */
function pathOf(parent: string, property: string): string {
  if (parent === '') return property;
  return /^\d+$/.test(property) ? `${parent}[${property}]` : `${parent}.${property}`;
}

function describe(field: string, problem: Problem): FieldError {
  const { property } = problem;
  // Names come from the caller as well as values do, and the validator repeats them.
  const constraints = Object.values(problem.constraints ?? {}).map((each) =>
    each.replaceAll(property, shortened(property)),
  );
  return { field, ...shown(field, problem.value), constraints };
}

function valueOf({ value }: FieldError): Pick<FieldError, 'value'> {
  return value === undefined ? {} : { value };
}

/** A value as it may be echoed: short, and nothing for sensitive fields, objects and lists. */
function shown(field: string, value: unknown): Pick<FieldError, 'value'> {
  if (SENSITIVE.test(field)) return {};
  if (typeof value === 'string') return { value: shortened(value) };
  // What became no number was something else when it was sent.
  if (Number.isNaN(value)) return {};
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return { value };
  return {};
}
