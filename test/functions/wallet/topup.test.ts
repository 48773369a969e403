import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getTopup } from '../../../functions/wallet/get-topup.ts';
import { listTopups } from '../../../functions/wallet/list-topups.ts';
import { receivePayment } from '../../../functions/wallet/receive-payment.ts';
import { startTopup } from '../../../functions/wallet/start-topup.ts';
import { updateWallet } from '../../../functions/wallet/update-wallet.ts';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import type { Mode } from '../../../shared/domain/ledger.ts';
import { resolveTopupByHand } from '../../../shared/flows/orders/review.ts';
import { addEndpoint } from '../../../shared/flows/webhooks/add-endpoint.ts';
import { serveOpen } from '../../../shared/http/pipeline.ts';
import { listWallet } from '../../../shared/store/ledger.ts';
import { dueWatches } from '../../../shared/store/watches.ts';
import { call } from '../../support/call.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, lostAnswer, sell, stopEngine, testWorld } from '../../support/world.ts';

const HOUR = 3_600_000;
let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld({ publicUrl: 'https://api.example' });
  merchant = await aMerchant(world, {});
});
afterAll(stopEngine);

const body = { amount: 25, currency: 'USD', reference: 'r1' };
const paid = { kind: 'paid', amountMinor: 2500, currency: 'USD', evidence: 'SUCCESS' } as const;

async function start(content: object = body, mode: Mode = 'live') {
  return call(world, startTopup, { headers: merchant.headers(mode), body: content });
}

async function show(id: string, mode: Mode = 'live') {
  return call(world, getTopup, { headers: merchant.headers(mode), params: { topup_id: id } });
}

/** The gateway, or somebody who has its URL, says that there is news. */
async function tell(url = world.gateway.started[0]?.resultUrl ?? '') {
  const token = url.split('/').at(-1) ?? '';
  const request = {
    method: 'POST',
    path: '',
    params: { token },
    query: {},
    headers: {},
    body: 'x',
    requestId: 'req_1',
  };
  return serveOpen(world, receivePayment, request);
}

async function credits(mode: Mode = 'live') {
  const { entries } = await listWallet(world, { merchantId: merchant.id, mode, currency: 'USD' }, { limit: 100 });
  return entries.map((entry) => [entry.kind, entry.amountMinor, entry.balanceAfterMinor]);
}

