import { BUSINESS_ERRORS } from './catalogue.business';
import { CLIENT_ERRORS } from './catalogue.client';
import { SERVER_ERRORS } from './catalogue.server';
import type { DetailsOf, ErrorCategory, ErrorDefinition } from './error-definition';

/**
 * Every error the product can answer with, declared once. Statuses, `GET /errors`, the OpenAPI responses,
 * the table in the docs and the metric labels are derived from it.
 */
export const ERROR_CATALOGUE = { ...CLIENT_ERRORS, ...BUSINESS_ERRORS, ...SERVER_ERRORS };

type Catalogue = typeof ERROR_CATALOGUE;

export type ErrorCode = keyof Catalogue;

/** The codes of one or more categories: what an exception class may be thrown with. */
export type CodeOf<C extends ErrorCategory> = {
  [K in ErrorCode]: Catalogue[K]['category'] extends C ? K : never;
}[ErrorCode];

export type ErrorDetails<K extends ErrorCode> = DetailsOf<Catalogue[K]>;

export const ERROR_CODES = Object.keys(ERROR_CATALOGUE) as ErrorCode[];

export function errorDefinition(code: ErrorCode): ErrorDefinition {
  return ERROR_CATALOGUE[code];
}

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CATALOGUE, text);
}
