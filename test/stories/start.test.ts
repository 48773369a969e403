import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DATA_FORMAT } from '../../shared/local/data-folder.ts';
import { plain } from '../support/campaigns.ts';
import { runPage } from '../support/snippets.ts';
import { System } from '../support/system.ts';
import { Visitor } from '../support/visitor.ts';

/** The system as somebody meets it who has just cloned it: started, used with the documents' own snippets, restarted. */

const run = promisify(execFile);
const data = mkdtempSync(join(tmpdir(), 'airtime-'));
let system: System;

beforeAll(async () => {
  system = await System.start(data);
}, 300_000);

afterAll(async () => {
  await system.kill();
  rmSync(data, { recursive: true, force: true });
});

const seed = (reference: string) => ({
  product_id: 100,
  target: '0772279099',
  amount: 5,
  agent_reference: reference,
  custom_sms: 'Your monthly comms allowance from ACME.',
});

describe('the snippets of the first document work as printed:', () => {
  it('curl', async () => {
    const { baseUrl, liveKey } = system.local;
    const { stdout } = await run('curl', [
      '-sS',
      '-X',
      'POST',
      `${baseUrl}/api/v1/orders`,
      '-H',
      `Authorization: Api-Key ${liveKey}`,
      '-H',
      'Content-Type: application/json',
      '-d',
      JSON.stringify(seed('ord_2026-05-07_12345')),
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ agent_reference: 'ord_2026-05-07_12345', status: 'success' });
  });

  it('Node', async () => {
    const { baseUrl, liveKey } = system.local;
    const script = `
      const resp = await fetch(process.env.HOST + "/api/v1/orders", { method: "POST", headers: {
        "Authorization": \`Api-Key \${process.env.API_KEY}\`, "Content-Type": "application/json", },
        body: JSON.stringify({ product_id: 100, target: "0772279099", amount: 5,
        agent_reference: crypto.randomUUID(), }), }); const order = await resp.json();
      console.log(order.status);`;
    const env = { ...process.env, HOST: baseUrl, API_KEY: liveKey };
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { env });
    expect(stdout.trim()).toBe('success');
  });

  it('with a slash at the end, too', async () => {
    expect((await system.api('/api/v1/orders/', { body: seed('slash') })).json.status).toBe('success');
    expect((await system.api('/api/v1/orders/slash/')).json.status).toBe('success');
    expect((await system.api('/api/v1/wallet/')).status).toBe(200);
  });
});

it('the page that a first reader reads works as printed, and the quick start in Node; the long run has all guides', async () => {
  expect(await runPage('docs/start.md', system)).toHaveLength(6);
  expect(await runPage('docs/quick-start.md', system, { languages: ['js'] })).toEqual([
    expect.stringMatching(/ success\n$/),
  ]);
});

it('the curl line that it prints works when pasted', async () => {
  const printed = /^curl [\s\S]*?'\{.*\}'$/m.exec(system.output)?.[0] ?? '';
  const { stdout } = await run('bash', ['-c', printed]);
  expect(JSON.parse(stdout).status).toBe('success');
});

it('the documentation is where the greeting says, and a refusal names the place of its code there', async () => {
  const { baseUrl } = system.local;
  expect(system.output).toContain(`docs       ${baseUrl}/docs`);
  const home = await fetch(baseUrl);
  expect([home.status, home.url]).toEqual([200, `${baseUrl}/`]);
  const first = await fetch(`${baseUrl}/docs`);
  expect(first.status).toBe(200);
  expect(await first.text()).toContain('<title>Airtime documentation</title>');
  const refused = await system.api('/api/v1/orders', { key: 'nobody', body: seed('unproven') });
  expect(refused.json.type).toBe(`${baseUrl}/docs/errors#unauthenticated`);
  expect(await (await fetch(refused.json.type)).text()).toContain('id="unauthenticated"');
});