describe('a top-up', () => {
  it('gives a page to pay on, and the money once the gateway confirms it', async () => {
    const begun = await start();
    expect(begun.status).toBe(201);
    expect(begun.json).toMatchObject({
      reference: 'r1',
      status: 'pending',
      amount: 25,
      charged_amount: 25,
      currency: 'USD',
      redirect_url: 'https://pay.example/pay-1',
    });
    expect(begun.headers.location).toBe(`/api/v1/wallet/topup/${begun.json.id}`);
    expect(await credits()).toEqual([]);
    world.gateway.finding = paid;
    expect((await tell()).status).toBe(200);
    expect(await credits()).toEqual([['topup', 2500, 2500]]);
    expect((await show(begun.json.id)).json).toMatchObject({ status: 'success', finalized_at: expect.any(String) });
  });

  it('is one payment for one reference, and other content under it is refused by its field', async () => {
    const first = await start();
    const again = await start();
    expect([again.status, again.headers['idempotent-replayed'], again.json]).toEqual([200, 'true', first.json]);
    expect(world.gateway.started).toHaveLength(1);
    for (const [change, param] of [
      [{ amount: 26 }, 'amount'],
      [{ currency: 'ZWG' }, 'currency'],
      [{ return_url: 'https://shop.example/' }, 'return_url'],
    ] as const) {
      const other = await start({ ...body, ...change });
      expect([other.status, other.json.code, other.json.param]).toEqual([422, 'reference_reused', param]);
    }
    const without = { amount: 25, currency: 'USD' };
    expect((await start(without)).json.id).not.toBe((await start(without)).json.id);
  });

  it('is credited once, however often and at once it is told and looked for', async () => {
    await start();
    world.gateway.finding = paid;
    await Promise.all([tell(), tell(), tell(), world.sweep(), world.sweep()]);
    await tell();
    expect(await credits()).toEqual([['topup', 2500, 2500]]);
  });

  it.each(['before', 'after'] as const)('is credited once when the answer to the credit is lost %s', async (moment) => {
    await start();
    world.gateway.finding = paid;
    let isLost = false;
    world.fault = (name) => {
      if (isLost || name !== 'TransactWriteCommand') return undefined;
      isLost = true;
      return moment === 'before' ? lostAnswer() : moment;
    };
    await tell();
    expect(isLost).toBe(true);
    expect(await credits()).toEqual([['topup', 2500, 2500]]);
  });

  it.each(['before', 'after'] as const)('is one payment when the answer to its making is lost %s', async (moment) => {
    let isLost = false;
    world.fault = (name) => {
      if (isLost || name !== 'PutCommand') return undefined;
      isLost = true;
      return moment === 'before' ? lostAnswer() : moment;
    };
    const begun = await start();
    expect([isLost, begun.status, world.gateway.started.length]).toEqual([true, 201, 1]);
    expect((await start()).json).toEqual(begun.json);
  });

  it.each([
    ['paid', 'paid'],
    ['paid', 'failed'],
  ] as const)('in review is decided once when one operator says %s and another %s', async (one, other) => {
    const { json } = await start();
    world.gateway.finding = { kind: 'review', evidence: 'PARTIALLY_PAID' };
    await tell();
    const decide = (verdict: 'paid' | 'failed', by: string) =>
      resolveTopupByHand(world, json.id, verdict, { by, reason: 'the statement' }).catch(() => undefined);
    await Promise.all([decide(one, 'ruth'), decide(other, 'tendai')]);
    const shown = (await show(json.id)).json;
    expect(await credits()).toHaveLength(shown.status === 'success' ? 1 : 0);
    expect(shown.timeline.filter(({ note }: { note: string }) => note.startsWith('Decided by'))).toHaveLength(1);
    await tell();
    expect((await show(json.id)).json.status).toBe(shown.status);
  });

  it('is not credited for a message alone, whoever sends it', async () => {
    await start();
    await tell();
    expect(await credits()).toEqual([]);
    const genuine = world.gateway.started[0]?.resultUrl ?? '';
    for (const forged of [`${genuine}x`, genuine.slice(0, -1), 'https://api.example/payments/result/']) {
      expect((await tell(forged)).status).toBe(404);
    }
    expect(world.gateway.asked).toHaveLength(1);
  });

  it('that nobody told us of is found by the sweep', async () => {
    await start();
    world.gateway.finding = paid;
    await world.sweep();
    expect(await credits()).toEqual([['topup', 2500, 2500]]);
  });

  it('paid with something else is under review, and nothing is credited', async () => {
    const { json } = await start();
    world.gateway.finding = { ...paid, amountMinor: 2400 };
    await tell();
    expect((await show(json.id)).json).toMatchObject({ status: 'pending', under_review: true });
    expect(await credits()).toEqual([]);
  });

  it('whose page was lost on the way is started again under the same reference', async () => {
    world.gateway.script = [{ kind: 'unclear', evidence: 'timed out' }];
    const lost = await start();
    expect([lost.status, lost.json.code, lost.headers['retry-after']]).toEqual([503, 'payments_unavailable', '10']);
    const again = await start();
    expect([again.status, again.json.redirect_url]).toEqual([200, 'https://pay.example/pay-2']);
    world.gateway.finding = paid;
    await tell();
    expect(world.gateway.asked).toEqual(['pay-2']);
    expect(await credits()).toHaveLength(1);
  });

  it('that two start at once shows both the same page', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    expect(one.json.redirect_url).toBe(other.json.redirect_url);
    expect(one.json.id).toBe(other.json.id);
  });

  it('that nobody paid fails after a day, and counts if somebody pays after all', async () => {
    const { json } = await start();
    for (let hours = 0; hours < 26; hours += 1) await world.sweep(60);
    expect((await show(json.id)).json).toMatchObject({ status: 'failed', failure: { code: 'expired' } });
    world.gateway.finding = paid;
    await tell();
    expect((await show(json.id)).json).toMatchObject({ status: 'success', failure: null });
    expect(await credits()).toEqual([['topup', 2500, 2500]]);
  });

  it('in a debugging deployment charges one cent, and shows both figures', async () => {
    world = Object.assign(world, { isDebug: true });
    const { json } = await start();
    expect(json).toMatchObject({ amount: 25, charged_amount: 0.01 });
    expect(world.gateway.started[0]?.amountMinor).toBe(1);
    world.gateway.finding = { ...paid, amountMinor: 1 };
    await tell();
    expect(await credits()).toEqual([['topup', 1, 1]]);
  });

  it('of a test key pays play money into the test wallet', async () => {
    const { json } = await start(body, 'test');
    world.gateway.finding = paid;
    await tell();
    expect(await credits('test')).toHaveLength(1);
    expect(await credits('live')).toHaveLength(0);
    expect((await show(json.id)).json.code).toBe('topup_not_found');
  });

  it.each([
    [{ amount: 0, currency: 'USD' }, 'amount'],
    [{ amount: 0.99, currency: 'USD' }, 'amount'],
    [{ amount: 100_001, currency: 'USD' }, 'amount'],
    [{ amount: 5.001, currency: 'USD' }, 'amount'],
    [{ amount: '5,50', currency: 'USD' }, 'amount'],
    [{ amount: 500, currency: 'KES' }, 'currency'],
    [{ amount: 5, currency: 'EUR' }, 'currency'],
    [{ currency: 'USD' }, 'amount'],
    [{ ...body, return_url: 'http://10.0.0.1/' }, 'return_url'],
    [{ ...body, reference: 'a b' }, 'reference'],
    [{ ...body, callback: 'x' }, 'callback'],
  ])('is refused in words: %j', async (content, param) => {
    const reply = await start(content);
    expect([Math.floor(reply.status / 100), reply.json.param]).toEqual([4, param]);
    expect(world.gateway.started).toEqual([]);
  });

  it('is listed, newest first, page by page', async () => {
    for (let n = 0; n < 5; n += 1) {
      world.advance(1000);
      await start({ ...body, reference: `r${n}` });
    }
    const headers = merchant.headers();
    const first = (await call(world, listTopups, { headers, query: { limit: '3' } })).json;
    const rest = (await call(world, listTopups, { headers, query: { limit: '3', cursor: first.next_cursor } })).json;
    const references = [...first.data, ...rest.data].map((each: { reference: string }) => each.reference);
    expect(references).toEqual(['r4', 'r3', 'r2', 'r1', 'r0']);
    expect(rest.next_cursor).toBeNull();
  });

  it('tells its merchant how it ended', async () => {
    const heard: string[] = [];
    world.outboundAnswer = (request) => {
      heard.push(request.body ?? '');
      return { status: 200, headers: {}, body: '' };
    };
    await addEndpoint(world, { merchantId: merchant.id, mode: 'live' }, { url: 'https://merchant.example/hook' });
    const { json } = await start();
    world.gateway.finding = { kind: 'failed', failure: 'declined', evidence: '' };
    await tell();
    world.gateway.finding = paid;
    await tell();
    world.messages.length = 0;
    await sendDue(world);
    expect(heard.map((each) => JSON.parse(each)).map((each) => [each.type, each.data.object.status])).toEqual([
      ['topup.failed', 'failed'],
      ['topup.success', 'success'],
    ]);
    expect(JSON.parse(heard[0] ?? '').data.object).toMatchObject({ id: json.id, failure: { code: 'declined' } });
  });
});

