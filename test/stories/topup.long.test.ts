import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { System } from '../support/system.ts';

/** A merchant pays into its wallet under `npm start`: the real adapter, the real protocol, the page as a browser posts it. */

const data = mkdtempSync(join(tmpdir(), 'airtime-'));
let system: System;

beforeAll(async () => {
  system = await System.start(data);
}, 300_000);

afterAll(async () => {
  await system.stop();
  rmSync(data, { recursive: true, force: true });
});

async function balance(key?: string): Promise<number> {
  const { json } = await system.api('/api/v1/wallet', key === undefined ? {} : { key });
  return json.wallets.find((wallet: { currency: string }) => wallet.currency === 'USD').balance;
}

/** Presses a button of the gateway's page, as a browser does: its form, with what it holds, to where it goes. */
async function press(page: string, choice: string): Promise<Response> {
  const html = await (await fetch(page)).text();
  const action = /<form[^>]*action="([^"]+)"/.exec(html)?.[1] ?? '';
  const button = new RegExp(`<button[^>]*value="${choice}"[^>]*>`).exec(html)?.[0] ?? '';
  const name = /name="([^"]+)"/.exec(button)?.[1] ?? 'choice';
  const body = new URLSearchParams({ [name]: choice });
  return fetch(new URL(action || page, page), { method: 'POST', body, redirect: 'manual' });
}

async function settled(id: string, key?: string) {
  for (let waited = 0; waited < 200; waited += 1) {
    const { json } = await system.api(`/api/v1/wallet/topup/${id}`, key === undefined ? {} : { key });
    if (json.status !== 'pending') return json;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the top-up is still pending');
}

it('pays on the page and has the money', async () => {
  const before = await balance();
  const begun = await system.api('/api/v1/wallet/topup', {
    body: { amount: 25.5, currency: 'USD', reference: 'first' },
  });
  expect([begun.status, begun.json.status]).toEqual([201, 'pending']);
  const back = await press(begun.json.redirect_url, 'pay');
  const returned = back.headers.get('location') ?? '';
  expect(returned).toContain('/payments/end');
  const page = await fetch(returned);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(await settled(begun.json.id)).toMatchObject({ status: 'success', charged_amount: 25.5 });
  expect(await balance()).toBe(before + 25.5);
  const { json } = await system.api('/api/v1/wallet/ledger?kind=topup');
  expect(json.data[0]).toMatchObject({ kind: 'topup', amount: 25.5, topup_id: begun.json.id });
  expect(await system.says(/webhook topup\.success first is success \(event 1\)/)).toBe(true);
});

it.each(['decline', 'cancel'])('presses %s and has none', async (choice) => {
  const before = await balance();
  const begun = await system.api('/api/v1/wallet/topup', { body: { amount: 5, currency: 'USD' } });
  await press(begun.json.redirect_url, choice);
  expect((await settled(begun.json.id)).status).toBe('failed');
  expect(await balance()).toBe(before);
});

it("can be given any of the gateway's statuses by whoever sits at this machine", async () => {
  const begun = await system.api('/api/v1/wallet/topup', { body: { amount: 5, currency: 'USD' } });
  const become = (status: string) =>
    fetch(`${system.local.simulators.pesepay}/_admin/payments/${begun.json.id}`, {
      method: 'POST',
      body: JSON.stringify({ status }),
    });
  await become('PARTIALLY_PAID');
  const shown = await system.api(`/api/v1/wallet/topup/${begun.json.id}`);
  expect(shown.json).toMatchObject({ status: 'pending', under_review: true });
  await become('SUCCESS');
  expect((await settled(begun.json.id)).status).toBe('success');
});

it('pays play money with a test key', async () => {
  const { testKey } = system.local;
  const [live, test] = [await balance(), await balance(testKey)];
  const begun = await system.api('/api/v1/wallet/topup', { key: testKey, body: { amount: 5, currency: 'USD' } });
  await press(begun.json.redirect_url, 'pay');
  expect((await settled(begun.json.id, testKey)).status).toBe('success');
  expect([await balance(), await balance(testKey)]).toEqual([live, test + 5]);
});

it('is charged one cent with --debug, and credited with it', async () => {
  await system.stop();
  system = await System.start(data, { debug: true });
  const before = await balance();
  const begun = await system.api('/api/v1/wallet/topup', { body: { amount: 100, currency: 'USD' } });
  expect(begun.json).toMatchObject({ amount: 100, charged_amount: 0.01 });
  await press(begun.json.redirect_url, 'pay');
  await settled(begun.json.id);
  expect(Math.round((await balance()) * 100 - before * 100)).toBe(1);
  const order = await system.api('/api/v1/orders', {
    body: { product_id: 100, target: '0772279099', amount: 1, agent_reference: 'live-in-debug' },
  });
  expect(order.json).toMatchObject({ status: 'success', mode: 'live' });
}, 300_000);
