import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { chosenProfile, profilesFile, storeProfile } from '../../sdk/typescript/src/cli/profiles.ts';
import { EXIT } from '../../sdk/typescript/src/cli/terminal.ts';
import { airtimeCommand } from '../support/command-line.ts';
import { inTime, ours } from '../support/scripted-fetch.ts';

/** The command line without a server: help, mistakes, and where a key is kept. */

const home = mkdtempSync(join(tmpdir(), 'airtime-'));
afterAll(() => rmSync(home, { recursive: true }));

const airtime = (args: readonly string[], given?: Parameters<typeof airtimeCommand>[2]) =>
  airtimeCommand(home, args, given);

/** A server that answers JSON as a test says. */
async function served(answer: RequestListener) {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    answer(request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

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
  'trigger',
  'logs tail',
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
  [['trigger'], 'missing the type of the event'],
  [['logs', 'tail', '--lines', 'x'], '--lines must be a whole number'],
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

const openOrder = ours('OrderInFull', {
  ...{ agent_reference: 'mine', status: 'unknown', final: false, currency: 'USD', amount: 5 },
});

describe('a proxy that answers {"ok":true} to what it passed on', () => {
  const may = join(home, 'may.csv');
  writeFileSync(may, 'target,amount\n0772279099,1\n');

  it.each([
    ['an order', 'orders send --product 100 --target 0772279099 --amount 5 --reference mine', '--reference mine,'],
    ['a batch with a reference', `bulk send ${may} --reference may`, '--reference may,'],
    ['a batch named by its file', `bulk send ${may}`, 'Repeat the same command: the same file'],
    ['a batch named by its preview', 'bulk send --preview pre_1', 'Repeat the same command: the same file, or preview'],
    ['what pays for nothing', 'trigger order.success --endpoint whe_1', 'It pays for nothing, so it can be repeated.'],
  ])('leaves %s unclear, and how to repeat it is the last line', async (_what, words, says) => {
    const bodies = new Set<string>();
    const { url, close } = await served(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      bodies.add(body);
      response.end('{"ok":true}');
    });
    const env = { AIRTIME_KEY: 'atk_test_x', AIRTIME_URL: url };
    const { code, out, notes } = await airtime(words.split(' '), { env });
    close();
    expect([code, out, bodies.size]).toEqual([EXIT.unclear, '', 1]);
    const last = notes.split('\n').at(-1);
    expect(last).toMatch(/^It may have been accepted\. /);
    expect(last).toContain(says);
  });

  it('is no value of a read, and nothing was accepted by it', async () => {
    const { url, close } = await served((_, response) => response.end('{"ok":true}'));
    const { code, out, notes } = await airtime(['wallet'], { env: { AIRTIME_KEY: 'atk_test_x', AIRTIME_URL: url } });
    close();
    expect([code, out]).toEqual([EXIT.unclear, '']);
    expect(notes).not.toContain('accepted');
  });
});

it('an order that was accepted and is not decided in time is not to be sent again, and nothing else is said', async () => {
  const { url, close } = await served((_, response) => response.end(JSON.stringify(openOrder)));
  const env = { AIRTIME_KEY: 'atk_test_x', AIRTIME_URL: url };
  const words = [
    'orders',
    'send',
    '--product',
    '100',
    '--target',
    '0772279099',
    '--amount',
    '5',
    '--reference',
    'mine',
  ];
  const { code, notes } = await airtime([...words, '--wait', '--timeout', '1'], { env });
  close();
  expect([code, notes]).toEqual([EXIT.open, expect.stringContaining('was accepted')]);
  expect(notes).toContain('Do not order again.');
  expect(notes).not.toMatch(/may have been|repeat/i);
});

it('a listener is deleted though Ctrl-C comes twice', async () => {
  const listener = ours('ListenerWithSecret', { endpoint_id: 'whe_1', expires_at: 'soon', secret: 'whsec_x' });
  const seen: string[] = [];
  const { url, close } = await served(({ method }, response) => {
    seen.push(String(method));
    if (method === 'DELETE') {
      child.kill('SIGINT');
      setTimeout(() => response.writeHead(204).end(), 200);
    } else if (method === 'GET') {
      child.kill('SIGINT');
    } else response.end(JSON.stringify(listener));
  });
  const words = ['webhooks', 'listen', '--forward-to', 'http://127.0.0.1:1'];
  const env = { ...process.env, AIRTIME_KEY: 'atk_test_x', AIRTIME_URL: url };
  const child = spawn(process.execPath, ['sdk/typescript/src/cli/main.ts', ...words], { env, stdio: 'ignore' });
  const [code, signal] = await once(child, 'exit');
  close();
  expect([seen, code, signal]).toEqual([['POST', 'GET', 'DELETE'], 0, null]);
});

describe('trigger', () => {
  const endpoint = (id: string, more: object = {}) => ({
    id,
    url: `https://shop.example/${id}`,
    listening: false,
    ...more,
  });

  async function trigger(endpoints: readonly object[], words: readonly string[] = [], answer: object = {}) {
    const asked: string[] = [];
    const { url, close } = await served((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const sent = ours('DeliveryInFull', {
        ...{ event_type: 'order.success', event_id: 'evt_test_1', status: 'delivered', last_status: 204 },
      });
      response.end(
        JSON.stringify(request.method === 'GET' ? { data: endpoints, next_cursor: null } : { ...sent, ...answer }),
      );
    });
    const env = { AIRTIME_KEY: 'atk_test_x', AIRTIME_URL: url };
    const done = await airtime(['trigger', 'order.success', ...words], { env });
    close();
    return { ...done, asked };
  }

  it('takes the only endpoint, and the one that is named without looking', async () => {
    const only = await trigger([endpoint('results', { url: null }), endpoint('whe_1')]);
    expect([only.code, only.asked[1]]).toEqual([EXIT.done, 'POST /api/v1/webhooks/endpoints/whe_1/test']);
    expect(only.out).toBe('order.success  evt_test_1  delivered  204  whe_1');
    const named = await trigger([], ['--endpoint', 'whe_2']);
    expect([named.code, named.asked]).toEqual([EXIT.done, ['POST /api/v1/webhooks/endpoints/whe_2/test']]);
  });

  it('sends nothing where there is none or more than one, and says what to do', async () => {
    const none = await trigger([]);
    expect([none.code, none.asked.length, none.notes]).toEqual([
      EXIT.usage,
      1,
      expect.stringContaining('airtime webhooks listen'),
    ]);
    const two = await trigger([endpoint('whe_1'), endpoint('whe_2')]);
    expect([two.code, two.asked.length]).toEqual([EXIT.usage, 1]);
    expect(two.notes).toContain('--endpoint: whe_1 (https://shop.example/whe_1), whe_2 (https://shop.example/whe_2)');
    const listening = { url: null, listening: true };
    const both = await trigger([endpoint('whl_1', listening), endpoint('whe_1'), endpoint('whl_2', listening)]);
    expect(both.notes).toContain('whl_1 (a listener), whe_1 (https://shop.example/whe_1), whl_2 (a listener)');
  });

  it('takes the only one that listens, beside endpoints with an address, as npm start makes one', async () => {
    const { code, asked } = await trigger([endpoint('whe_1'), endpoint('whl_1', { url: null, listening: true })]);
    expect([code, asked[1]]).toEqual([EXIT.done, 'POST /api/v1/webhooks/endpoints/whl_1/test']);
  });

  it('has the exit code of what the endpoint answered', async () => {
    expect(await trigger([endpoint('whe_1')], [], { status: 'kept', last_status: null })).toMatchObject({
      code: EXIT.done,
      out: expect.stringContaining('for the listener'),
    });
    expect(await trigger([endpoint('whe_1')], [], { status: 'failed', last_status: null })).toMatchObject({
      code: EXIT.refused,
      out: expect.stringContaining('no answer'),
    });
  });
});

it('logs tail shows the last ones and then each new one once, also one that comes late, and outlives an outage', async () => {
  const at = (second: number) => `2026-11-30T10:00:${String(second).padStart(2, '0')}.000Z`;
  const entry = (second: number, id = `req_${second}`) => ({
    ...{ id, created_at: at(second), status: 422, method: 'POST', path: '/api/v1/orders', code: 'invalid_amount' },
  });
  const looks = [[entry(20), entry(10)], [entry(20), entry(10), entry(5)], [], [entry(40), entry(30), entry(20)]];
  const asked: URLSearchParams[] = [];
  const stop = new AbortController();
  const { url, close } = await served((request, response) => {
    asked.push(new URL(String(request.url), 'http://x').searchParams);
    const data = looks[asked.length - 1];
    if (data === undefined) stop.abort();
    if (data?.length === 0) response.writeHead(503);
    response.end(JSON.stringify({ data: data ?? [], next_cursor: null }));
  });
  const env = { AIRTIME_KEY: 'atk_test_x', AIRTIME_URL: url };
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
  const { code, out } = await inTime(
    airtime(['logs', 'tail', '--lines', '2', '--status', '4xx'], { env, signal: stop.signal }),
  );
  jest.useRealTimers();
  close();
  expect([code, out.split('\n').map((line) => line.split('  ').at(-1))]).toEqual([
    EXIT.done,
    ['req_10', 'req_20', 'req_30', 'req_40'],
  ]);
  expect([asked[0]?.get('limit'), asked[0]?.get('from'), asked[0]?.get('status')]).toEqual(['2', null, '4xx']);
  expect(asked[1]?.get('from')).toBe('2026-11-30T09:59:20.000Z');
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