describe('a low balance', () => {
  let heard: { type: string; data: { object: Record<string, unknown> } }[];
  const order = async (amount: number) => {
    const content = { product_id: 100, target: '0772279099', amount, agent_reference: `o${Math.random()}` };
    await call(world, createOrder, { headers: { ...merchant.headers(), prefer: 'respond-async' }, body: content });
  };
  const threshold = (low_balance_threshold: number | string | null) =>
    call(world, updateWallet, {
      headers: merchant.headers(),
      params: { currency: 'USD' },
      body: { low_balance_threshold },
    });
  const look = async () => {
    world.advance(2 * 60_000);
    await sendDue(world);
    await sendDue(world);
  };

  beforeEach(async () => {
    merchant = await aMerchant(world, { USD: 1000 });
    await sell(world);
    heard = [];
    world.outboundAnswer = (request) => {
      heard.push(JSON.parse(request.body ?? ''));
      return { status: 200, headers: {}, body: '' };
    };
    const owner = { merchantId: merchant.id, mode: 'live' } as const;
    await addEndpoint(world, owner, { url: 'https://merchant.example/hook', events: ['wallet.low_balance'] });
  });

  it('is told once for each time the balance falls below it', async () => {
    expect((await threshold(5)).json).toEqual({ currency: 'USD', balance: 10, low_balance_threshold: 5 });
    await order(4);
    await look();
    expect(heard).toEqual([]);
    await order(2);
    await order(1);
    await look();
    world.advance(HOUR);
    await look();
    expect(
      heard.map((event) => [event.type, event.data.object.balance, event.data.object.low_balance_threshold]),
    ).toEqual([['wallet.low_balance', 4, 5]]);
    await start({ amount: 25, currency: 'USD', reference: 'again' });
    world.gateway.finding = paid;
    await tell();
    for (let n = 0; n < 25; n += 1) await order(1);
    await look();
    expect(heard).toHaveLength(2);
  });

  it('is told once when two sweeps look at once, or one dies before it has noted that', async () => {
    await threshold(5);
    await order(6);
    world.advance(2 * 60_000);
    await Promise.all([sendDue(world), sendDue(world)]);
    await look();
    expect(heard).toHaveLength(1);
  });

  it.each(['before', 'after'] as const)('is set, and told once, when an answer is lost %s', async (moment) => {
    const lose = (command: string) => {
      let isLost = false;
      world.fault = (name) => {
        if (isLost || name !== command) return undefined;
        isLost = true;
        return moment;
      };
    };
    lose('PutCommand');
    expect((await threshold(5)).json).toMatchObject({ low_balance_threshold: 5 });
    world.fault = undefined;
    await order(6);
    world.advance(2 * 60_000);
    lose('PutCommand');
    await sendDue(world);
    world.fault = undefined;
    await look();
    expect(heard).toHaveLength(1);
  });

  it('that two set at once is one of both', async () => {
    const replies = await Promise.all([threshold(5), threshold(6)]);
    expect(replies.map((reply) => reply.status).toSorted()).toEqual([200, 503]);
  });

  it('that it is below already, or that is taken back, is no news', async () => {
    await order(6);
    await threshold(5);
    await look();
    expect(heard).toEqual([]);
    expect((await threshold(null)).json.low_balance_threshold).toBeNull();
    world.advance(HOUR);
    expect(await dueWatches(world, world.now(), 10)).toEqual([]);
    await order(1);
    await look();
    expect(heard).toEqual([]);
    expect((await threshold('5,0')).json).toMatchObject({ status: 400, param: 'low_balance_threshold' });
  });
});
