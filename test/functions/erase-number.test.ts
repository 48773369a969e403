import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createBulk } from '../../functions/bulk/create-bulk.ts';
import { createOrder } from '../../functions/orders/create-order.ts';
import { startTopup } from '../../functions/wallet/start-topup.ts';
import { createEndpoint } from '../../functions/webhooks/create-endpoint.ts';
import { eraseNumber } from '../../shared/flows/privacy/erase-number.ts';
import { hashOfNumber } from '../../shared/flows/privacy/hash-of-number.ts';
import { verifyLedger } from '../../shared/flows/wallet/verify-ledger.ts';
import type { RouteHandler } from '../../shared/http/route.ts';
import { listActs } from '../../shared/store/audit.ts';
import { unpackRows } from '../../shared/store/batches.ts';
import { listDeliveries } from '../../shared/store/deliveries.ts';
import { allItems } from '../support/all-items.ts';
import { call } from '../support/call.ts';
import { aCampaign, pay } from '../support/campaigns.ts';
import { OPERATOR } from '../support/origin.ts';
import { callBack } from '../support/topup-set-up.ts';
import type { TestMerchant, TestWorld } from '../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../support/world.ts';

/** One number is erased everywhere, at every merchant, and nobody else's is. */

const NUMBER = '+263772279099';
const OTHER = '0772279098';

let world: TestWorld;
let merchants: TestMerchant[];

beforeEach(async () => {
  world = await testWorld({ publicUrl: 'https://api.example' });
  merchants = [await aMerchant(world), await aMerchant(world), await aMerchant(world)];
  merchants.sort((one, other) => (one.id < other.id ? -1 : 1));
  await sell(world);
});
afterAll(stopEngine);

const merchant = (index: number) => merchants[index] ?? fail();

function fail(): never {
  throw new Error('there is no such merchant');
}

const ask = <P, Q, B>(endpoint: RouteHandler<P, Q, B>, body: object, of = merchant(0)) =>
  call(world, endpoint, { headers: { ...of.headers(), prefer: 'respond-async' }, body });

const order = (agent_reference: string, target: string, of = merchant(0)) =>
  ask(createOrder, { product_id: 100, target, amount: 1, agent_reference, custom_sms: 'Hello' }, of);

async function settle(): Promise<void> {
  for (let rounds = 0; rounds < 3; rounds += 1) {
    while (world.messages.length > 0) await world.dispatchAll();
    await world.sweep();
  }
}

async function erasable(): Promise<string> {
  const tables = await Promise.all((['orders', 'topups', 'batches'] as const).map((name) => allItems(world, name)));
  return JSON.stringify(
    tables.flat().map((item) => (typeof item.rows === 'string' ? { ...item, rows: unpackRows(item.rows) } : item)),
  );
}

const acts = async ({ id: merchantId }: TestMerchant) =>
  (await listActs(world, { merchantId, mode: 'live' }, { action: 'number.erased', limit: 10 })).acts;

const erase = () => eraseNumber(world, NUMBER, OPERATOR);

/** Orders, a batch with a row that was left out, a payout and a top-up of the first merchant; an order of the second. */
async function used(): Promise<void> {
  await ask(createEndpoint, { url: 'https://merchant.example/hook' });
  await order('one', '0772279099');
  await order('other', OTHER);
  await order('theirs', '0772279099', merchant(1));
  const csv = `target,amount\n0772279099,1\n${OTHER},1\n077 227 9099 or so,1`;
  await ask(createBulk, { csv, batch_reference: 'may', accept: 'valid_rows' });
  const campaign = await aCampaign(world, merchant(0).id, { one_per_number: true });
  await pay(world, campaign, { respondent_id: 'r-1', target: '0772279099' });
  await ask(startTopup, { amount: 25, currency: 'USD', reference: 'r1' });
  const paid = { kind: 'paid', amountMinor: 2500, currency: 'USD' } as const;
  world.gateway.finding = { ...paid, evidence: 'Paid by 263772279099' };
  await callBack(world.gateway.started[0]?.resultUrl, world);
  await settle();
}

