import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';

interface Setup {
  staleness(root: string): string | undefined;
  explain(output: string, exitCode: number): string;
}

const setup: Setup = await import(String('../../bin/setup.mjs'));

const lock = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/one': { version: '1.0.0' },
    'node_modules/other-platform': { version: '2.0.0', optional: true },
  },
};
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'airtime-setup-'));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify(lock));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** What `npm ci` leaves, without our own marker. */
function install(version = '1.0.0', nodeVersion = '24.21.0'): void {
  const modules = join(root, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  mkdirSync(join(modules, 'node'), { recursive: true });
  writeFileSync(join(modules, '.bin', 'node'), '');
  writeFileSync(join(modules, 'node', 'package.json'), JSON.stringify({ version: nodeVersion }));
  const packages = { 'node_modules/one': { version } };
  writeFileSync(join(modules, '.package-lock.json'), JSON.stringify({ packages }));
}

it('a fresh clone needs an installation', () => {
  expect(setup.staleness(root)).toContain('not installed');
});

it("the user's own npm ci is enough, without the packages of other platforms", () => {
  install();
  expect(setup.staleness(root)).toBeUndefined();
  expect(setup.staleness(root)).toBeUndefined();
});

it('a checkout that only changes the time of the lock file needs no installation', () => {
  install();
  setup.staleness(root);
  const later = new Date('2099-01-01T00:00:00Z');
  utimesSync(join(root, 'package-lock.json'), later, later);
  expect(setup.staleness(root)).toBeUndefined();
});

it('a lock file with another version needs an installation, also after an earlier check', () => {
  install();
  expect(setup.staleness(root)).toBeUndefined();
  const packages = { ...lock.packages, 'node_modules/one': { version: '1.0.1' } };
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
  expect(setup.staleness(root)).toContain('lock file has changed');
});

it('packages without the Node of the project need an installation', () => {
  install('1.0.0', '20.1.0');
  expect(setup.staleness(root)).toContain('Node 24');
  install();
  rmSync(join(root, 'node_modules', '.bin', 'node'));
  expect(setup.staleness(root)).toContain('Node 24');
});

it.each([
  [
    'npm error code EUSAGE\nnpm error Missing: a@1 from lock file\nnpm error Missing: b@2 from lock file',
    /a@1 and 1 more/,
  ],
  ['npm error code ENOTFOUND\nnpm error network request failed', /registry cannot be reached \(ENOTFOUND\)/],
  ['npm error code ECONNREFUSED', /registry cannot be reached/],
  ['npm ERR! code ENOSPC', /disk is full/],
  ['Segmentation fault', /npm ended with 139; run npm ci/],
])('a failed installation is one sentence with what to do: %j', (output, sentence) => {
  const explained = setup.explain(output, 139);
  expect(explained).toMatch(sentence);
  expect(explained.split('\n')).toHaveLength(1);
});
