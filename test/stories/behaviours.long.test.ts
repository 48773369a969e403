import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../functions/orders/create-order.ts';
import { receiveCallback } from '../../functions/orders/receive-callback.ts';
import { nodeHttp } from '../../shared/aws/http.ts';
import type { Entry } from '../../shared/domain/ledger.ts';
import type { Order } from '../../shared/domain/order.ts';
import { isFinal } from '../../shared/domain/order.ts';
import { serveOpen } from '../../shared/http/pipeline.ts';
import type { HotrechargeFake } from '../../shared/local/upstreams/hotrecharge.ts';
import { HOTRECHARGE_FAKE_ACCOUNT, startHotrechargeFake } from '../../shared/local/upstreams/hotrecharge.ts';
import type { PesawayFake } from '../../shared/local/upstreams/pesaway.ts';
import { PESAWAY_FAKE_ACCOUNT, startPesawayFake } from '../../shared/local/upstreams/pesaway.ts';
import { hotrecharge } from '../../shared/providers/hotrecharge.ts';
import { pesaway } from '../../shared/providers/pesaway.ts';
import { saveCatalogue } from '../../shared/store/catalogue.ts';
import { listWallet } from '../../shared/store/ledger.ts';
import { readOrder } from '../../shared/store/orders.ts';
import { call } from '../support/call.ts';
import type { TestMerchant, TestWorld } from '../support/world.ts';
import { aMerchant, stopEngine, testWorld } from '../support/world.ts';

/**
 * Every way an upstream can behave, through the real adapters over HTTP, with its callbacks coming back to us. Whatever
 * it does: an order is vended at most once, never refunded after delivery, and ends decided or in review.
 */

let hot: HotrechargeFake;
let pesa: PesawayFake;
let world: TestWorld;
let merchant: TestMerchant;
let publicUrl: string;
const http = nodeHttp({ loopbackOnly: true });

/** Stands for API Gateway: upstream callbacks reach the function through it. */
const gateway = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const [, , provider = '', token = ''] = (request.url ?? '').split('/');
  const answer = await serveOpen(world, receiveCallback, {
    method: 'POST',
    path: request.url ?? '',
    params: { provider, token },
    query: {},
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    body: Buffer.concat(chunks).toString('utf8'),
    requestId: 'req_callback',
  });
  response.writeHead(answer.status);
  response.end(answer.body);
});

beforeAll(async () => {
  [hot, pesa] = await Promise.all([startHotrechargeFake(), startPesawayFake()]);
  await new Promise<void>((resolve) => {
    gateway.listen(0, '127.0.0.1', resolve);
  });
  publicUrl = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
});

beforeEach(async () => {
  world = await testWorld({
    publicUrl,
    providers: (now) => ({
      hotrecharge: hotrecharge({
        http,
        now,
        sendTimeoutMs: 150,
        credentials: async () => ({ baseUrl: hot.url, ...HOTRECHARGE_FAKE_ACCOUNT }),
      }),
      pesaway: pesaway({
        http,
        now,
        sendTimeoutMs: 150,
        credentials: async () => ({ baseUrl: pesa.url, ...PESAWAY_FAKE_ACCOUNT }),
      }),
    }),
  });
  merchant = await aMerchant(world, { USD: 10_000, KES: 1_000_000 });
  await saveCatalogue(world, 'hotrecharge', await world.provider('hotrecharge').catalogue());
  await saveCatalogue(world, 'pesaway', await world.provider('pesaway').catalogue());
});

afterEach(async () => {
  await pesa.settled();
  hot.reset();
  pesa.reset();
});

afterAll(async () => {
  await Promise.all([hot.close(), pesa.close()]);
  gateway.close();
  gateway.closeAllConnections();
  await stopEngine();
});

const SHOPS = {
  hotrecharge: { body: { product_id: 100, target: '0772279099', amount: 5 }, currency: 'USD', amount: 500 },
  pesaway: { body: { product_id: 254001, target: '254712345678', amount: 100 }, currency: 'KES', amount: 10_000 },
} as const;
type Shop = keyof typeof SHOPS;

