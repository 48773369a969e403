import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { refusedLicences } from '../bin/licences.ts';

const packages = (license: string | undefined, flags = {}) => ({
  packages: { '': {}, 'node_modules/x': { version: '1.0.0', ...(license ? { license } : {}), ...flags } },
});

it('every package that is deployed has a licence that asks for a notice at most', () => {
  expect(refusedLicences(JSON.parse(readFileSync('package-lock.json', 'utf8')))).toEqual([]);
});

it.each([
  ['MIT', []],
  ['(MIT OR GPL-3.0)', []],
  ['MIT AND GPL-3.0', ['x 1.0.0: MIT AND GPL-3.0']],
  ['AGPL-3.0', ['x 1.0.0: AGPL-3.0']],
  [undefined, ['x 1.0.0: none']],
])('a package under %s', (license, refused) => {
  expect(refusedLicences(packages(license))).toEqual(refused);
  expect(refusedLicences(packages(license, { dev: true }))).toEqual([]);
});
