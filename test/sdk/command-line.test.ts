import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { chosenProfile, profilesFile, storeProfile } from '../../sdk/typescript/src/cli/profiles.ts';
import { EXIT } from '../../sdk/typescript/src/cli/terminal.ts';
import { airtimeCommand } from '../support/command-line.ts';
import { inTime } from '../support/scripted-fetch.ts';

/** The command line without a server: help, mistakes, and where a key is kept. */

const home = mkdtempSync(join(tmpdir(), 'airtime-'));
afterAll(() => rmSync(home, { recursive: true }));

const airtime = (args: readonly string[], given?: Parameters<typeof airtimeCommand>[2]) =>
  airtimeCommand(home, args, given);

const COMMANDS = [
  'login',
  'orders send',
  'orders get',
  'orders list',
  'bulk preview',
  'bulk send',
  'bulk status',
  'wallet',
  'webhooks listen',
];

it('lists every command, and each has help of its own', async () => {
  const { code, out } = await airtime([]);
  expect(code).toBe(0);
  for (const command of COMMANDS) {
    expect(out).toContain(`airtime ${command}`);
    const own = await airtime([...command.split(' '), '--help']);
    expect([own.code, own.out]).toEqual([0, expect.stringContaining(`airtime ${command}`)]);
  }
});

it.each([
  [['frobnicate'], 'there is no command frobnicate'],
  [['orders', 'frobnicate'], 'there is no command orders frobnicate'],
  [['orders', 'send', '--nope'], "Unknown option '--nope'"],
  [['orders', 'send', '--product', '100'], 'missing --target'],
  [['orders', 'get'], 'missing the reference'],
  [['orders', 'get', 'a', 'b'], 'too many words: b'],
  [['orders', 'list', '--limit', '0'], '--limit must be a whole number'],
  [['bulk', 'send'], 'give a file, or --preview'],
  [['webhooks', 'listen', '--forward-to', 'localhost:3000'], '--forward-to must begin with'],
  [['login', '--base-url', 'api.example'], '--base-url must begin with'],
])('%j is a mistake, in one line', async (args, says) => {
  const { code, out, notes } = await airtime(args, { env: { AIRTIME_KEY: 'atk_test_x' } });
  expect([code, out, notes.split('\n').length]).toEqual([2, '', 1]);
  expect(notes).toContain(says);
});

it('says how to log in where there is no key, also in a profile that is not there', async () => {
  expect(await airtime(['wallet'])).toMatchObject({ code: 3, notes: expect.stringContaining('airtime login') });
  const other = await airtime(['wallet', '--profile', 'toString']);
  expect(other).toMatchObject({ code: 3, notes: expect.stringContaining('airtime login --profile toString') });
});

it('refuses what is no key, and stores nothing', async () => {
  expect(await airtime(['login'], { key: 'hunter2' })).toMatchObject({ code: 2 });
  expect(existsSync(profilesFile({ XDG_CONFIG_HOME: home }))).toBe(false);
});

it('a placeholder is refused in words before anything is sent: typed, and in the environment', async () => {
  expect(await airtime(['login'], { key: 'atk_test_…' })).toMatchObject({
    code: 2,
    notes: expect.stringContaining('is not a key'),
  });
  expect(await airtime(['wallet'], { env: { AIRTIME_KEY: 'atk_test_…' } })).toMatchObject({
    code: 3,
    notes: expect.stringContaining('AIRTIME_KEY is not a key'),
  });
});

it('a command that gets no answer may be repeated, and says under which reference', async () => {
  const env = { AIRTIME_KEY: 'atk_test_x', AIRTIME_URL: 'http://127.0.0.1:1' };
  const words = ['orders', 'send', '--product', '100', '--target', '0772279099', '--amount', '5'];
  jest.useFakeTimers();
  const { code, notes } = await inTime(airtime(words, { env }));
  jest.useRealTimers();
  const reference = /^Reference: (\S+)$/m.exec(notes)?.[1];
  expect([code, notes]).toEqual([4, expect.stringContaining(`--reference ${reference}`)]);
});

it('its page names the commands and the exit codes that it has', () => {
  const page = readFileSync('sdk/typescript/README.md', 'utf8');
  for (const code of Object.values(EXIT)) expect(page).toContain(`| ${code} |`);
  for (const command of COMMANDS) expect(page).toContain(`airtime ${command}`);
});

describe('profiles', () => {
  const env = { XDG_CONFIG_HOME: home };
  const here = { base_url: 'http://localhost:8080', api_key: 'atk_test_1' };
  const there = { base_url: 'https://api.example', api_key: 'atk_live_2' };

  it('are for their owner only, and do not replace each other', () => {
    storeProfile(env, 'default', here);
    storeProfile(env, 'shop', there);
    expect([chosenProfile(env, undefined), chosenProfile(env, 'shop')]).toEqual([here, there]);
    expect(chosenProfile({ ...env, AIRTIME_PROFILE: 'shop' }, undefined)).toEqual(there);
    expect([statSync(profilesFile(env)).mode & 0o777, statSync(join(home, 'airtime')).mode & 0o777]).toEqual([
      0o600, 0o700,
    ]);
    expect(() => storeProfile(env, '../x', here)).toThrow('the name of a profile');
  });

  it('never send a stored key to the address of the environment, nor the other way round', () => {
    const both = { ...env, AIRTIME_URL: 'https://evil.example' };
    expect(chosenProfile(both, undefined)).toEqual(here);
    expect(chosenProfile({ ...both, AIRTIME_KEY: 'atk_test_3' }, 'shop')).toEqual(there);
    expect(chosenProfile({ ...env, AIRTIME_KEY: 'atk_test_3' }, undefined).api_key).toBe('atk_test_3');
  });

  it('that are damaged are not overwritten', () => {
    writeFileSync(profilesFile(env), '{ "profiles"');
    expect(() => storeProfile(env, 'default', here)).toThrow('cannot be read');
    expect(readFileSync(profilesFile(env), 'utf8')).toBe('{ "profiles"');
  });
});