let references = 0;

/** Places an order, delivers its message, and lets days pass with the sweep running. */
async function live(shop: Shop, days = 3) {
  references += 1;
  const agentReference = `b${references}`;
  const reply = await call(world, createOrder, {
    headers: { ...merchant.headers(), prefer: 'respond-async' },
    body: { ...SHOPS[shop].body, agent_reference: agentReference },
  });
  expect(reply.status).toBe(202);
  await world.dispatchAll();
  await pesa.settled();
  for (let hours = 0; hours < days * 24; hours += 1) {
    const order = await read(agentReference);
    if (isFinal(order.status) || order.status === 'review') break;
    await world.sweep(60);
    await world.dispatchAll();
    await pesa.settled();
  }
  return endOf(shop, agentReference);
}

async function read(agentReference: string): Promise<Order> {
  const order = await readOrder(world, { merchantId: merchant.id, mode: 'live', agentReference });
  if (!order) throw new Error('the order is gone');
  return order;
}

/** The three things that must hold whatever happened; returns how it ended. */
async function endOf(shop: Shop, agentReference: string): Promise<{ status: Order['status']; vends: number }> {
  const order = await read(agentReference);
  const reference = order.id.replace('_', '-');
  const record = shop === 'hotrecharge' ? hot.deliveries() : pesa.deliveries();
  const vends = record.filter((delivery) => delivery.reference === reference).length;
  expect(vends).toBeLessThanOrEqual(1);
  const wallet = { merchantId: merchant.id, mode: 'live', currency: SHOPS[shop].currency } as const;
  const entries: Entry[] = (await listWallet(world, wallet, { limit: 100 })).entries;
  const moved = entries
    .filter((entry) => entry.orderId === order.id)
    .reduce((sum, entry) => sum + entry.amountMinor, 0);
  if (order.status === 'refunded') expect([moved, vends]).toEqual([0, 0]);
  else expect(moved).toBe(-SHOPS[shop].amount);
  if (order.status === 'success') expect(vends).toBe(1);
  expect(['success', 'refunded', 'review']).toContain(order.status);
  return { status: order.status, vends };
}

describe('HotRecharge', () => {
  const cases: [string, Parameters<HotrechargeFake['script']>[0]['behaviour'], string][] = [
    ['delivers', { delivers: true, answer: 'success' }, 'success'],
    ['rejects with a code', { delivers: false, answer: { code: 217 } }, 'refunded'],
    ['rejects with a problem', { delivers: false, answer: { problem: 'Target' } }, 'refunded'],
    ['times out after delivering', { delivers: true, answer: 'hang' }, 'success'],
    ['times out without delivering', { delivers: false, answer: 'hang' }, 'refunded'],
    ['cuts the connection after delivering', { delivers: true, answer: 'reset' }, 'success'],
    ['cuts the connection without delivering', { delivers: false, answer: 'reset' }, 'refunded'],
    ['answers garbage after delivering', { delivers: true, answer: 'garbage' }, 'success'],
    ['answers garbage without delivering', { delivers: false, answer: 'garbage' }, 'refunded'],
    ['answers nothing useful', { delivers: true, answer: 'empty' }, 'success'],
    ['fails with 500 after delivering', { delivers: true, answer: { status: 500 } }, 'success'],
    ['fails with 500 without delivering', { delivers: false, answer: { status: 500 } }, 'refunded'],
    ['throttles', { delivers: false, answer: { status: 429 } }, 'refunded'],
    ['says duplicate after delivering', { delivers: true, answer: { code: 216 } }, 'success'],
    ['says network time-out after delivering', { delivers: true, answer: { code: 704 } }, 'success'],
    ['says an unknown code after delivering', { delivers: true, answer: { code: 999 } }, 'success'],
    ['answers about another order', { delivers: true, answer: 'other_reference' }, 'success'],
    ['answers about another amount', { delivers: true, answer: 'other_amount' }, 'success'],
    ['is busy for ever', { delivers: false, answer: 'hang', query: 'busy' }, 'review'],
    [
      'answers status queries with garbage, after delivering',
      { delivers: true, answer: 'hang', query: 'garbage' },
      'review',
    ],
    ['answers with an unknown code when asked', { delivers: true, answer: 'hang', query: { code: 77 } }, 'review'],
    ['says rejected when asked', { delivers: false, answer: 'hang', query: { code: 224 } }, 'refunded'],
  ];
  it.each(cases)('%s', async (_name, behaviour, status) => {
    // Without a delivery that it must find, "not found" would prove nothing.
    await live('hotrecharge');
    hot.script({ behaviour });
    expect((await live('hotrecharge')).status).toBe(status);
  });

  it('has a token that is no longer taken: nothing was sold, and it is sent again', async () => {
    await world.provider('hotrecharge').balances();
    hot.expireTokens();
    expect((await live('hotrecharge')).status).toBe('success');
  });
});

