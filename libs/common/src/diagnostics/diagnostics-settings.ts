/** Injection token of the settings. */
export const DIAGNOSTICS_SETTINGS = Symbol('DIAGNOSTICS_SETTINGS');

/** What is kept in memory for operators. */
export interface DiagnosticsSettings {
  /** A request that ended well is kept when it took longer than this. */
  readonly slowMs: number;
  /** How many requests are kept, and how many bytes they may take together. */
  readonly maxRequests: number;
  readonly maxBytes: number;
}

export const DEFAULT_DIAGNOSTICS: DiagnosticsSettings = {
  slowMs: 2_000,
  maxRequests: 1_000,
  maxBytes: 8 * 1024 * 1024,
};
