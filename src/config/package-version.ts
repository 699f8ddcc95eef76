import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

/** The version in the package.json that this file belongs to, built or not. */
export const PACKAGE_VERSION = versionOf(findPackageJSON('..', __filename));

function versionOf(path: string | undefined): string {
  if (path === undefined) return 'unknown';
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version?: string };
  return version ?? 'unknown';
}