describe('PesaWay', () => {
  const cases: [string, Parameters<PesawayFake['script']>[0]['behaviour'], string][] = [
    ['delivers and calls back', { delivers: true, answer: 'accepted', callbacks: ['success'] }, 'success'],
    [
      'fails and calls back',
      { delivers: false, answer: 'accepted', callbacks: ['failed'], query: 'failed' },
      'refunded',
    ],
    [
      'calls back before it answers',
      { delivers: true, answer: 'accepted', callbacks: ['success'], when: 'before' },
      'success',
    ],
    [
      'fails before it answers',
      { delivers: false, answer: 'accepted', callbacks: ['failed'], when: 'before' },
      'refunded',
    ],
    ['calls back twice', { delivers: true, answer: 'accepted', callbacks: ['success', 'success'] }, 'success'],
    [
      'calls back a failure twice',
      { delivers: false, answer: 'accepted', callbacks: ['failed', 'failed'] },
      'refunded',
    ],
    ['never calls back, but answers a status query', { delivers: true, answer: 'accepted', callbacks: [] }, 'success'],
    [
      'never calls back, and answers a status query with a failure',
      { delivers: false, answer: 'accepted', callbacks: [], query: 'failed' },
      'refunded',
    ],
    [
      'never calls back, and answers no status query with a result',
      { delivers: true, answer: 'accepted', callbacks: [], query: 'pending' },
      'review',
    ],
    [
      'does not know what it delivered',
      { delivers: true, answer: 'accepted', callbacks: [], query: 'not_found' },
      'review',
    ],
    ['answers garbage when asked', { delivers: true, answer: 'accepted', callbacks: [], query: 'garbage' }, 'review'],
    ['times out and calls back', { delivers: true, answer: 'hang', callbacks: ['success'] }, 'success'],
    ['times out and calls back a failure', { delivers: false, answer: 'hang', callbacks: ['failed'] }, 'refunded'],
    ['times out without accepting', { delivers: false, answer: 'hang', callbacks: [], query: 'not_found' }, 'review'],
    ['cuts the connection after delivering', { delivers: true, answer: 'reset', callbacks: [] }, 'success'],
    ['answers garbage after delivering', { delivers: true, answer: 'garbage', callbacks: ['success'] }, 'success'],
    ['fails with 500 after delivering', { delivers: true, answer: { status: 500 }, callbacks: ['success'] }, 'success'],
    [
      'throttles',
      { delivers: false, answer: { status: 429, code: '429.001' }, callbacks: [], query: 'failed' },
      'refunded',
    ],
    [
      'refuses with a code that it does not document',
      { delivers: false, answer: { status: 402, code: '402.001' }, callbacks: [] },
      'review',
    ],
    [
      'refuses, and says so when asked',
      { delivers: false, answer: { status: 400, code: '400.001' }, callbacks: [], query: 'failed' },
      'refunded',
    ],
    ['answers about another order', { delivers: true, answer: 'other_reference', callbacks: ['success'] }, 'success'],
    [
      'calls back about another order',
      { delivers: true, answer: 'accepted', callbacks: ['other_reference'] },
      'success',
    ],
    ['calls back another amount', { delivers: true, answer: 'accepted', callbacks: ['other_amount'] }, 'success'],
    [
      'has its callback forged',
      { delivers: false, answer: 'accepted', callbacks: ['forged'], query: 'failed' },
      'refunded',
    ],
    [
      'calls back success, then failure',
      { delivers: true, answer: 'accepted', callbacks: ['success', 'failed'] },
      'success',
    ],
  ];
  it.each(cases)('%s', async (_name, behaviour, status) => {
    pesa.script({ behaviour });
    expect((await live('pesaway')).status).toBe(status);
  });

  it('calls back days late: what is in review is then decided', async () => {
    const behaviour = {
      delivers: true,
      answer: 'accepted',
      callbacks: ['success'],
      when: 'on_release',
      query: 'pending',
    };
    pesa.script({ behaviour: behaviour as Parameters<PesawayFake['script']>[0]['behaviour'] });
    expect((await live('pesaway')).status).toBe('review');
    await pesa.release();
    expect(await endOf('pesaway', `b${references}`)).toEqual({ status: 'success', vends: 1 });
  });

  it('reports a failure and then a delivery: charged again as a new entry', async () => {
    pesa.script({ behaviour: { delivers: true, answer: 'accepted', callbacks: ['failed', 'success'] } });
    const { status } = await live('pesaway');
    expect(status).toBe('success');
    const wallet = { merchantId: merchant.id, mode: 'live', currency: 'KES' } as const;
    const { entries } = await listWallet(world, wallet, { limit: 3 });
    expect(entries.map((entry) => [entry.kind, entry.amountMinor])).toEqual([
      ['correction', -10_000],
      ['refund', 10_000],
      ['order', -10_000],
    ]);
  });

  it('takes a success back: only after it confirms that when asked is the money returned', async () => {
    pesa.script({
      behaviour: { delivers: false, answer: 'accepted', callbacks: ['success', 'failed'], query: 'failed' },
    });
    await call(world, createOrder, {
      headers: { ...merchant.headers(), prefer: 'respond-async' },
      body: { ...SHOPS.pesaway.body, agent_reference: 'taken-back' },
    });
    await world.dispatchAll();
    await pesa.settled();
    expect((await read('taken-back')).status).toBe('reversed');
  });
});