it('people of the demo sign in and may do what their role says, and somebody new has a business of their own at once', async () => {
  const { baseUrl, merchantId } = system.local;
  const signIn = async (email: string) => {
    const visitor = new Visitor(baseUrl);
    const { json } = await visitor.exchange(await visitor.signIn(email));
    return (path: string, init: Parameters<System['api']>[1] = {}) =>
      system.api(path, { ...init, headers: { authorization: `Bearer ${json.access_token}`, ...init.headers } });
  };
  const inTest = (merchant: string) => ({ 'airtime-merchant': merchant, 'airtime-mode': 'test' });
  const viewer = await signIn('viewer@demo.example');
  const memberships = [expect.objectContaining({ merchant_id: merchantId, role: 'viewer' })];
  expect((await viewer('/api/v1/me')).json).toMatchObject({ memberships });
  const demo = inTest(merchantId);
  expect((await viewer('/api/v1/wallet', { headers: demo })).status).toBe(200);
  expect((await viewer('/api/v1/orders', { headers: demo, body: seed('by a viewer') })).status).toBe(403);
  const fresh = await signIn('tapiwa@shop.example');
  expect((await fresh('/api/v1/me')).json).toMatchObject({ memberships: [] });
  expect((await fresh('/api/v1/wallet', { headers: demo })).status).toBe(403);
  const made = await fresh('/api/v1/businesses', { body: { name: 'Tapiwa’s Shop' } });
  expect([made.status, made.json.role]).toEqual([201, 'owner']);
  const own = inTest(made.json.merchant_id);
  const ordered = await fresh('/api/v1/orders', { headers: own, body: seed('first') });
  expect([ordered.status, ordered.json.status]).toEqual([201, 'success']);
  const invitation = { email: 'viewer@demo.example', role: 'finance' };
  const invited = await fresh('/api/v1/invitations', { headers: own, body: invitation });
  expect(invited.status).toBe(201);
  const [, link = ''] = /(http\S+\/app\/invitation#[\w.]+)/.exec(mailIn(data)) ?? [];
  const accepted = await viewer('/api/v1/invitations/accept', { body: { token: link.split('#')[1] } });
  expect([accepted.status, accepted.json.role]).toEqual([200, 'finance']);
});

function mailIn(folder: string): string {
  return JSON.parse(readFileSync(join(folder, 'mail.jsonl'), 'utf8').split('\n')[0] ?? '').text;
}

it('what was refused can be read within seconds, a new secret never, and an accepted order is not there', async () => {
  const refused = await system.api('/api/v1/orders', { body: { ...seed('refused'), amount: -1 } });
  const made = await system.api('/api/v1/keys', { body: { name: 'mine', scopes: ['wallet:read'] } });
  expect([refused.status, made.status]).toEqual([422, 201]);
  const list = async () => (await system.api('/api/v1/requests')).json.data as { id: string; operation: string }[];
  const has = (operation: string, rows: { operation: string }[]) => rows.some((row) => row.operation === operation);
  let rows = await list();
  for (let tries = 0; !(has('create-order', rows) && has('create-key', rows)); tries += 1) {
    expect(tries).toBeLessThan(100);
    await new Promise((resolve) => setTimeout(resolve, 100));
    rows = await list();
  }
  const orders = rows.filter(({ operation }) => operation === 'create-order');
  expect(orders.map(({ id }) => id)).toEqual([refused.json.request_id]);
  const { json } = await system.api(`/api/v1/requests/${orders[0]?.id}`);
  expect(json).toMatchObject({ status: 422, code: 'invalid_amount' });
  expect(JSON.parse(json.request_body)).toMatchObject({ agent_reference: 'refused', amount: -1 });
  const { id } = rows.find(({ operation }) => operation === 'create-key') ?? {};
  const key = await system.api(`/api/v1/requests/${id}`);
  expect(JSON.parse(key.json.response_body)).toMatchObject({ id: made.json.id, key: '(not kept)' });
});

it('a test key plays, and every kind of outcome can be had', async () => {
  const { testKey } = system.local;
  const status = async (target: string) =>
    (await system.api('/api/v1/orders', { key: testKey, body: { ...seed(`t${target}`), target } })).json.status;
  expect(await status('0772279099')).toBe('success');
  expect(await status('0772279001')).toBe('refunded');
  expect(await status('0772279011')).toBe('unknown');
});

it('local.json has what scripts need, and is for its owner only', () => {
  const { local } = system;
  expect(local.simulators.hotrecharge).toMatch(/^http:\/\/127\.0\.0\.1:/);
  expect(local.liveKey).toMatch(/^atk_live_/);
  for (const name of ['local.json', 'airtime.db', 'files.db', 'airtime.log', 'signing-keys.json']) {
    expect([name, statSync(join(data, name)).mode & 0o077]).toEqual([name, 0]);
  }
  expect(readFileSync(join(data, 'airtime.log'), 'utf8')).not.toContain(local.liveKey);
});

it('the demo campaign pays who signs, once, and nobody by bytes that only read as what was signed', async () => {
  const { baseUrl, campaignId, campaignSecret } = system.local;
  const send = async (body: string | Uint8Array<ArrayBuffer>, signed: string) => {
    const headers = { 'content-type': 'application/octet-stream', ...plain(campaignSecret, signed) };
    const path = `${baseUrl}/api/v1/campaigns/${campaignId}/payouts`;
    const { status } = await fetch(path, { method: 'POST', headers: { ...headers, connection: 'close' }, body });
    return status;
  };
  const body = JSON.stringify({ respondent_id: 'demo \ufffd', target: '0772279099' });
  const [head = '', tail = ''] = body.split('\ufffd');
  const bytes = Buffer.concat([Buffer.from(head), Buffer.from([0xff]), Buffer.from(tail)]);
  expect([await send(bytes, body), await send(body, body)]).toEqual([401, 400]);
  const readable = JSON.stringify({ respondent_id: 'demo', target: '0772279099' });
  expect([await send(readable, readable), await send(readable, readable)]).toEqual([201, 200]);
});

it('an operator makes a merchant, funds it and takes its key away again, while it runs', async () => {
  const operator = (...words: string[]) => system.operator(...words);
  const { key, ...merchant } = await operator('merchant', 'create', 'Acme', '--mode', 'live');
  const invited = await operator('merchant', 'invite', merchant.id, 'owner@acme.example');
  expect(invited).toMatchObject({
    role: 'owner',
    link: expect.stringContaining(`${system.local.baseUrl}/app/invitation#${merchant.id}.inv_`),
  });
  const adjust = (amount: string) => {
    const words = ['--mode', 'live', '--reason', 'Bank deposit', '--reference', 'bank 17'];
    return operator('wallet', 'adjust', merchant.id, amount, 'USD', ...words);
  };
  await adjust('10');
  await expect(adjust('1000')).rejects.toThrow('--yes');
  const order = await system.api('/api/v1/orders', { key: key.key, body: seed('operator') });
  expect(order.json.status).toBe('success');
  const { json } = await system.api('/api/v1/wallet/ledger', { key: key.key });
  expect(json.data.map((entry: { balance_after: number }) => entry.balance_after)).toEqual([5, 10]);
  await operator('key', 'revoke', merchant.id, key.id);
  expect((await system.api('/api/v1/wallet', { key: key.key })).status).toBe(401);
}, 300_000);

it('what was there before is there after a restart, under the same keys', async () => {
  const before = system.local;
  expect(await system.stop()).toBe(0);
  system = await System.start(data);
  expect(system.local.liveKey).toBe(before.liveKey);
  const { json } = await system.api('/api/v1/orders/ord_2026-05-07_12345');
  expect(json).toMatchObject({ status: 'success', target: '0772279099' });
  const again = await system.api('/api/v1/orders', { body: seed('ord_2026-05-07_12345') });
  expect(again.status).toBe(200);
}, 300_000);

describe('what stops it from starting is one clear sentence:', () => {
  async function refusal(folder: string, port?: number): Promise<string> {
    const other = await System.launch(folder, port === undefined ? {} : { port });
    expect(await other.ended).toBe(1);
    return other.output;
  }

  it('a taken port', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => {
      taken.listen(0, '127.0.0.1', resolve);
    });
    const { port } = taken.address() as AddressInfo;
    const folder = mkdtempSync(join(tmpdir(), 'airtime-'));
    expect(await refusal(folder, port)).toContain(`Port ${port} is taken; choose another with --port.`);
    taken.close();
    rmSync(folder, { recursive: true });
  });

  it('a folder that another one uses', async () => {
    expect(await refusal(data)).toMatch(/is in use by another npm start \(process \d+\)/);
  });

  it('a damaged database', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'airtime-'));
    writeFileSync(join(folder, 'format'), String(DATA_FORMAT));
    writeFileSync(join(folder, 'airtime.db'), 'this is no database'.repeat(1000));
    expect(await refusal(folder)).toContain('The database');
    rmSync(folder, { recursive: true });
  });
});
