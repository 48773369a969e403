import { readFileSync } from 'node:fs';

/** `npm run licences`: whether all that is deployed may be, by the licences in the lock file. Needs no network. */

/** Licences that ask for no more than a notice. */
const ALLOWED = new Set([
  ...['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT', 'MIT-0', 'Unlicense'],
]);

interface Package {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
}

/** Packages of a lock file whose licence is missing or not allowed: `name version: licence`. */
export function refusedLicences(lock: { readonly packages: Readonly<Record<string, Package>> }): string[] {
  return Object.entries(lock.packages)
    .filter(([path, { dev, optional }]) => path !== '' && !dev && !optional)
    .filter(([, { license = '' }]) => !isAllowed(license))
    .map(([path, { version, license }]) => `${path.replace(/^.*node_modules\//, '')} ${version}: ${license ?? 'none'}`);
}

/** `(MIT OR GPL-3.0)` is a choice, `MIT AND Zlib` is not. */
function isAllowed(license: string): boolean {
  const choices = license.replace(/[()]/g, '').split(' OR ');
  return choices.some((choice) => choice.split(' AND ').every((each) => ALLOWED.has(each)));
}

if (process.argv[1]?.endsWith('licences.ts')) {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const refused = refusedLicences(lock);
  process.stdout.write(refused.length > 0 ? `${refused.join('\n')}\n` : 'Every licence is allowed.\n');
  process.exitCode = refused.length > 0 ? 1 : 0;
}