it.each(Object.keys(SHOPS) as Shop[])(
  '%s unreachable: nothing is sent, and it goes out once it is back',
  async (shop) => {
    const url = shop === 'hotrecharge' ? hot : pesa;
    const broken = shop === 'hotrecharge' ? hotrecharge : pesaway;
    const back = world.provider(shop);
    const provider = broken({
      http,
      now: world.now,
      credentials: async () => ({
        baseUrl: 'http://127.0.0.1:9',
        ...HOTRECHARGE_FAKE_ACCOUNT,
        ...PESAWAY_FAKE_ACCOUNT,
      }),
    });
    const { provider: original } = world;
    Object.assign(world, { provider: (name: Shop) => (name === shop ? provider : original(name)) });
    const deliveriesBefore = url.deliveries().length;
    await call(world, createOrder, {
      headers: { ...merchant.headers(), prefer: 'respond-async' },
      body: { ...SHOPS[shop].body, agent_reference: 'later' },
    });
    await world.dispatchAll();
    expect((await read('later')).status).toBe('pending');
    expect(url.deliveries()).toHaveLength(deliveriesBefore);
    Object.assign(world, { provider: (name: Shop) => (name === shop ? back : original(name)) });
    for (let sweeps = 0; sweeps < 5; sweeps += 1) {
      await world.sweep();
      await world.dispatchAll();
      await pesa.settled();
    }
    expect(await endOf(shop, 'later')).toEqual({ status: 'success', vends: 1 });
  },
);
