export interface MetricsSettings {
  /** Serves `/metrics` there, and no longer beside the other routes; 0: any free port. */
  readonly port?: number | undefined;
  /** Address to listen on; only with `port`. */
  readonly host?: string;
  /** What the process is, for `wellness_build_info`. */
  readonly build?: { readonly version: string; readonly role: string };
  /** How long the figures of a scrape are good for other scrapes, in milliseconds. */
  readonly ttlMs?: number;
}

/** Injection token of the settings. */
export const METRICS_SETTINGS = Symbol('METRICS_SETTINGS');
