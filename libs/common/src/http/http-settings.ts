import type { LoadLimits } from '../load/load-settings';

/** What an application decides about its HTTP side. Sizes in bytes, times in milliseconds. */
export interface HttpSettings {
  /** Deadlines by name; `default` is for routes that do not name one. */
  readonly deadlines: Readonly<Record<string, number>> & { readonly default: number };
  /** Longest the headers of a request, its body, or the next bytes of a streamed body may take to arrive. */
  readonly receiveTimeoutMs: number;
  readonly maxBodyBytes: number;
  /** Largest upload of a multipart route. */
  readonly maxUploadBytes: number;
  /** When new requests are turned away for the sake of those in flight. */
  readonly loadLimits: LoadLimits;
  /**
   * Addresses and networks of reverse proxies whose `X-Forwarded-*` headers are believed. From anywhere else the
   * address of a client is that of its connection.
   */
  readonly trustProxy?: readonly string[];
}

/** Size of all request headers with the request line; Node answers beyond it before anything else can look. */
export const MAX_HEADER_BYTES = 16 * 1024;
/** Length of the path, and of the query. */
export const MAX_URL_PART_BYTES = 8 * 1024;
/** Length of one path parameter. */
export const MAX_PARAM_LENGTH = 256;

export const JSON_TYPE = 'application/json';

/** Injection token of the HTTP settings. */
export const HTTP_SETTINGS = Symbol('HTTP_SETTINGS');
