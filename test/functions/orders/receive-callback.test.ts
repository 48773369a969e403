import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { receiveCallback } from '../../../functions/orders/receive-callback.ts';
import { eraseFinalOrder } from '../../../shared/flows/privacy/erase-items.ts';
import { privacyHash } from '../../../shared/flows/privacy/hash-of-number.ts';
import { serveOpen } from '../../../shared/http/pipeline.ts';
import { METRICS } from '../../../shared/manifest/metrics.ts';
import { readTail } from '../../../shared/store/ledger.ts';
import { readOrder } from '../../../shared/store/orders.ts';
import { call } from '../../support/call.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

/** The scripted upstream reads a callback as the reading that its body is; no body is none of its messages. */

let world: TestWorld;
let merchant: TestMerchant;
let metrics: string[];

beforeEach(async () => {
  world = await testWorld({ publicUrl: 'https://api.example' });
  merchant = await aMerchant(world);
  await sell(world);
  metrics = [];
  Object.assign(world.log, { metric: (name: string) => metrics.push(name) });
  Object.assign(world.upstream, {
    readCallback: async ({ body }: { body: string }) => (body ? JSON.parse(body) : undefined),
  });
});
afterAll(stopEngine);

const DELIVERED = { kind: 'success', receipt: { providerRef: 'up-1' }, evidence: 'callback' };
const REFUSED = { kind: 'rejected', failure: 'network_refused', evidence: 'callback' };

/** Sends an order and returns what its upstream was given. */
async function sent(outcome: 'unclear' | 'success') {
  const body = { product_id: 100, target: '0772279099', amount: 5, agent_reference: 'one' };
  await call(world, createOrder, { headers: { ...merchant.headers(), prefer: 'respond-async' }, body });
  if (outcome === 'unclear') world.upstream.script = [{ kind: 'unclear', evidence: 'no answer' }];
  await world.dispatchAll();
  const [recharge] = world.upstream.sends;
  return { reference: recharge?.reference ?? '', url: recharge?.callbackUrl ?? '' };
}

function post(url: string, message?: object) {
  const [provider = '', token = ''] = url.split('/').slice(-2);
  const body = message ? JSON.stringify(message) : '';
  const request = { params: { provider, token }, query: {}, headers: {}, body, requestId: 'req_1' };
  return serveOpen(world, receiveCallback, { method: 'POST', path: receiveCallback.path, ...request });
}

const owner = () => ({ merchantId: merchant.id, mode: 'live' }) as const;
const status = async () => (await readOrder(world, { ...owner(), agentReference: 'one' }))?.status;
const balance = async () => (await readTail(world, { ...owner(), currency: 'USD' }))?.balanceAfterMinor;

describe('a callback', () => {
  it.each([
    ['success', DELIVERED, 9_500],
    ['refunded', REFUSED, 10_000],
  ])('that two deliver at once decides an order in doubt once: %s', async (decided, finding, left) => {
    const { reference, url } = await sent('unclear');
    const replies = await Promise.all([post(url, { reference, finding }), post(url, { reference, finding })]);
    expect(replies.map((reply) => [reply.status, reply.body])).toEqual(Array(2).fill([200, '{"received":true}']));
    expect([await status(), await balance()]).toEqual([decided, left]);
  });

  it('that is no message of the provider, or names another order, number or amount, changes nothing', async () => {
    const { reference, url } = await sent('unclear');
    const wrong = [undefined, { reference: 'ord-other' }, { msisdn: '263772279098' }, { amount: '5.01' }];
    for (const part of wrong) {
      const reply = await post(url, part && { reference, finding: DELIVERED, ...part });
      expect([reply.status, await status(), await balance()]).toEqual([200, 'unknown', 9_500]);
    }
    await post(url, { reference, finding: DELIVERED, msisdn: '263772279099', amount: '5.00' });
    expect(await status()).toBe('success');
  });

  it('at a URL that is not ours, or of another provider, is refused', async () => {
    const { reference, url } = await sent('unclear');
    expect((await post(`${url}x`, { reference, finding: DELIVERED })).status).toBe(404);
    expect((await post(url.replace('hotrecharge', 'nobody'), { reference, finding: DELIVERED })).status).toBe(404);
    await post(url.replace('hotrecharge', 'sandbox'), { reference, finding: DELIVERED });
    expect(await status()).toBe('unknown');
  });
});

it('a callback about an order whose number is erased is matched by the hash of the number', async () => {
  world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
  const { reference, url } = await sent('success');
  while (world.messages.length > 0) await world.dispatchAll();
  const order = await readOrder(world, { merchantId: merchant.id, mode: 'live', agentReference: 'one' });
  expect(order && (await eraseFinalOrder(world, order, await privacyHash(world)))).toBe('erased');
  await post(url, { reference, finding: DELIVERED, msisdn: '263772279098' });
  expect([await status(), await balance()]).toEqual(['refunded', 10_000]);
  await post(url, { reference, finding: DELIVERED, msisdn: '263772279099' });
  expect([await status(), await balance()]).toEqual(['success', 9_500]);
});

describe('a callback that denies a success', () => {
  it('reverses the order only where a query says the same', async () => {
    const { reference, url } = await sent('success');
    world.upstream.finding = { kind: 'unclear', evidence: 'busy' };
    await post(url, { reference, finding: REFUSED });
    expect([await status(), await balance()]).toEqual(['success', 9_500]);
    expect(metrics).toContain(METRICS.moneyAnomaly);
    world.upstream.finding = { kind: 'rejected', failure: 'network_refused', evidence: 'reversed' };
    await Promise.all([post(url, { reference, finding: REFUSED }), post(url, { reference, finding: REFUSED })]);
    expect([await status(), await balance()]).toEqual(['reversed', 10_000]);
  });
});
