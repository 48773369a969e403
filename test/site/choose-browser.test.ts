import { expect, it } from '@jest/globals';
import { chooseBrowser } from '../support/browser.ts';

const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

it.each([
  ['on Linux x64 the one of the package', 'linux', 'x64', {}, [], 'packaged'],
  ['on Linux arm64 an installed one', 'linux', 'arm64', {}, ['/usr/bin/chromium'], '/usr/bin/chromium'],
  ['on a Mac an installed one', 'darwin', 'arm64', {}, [MAC], MAC],
  ['on a Mac without Chrome none', 'darwin', 'arm64', {}, [], undefined],
  ['on an unknown platform none', 'aix', 'ppc64', {}, [], undefined],
  ['anywhere the one that is named', 'darwin', 'x64', { CHROME_PATH: '/opt/chrome' }, [], '/opt/chrome'],
] as const)('browser tests use %s', (_what, platform, arch, env, files, expected) => {
  const found: readonly string[] = files;
  expect(chooseBrowser({ platform, arch, env }, (file) => found.includes(file))).toBe(expected);
});
