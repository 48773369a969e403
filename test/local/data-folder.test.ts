import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseKeyRing } from '../../shared/domain/key-ring.ts';
import { DATA_FORMAT, DataFolder } from '../../shared/local/data-folder.ts';
import { StartError } from '../../shared/local/start-error.ts';
import { OWN_KEYS } from '../../shared/manifest/access.ts';
import { System } from '../support/system.ts';

const SENTENCE =
  /^(\S+) holds data of another version of Airtime: start over with npm start -- --data \1 --reset, or move the folder away to keep it\.$/;

let path: string;

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'airtime-folder-'));
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

const open = (options = { reset: false }) => new DataFolder(path, options);
const file = (name: string) => join(path, name);

describe('a data folder', () => {
  it('that is new gets the version of today, and is opened again', () => {
    open().close();
    writeFileSync(file('airtime.db'), 'data');
    expect(readFileSync(file('format'), 'utf8')).toBe(String(DATA_FORMAT));
    open().close();
    expect(existsSync(file('airtime.db'))).toBe(true);
  });

  it.each([
    ['without a version', undefined],
    ['of an older version', String(DATA_FORMAT - 1)],
    ['of a newer version', String(DATA_FORMAT + 1)],
    ['with a damaged version', ''],
  ])('%s is refused in one sentence and left as it is', (_what, format) => {
    writeFileSync(file('airtime.db'), 'data');
    if (format !== undefined) writeFileSync(file('format'), format);
    expect(() => open()).toThrow(StartError);
    expect(() => open()).toThrow(SENTENCE);
    expect(readFileSync(file('airtime.db'), 'utf8')).toBe('data');
    expect(existsSync(file('lock'))).toBe(false);
  });

  it('of an older version is emptied by --reset, but for files that are not ours', () => {
    mkdirSync(file('queues'));
    for (const name of ['airtime.db', 'pesepay-payments.jsonl', 'notes.txt']) writeFileSync(file(name), 'data');
    open({ reset: true }).close();
    expect(['airtime.db', 'pesepay-payments.jsonl', 'queues'].filter((name) => existsSync(file(name)))).toEqual([]);
    expect(readFileSync(file('notes.txt'), 'utf8')).toBe('data');
    expect(readFileSync(file('format'), 'utf8')).toBe(String(DATA_FORMAT));
  });

  it('that is a file is refused in one sentence', () => {
    writeFileSync(file('a-file'), '');
    const refused = () => new DataFolder(file('a-file'), { reset: false });
    expect(refused).toThrow(StartError);
    expect(refused).toThrow('a-file is a file, not a folder; choose another with --data.');
  });

  it('whose local.json is damaged says so in one sentence', () => {
    writeFileSync(file('format'), String(DATA_FORMAT));
    writeFileSync(file('local.json'), '{ "liveKey"');
    const folder = open();
    expect(() => folder.readLocal()).toThrow(StartError);
    expect(() => folder.readLocal()).toThrow('is damaged; delete it to get new keys, or start over with --reset.');
    folder.close();
  });

  it('with files of somebody else only is new', () => {
    writeFileSync(file('notes.txt'), 'data');
    expect(() => open().close()).not.toThrow();
  });
});

it('a data folder is closed to other users, also one that was open to them', () => {
  writeFileSync(file('format'), String(DATA_FORMAT));
  for (const name of ['airtime.db', 'files.db', 'airtime.log']) writeFileSync(file(name), 'data', { mode: 0o644 });
  mkdirSync(file('queues'), { mode: 0o755 });
  open().close();
  expect(['airtime.db', 'files.db', 'airtime.log'].map((name) => statSync(file(name)).mode & 0o777)).toEqual([
    ...[0o600, 0o600, 0o600],
  ]);
  expect(statSync(file('queues')).mode & 0o777).toBe(0o700);
  expect(open().filesKey()).toBe(open().filesKey());
});

describe('the signing keys of a folder', () => {
  it('are one for each purpose, made once, and for their owner only', () => {
    const keys = open().signingKeys();
    expect(new Set(Object.values(keys)).size).toBe(OWN_KEYS.length);
    expect(open().signingKeys()).toEqual(keys);
    expect(statSync(file('signing-keys.json')).mode & 0o077).toBe(0);
  });

  it('of an older folder are new, and accept beside each what its one key made', () => {
    writeFileSync(file('format'), String(DATA_FORMAT));
    writeFileSync(file('signing-key'), 'the old key');
    const keys = open().signingKeys();
    const rings = Object.values(keys).map(parseKeyRing);
    expect(rings.map(({ keys: [, old] }) => old)).toEqual(rings.map(() => ({ version: 1, key: 'the old key' })));
    expect(new Set(rings.map(({ keys: [newest] }) => newest?.key)).size).toBe(OWN_KEYS.length);
    expect([open().signingKeys(), existsSync(file('signing-key'))]).toEqual([keys, false]);
  });

  it('keep a rotation', () => {
    const folder = open();
    const keys = folder.signingKeys();
    folder.saveSigningKey('access', 'rotated');
    expect(open().signingKeys()).toEqual({ ...keys, access: 'rotated' });
  });
});

it('npm start on an older folder prints that sentence and ends with 1', async () => {
  writeFileSync(file('airtime.db'), 'data');
  const system = await System.launch(path);
  expect(await system.ended).toBe(1);
  expect(system.output.trim()).toMatch(SENTENCE);
});