describe('the erasure of a number', () => {
  it('finds it at every merchant, says what it did, and leaves everybody else alone', async () => {
    await used();
    const ledger = await allItems(world, 'ledger');
    const { touched, finishedAt } = await erase();
    expect(finishedAt).toBeDefined();
    expect(touched).toMatchObject([
      { merchantId: merchant(0).id, mode: 'live', orders: 3, rows: 2, topups: 1, deliveries: 3, requests: 0, left: [] },
      { merchantId: merchant(1).id, mode: 'live', orders: 1, rows: 0, topups: 0, left: [] },
    ]);
    const left = await erasable();
    expect(left).not.toMatch(/0?77 ?227 ?9099/);
    expect(left.match(/"\+263772279098"/g)).toHaveLength(3);
    const { deliveries } = await listDeliveries(world, { merchantId: merchant(0).id, mode: 'live' }, { limit: 50 });
    const bodies = deliveries.map(({ event }) => event.body).join();
    expect(bodies).not.toContain('2279099');
    expect(bodies).toContain('"target":"…099"');
    expect(bodies).toContain('"target":"0772279098"');
    expect(await allItems(world, 'ledger')).toEqual(ledger);
    const wallet = { merchantId: merchant(0).id, mode: 'live', currency: 'USD' } as const;
    expect(await verifyLedger(world, wallet)).not.toHaveProperty('violation');
    const subject = await hashOfNumber(world, NUMBER);
    const after = { orders: 3, rows: 2, topups: 1, deliveries: 3, requests: 0, left: 0 };
    expect(await acts(merchant(0))).toMatchObject([{ subject, by: OPERATOR.by, after }]);
    expect([(await acts(merchant(1))).length, (await acts(merchant(2))).length]).toEqual([1, 0]);
    expect(JSON.stringify(await allItems(world, 'audit'))).not.toContain('772279099');
  });

  it('leaves what is not final, names it, and erases it when it is run again', async () => {
    await order('one', NUMBER);
    await ask(createBulk, { csv: 'target,amount\n0772279099,1', batch_reference: 'may' });
    const [first] = (await erase()).touched;
    expect(first?.left).toEqual(['order one', expect.stringMatching(/^batch bat_/)]);
    await settle();
    const [second] = (await erase()).touched;
    expect(second).toMatchObject({ orders: 2, rows: 1, left: [] });
    expect(await erasable()).not.toContain('772279099');
  });

  it('finds it in any cell of a row that was left out', async () => {
    const csv = [
      'target,amount,product_id,currency,reference,custom_sms',
      '5,0772279097,100,USD,a,',
      '5,1,+263 77 227 9097,USD,b,',
      '5,1,100,0772279097,c,',
      '5,1,100,USD,0772279097,',
      '5,1,100,USD,e,call 0772-279-097',
      `${OTHER},1,100,USD,f,`,
      `5,${OTHER},100,USD,g,`,
    ].join('\n');
    await ask(createBulk, { csv, batch_reference: 'swapped', accept: 'valid_rows' });
    await settle();
    expect((await eraseNumber(world, '+263772279097', OPERATOR)).touched).toMatchObject([{ rows: 5, left: [] }]);
    const left = await erasable();
    expect(left.replace(/[ -]/g, '')).not.toContain('772279097');
    expect(left).toContain(`"amount":"${OTHER}"`);
    expect((await eraseNumber(world, '+263772279097', OPERATOR)).touched).toEqual([]);
  });

  it('takes it out of what a merchant answered to any delivery', async () => {
    await ask(createEndpoint, { url: 'https://merchant.example/hook' });
    world.outboundAnswer = () => ({ status: 200, headers: {}, body: 'seen, like 077 227 9099 before' });
    await order('other', OTHER);
    await settle();
    world.outboundAnswer = () => ({ status: 200, headers: {}, body: 'thanks' });
    await order('another', OTHER);
    await settle();
    expect((await erase()).touched).toMatchObject([{ orders: 0, deliveries: 1, left: [] }]);
    const { deliveries } = await listDeliveries(world, { merchantId: merchant(0).id, mode: 'live' }, { limit: 50 });
    const excerpts = deliveries.flatMap(({ attempts }) => attempts.map(({ excerpt }) => excerpt));
    expect(excerpts).toEqual(['thanks', undefined]);
    expect(deliveries.map(({ event }) => event.body).join()).not.toContain('…098');
    expect((await erase()).touched).toEqual([]);
  });

  it('finds rows that no batch came of', async () => {
    const csv = `target,amount\n0772279099,1\n${OTHER},1`;
    world.fault = (command) => (command === 'TransactWriteCommand' ? new Error('the process died') : undefined);
    await ask(createBulk, { csv, batch_reference: 'may' });
    world.fault = undefined;
    expect(await erasable()).toContain('+263772279099');
    expect((await erase()).touched).toMatchObject([{ rows: 0, left: [expect.stringMatching(/^batch bat_/)] }]);
    world.advance(25 * 3_600_000);
    expect((await erase()).touched).toMatchObject([{ rows: 1, left: [] }]);
    const left = await erasable();
    expect([left.includes('772279099'), left.includes('+263772279098')]).toEqual([false, true]);
    expect((await erase()).touched).toEqual([]);
  });

  it('is continued where it died, and each merchant has one entry of it', async () => {
    await used();
    world.fault = (_command, input) =>
      JSON.stringify(input).includes(`${merchant(1).id}#live`) ? new Error('the process died') : undefined;
    await expect(erase()).rejects.toThrow('the process died');
    world.fault = undefined;
    expect((await erase()).touched).toMatchObject([{ orders: 3 }, { orders: 1 }]);
    expect([await acts(merchant(0)), await acts(merchant(1))].map((each) => each.length)).toEqual([1, 1]);
    expect(await erasable()).not.toMatch(/0?77 ?227 ?9099/);
  });

  it('is recorded once where the answer to that was lost', async () => {
    await used();
    const lost = new Set<string>();
    world.fault = (command) => {
      if (lost.has(command) || command !== 'TransactWriteCommand') return undefined;
      lost.add(command);
      return 'after';
    };
    await erase();
    expect([lost.size, (await acts(merchant(0))).length]).toEqual([1, 1]);
  });

  it('by two operators at once is done, and recorded by one of them', async () => {
    await used();
    const results = await Promise.allSettled([erase(), erase()]);
    expect(results.map(({ status }) => status).filter((status) => status === 'fulfilled').length).toBeLessThan(2);
    await erase();
    expect(await erasable()).not.toMatch(/0?77 ?227 ?9099/);
  });
});
