import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createBulk } from '../../../functions/bulk/create-bulk.ts';
import { listBulkRows } from '../../../functions/bulk/list-bulk-rows.ts';
import { retryBulk } from '../../../functions/bulk/retry-bulk.ts';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { listOrders } from '../../../functions/orders/list-orders.ts';
import { getStatement } from '../../../functions/wallet/get-statement.ts';
import { startTopup } from '../../../functions/wallet/start-topup.ts';
import { eraseOld } from '../../../functions/workers/erase-old.ts';
import type { Outcome } from '../../../shared/domain/order.ts';
import { applyCallback } from '../../../shared/domain/order-life.ts';
import { DAY, plus } from '../../../shared/domain/time.ts';
import { changeOrder } from '../../../shared/flows/orders/change-order.ts';
import { reverseOrder } from '../../../shared/flows/orders/review.ts';
import { eraseFinalOrder } from '../../../shared/flows/privacy/erase-items.ts';
import { eraseOldOf } from '../../../shared/flows/privacy/erase-old.ts';
import { privacyHash } from '../../../shared/flows/privacy/hash-of-number.ts';
import { verifyLedger } from '../../../shared/flows/wallet/verify-ledger.ts';
import type { RouteHandler } from '../../../shared/http/route.ts';
import { workers } from '../../../shared/manifest/workers.ts';
import { unpackRows } from '../../../shared/store/batches.ts';
import { readOrder } from '../../../shared/store/orders.ts';
import type { World } from '../../../shared/world.ts';
import { allItems } from '../../support/all-items.ts';
import { call } from '../../support/call.ts';
import { aCampaign, pay } from '../../support/campaigns.ts';
import { UnitCounter } from '../../support/count-units.ts';
import { granted } from '../../support/granted.ts';
import { callBack } from '../../support/topup-set-up.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

/** Personal data goes when its time is over, and nothing else does. */

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld({ publicUrl: 'https://api.example' });
  merchant = await aMerchant(world);
  await sell(world);
});
afterAll(stopEngine);

const TARGET = '0772279099';
/** Whatever tells who somebody is. */
const PERSONAL = /772279|Happy birthday|respondent-7|Moyo|1234 5678|no such person/;

const ask = <P, Q, B>(endpoint: RouteHandler<P, Q, B>, input: object = {}) =>
  call(world, endpoint, { headers: { ...merchant.headers(), prefer: 'respond-async' }, ...input });

const order = (reference: string, changes: object = {}) =>
  ask(createOrder, {
    body: {
      ...{ product_id: 100, target: TARGET, amount: 1, agent_reference: reference },
      ...{ custom_sms: 'Happy birthday', ...changes },
    },
  });

const stored = async (agentReference: string) =>
  (await readOrder(world, { merchantId: merchant.id, mode: 'live', agentReference })) ?? fail(agentReference);

function fail(what: string): never {
  throw new Error(`there is no ${what}`);
}

async function settle(): Promise<void> {
  for (let rounds = 0; rounds < 4 || world.messages.length > 0; rounds += 1) {
    await world.dispatchAll();
    if (world.messages.length === 0) await world.sweep();
  }
}

const DELIVERED: Outcome = {
  kind: 'success',
  receipt: { providerRef: '77', tokens: [{ token: '1234 5678' }], holder: { name: 'T. Moyo' } },
  evidence: 'Recharge to 0772279099',
};

/** As the adapter reports the answer to the sample request. */
const REPLY =
  '200 {"ReplyCode":2,"ReplyMsg":"Recharge to 0772279099 of 5.00 was successful.","WalletBalance":9451.2,"Amount":5,' +
  '"Discount":0.25,"InitialBalance":1.02,"FinalBalance":6.02,"Window":"2026-06-06T00:00:00","Data":0,"SMS":0,' +
  '"AgentReference":"ord-0mo1x2a3b4c5d6e7f8g9","RechargeID":"12345678"}';

const erase = (on: World = world) => eraseOld(granted(on, workers.eraseOld.access));

const live = () => ({ merchantId: merchant.id, mode: 'live', currency: 'USD' }) as const;

/** Everything in the tables that erasing changes, with the rows of batches as they are read. */
async function erasable(): Promise<string> {
  const tables = await Promise.all((['orders', 'topups', 'batches'] as const).map((name) => allItems(world, name)));
  return JSON.stringify(
    tables.flat().map((item) => (typeof item.rows === 'string' ? { ...item, rows: unpackRows(item.rows) } : item)),
  );
}

describe('what is older than its term', () => {
  it('loses its numbers and texts, and no money, status or reference', async () => {
    world.upstream.script = [DELIVERED];
    await order('one');
    await settle();
    const batch = await ask(createBulk, {
      body: {
        csv: `target,amount,custom_sms\n${TARGET},1,Happy birthday\nno such person,1,Happy birthday`,
        batch_reference: 'may',
        accept: 'valid_rows',
      },
    });
    const campaign = await aCampaign(world, merchant.id, { one_per_number: true });
    await pay(world, campaign, { respondent_id: 'respondent-7', target: TARGET });
    await ask(startTopup, { body: { amount: 25, currency: 'USD', reference: 'r1' } });
    const paid = { kind: 'paid', amountMinor: 2500, currency: 'USD' } as const;
    world.gateway.finding = { ...paid, evidence: 'Paid by T. Moyo' };
    await callBack(world.gateway.started[0]?.resultUrl, world);
    await settle();
    world.advance(401 * DAY);
    expect(await erasable()).toMatch(PERSONAL);
    const ledger = await allItems(world, 'ledger');
    const before = await stored('one');

    await erase();
    expect(await erasable()).not.toMatch(PERSONAL);
    expect(JSON.stringify(await allItems(world, 'campaigns'))).not.toMatch(PERSONAL);
    expect(JSON.stringify(await allItems(world, 'erasures'))).not.toMatch(PERSONAL);
    expect(await allItems(world, 'ledger')).toEqual(ledger);
    expect(await verifyLedger(world, live())).not.toHaveProperty('violation');
    const { target: _t, msisdn: _m, customSms: _c, receipt: _r, attempts: _a, version: _v, ...kept } = before;
    const after = await stored('one');
    expect(after).toMatchObject(kept);
    expect(after).toMatchObject({ target: '…099', receipt: { providerRef: '77' }, erased: { at: expect.anything() } });

    const { data } = (await ask(listOrders)).json;
    expect(data.map((each: { target: string; msisdn: string }) => [each.target, each.msisdn])).toEqual(
      data.map(() => ['…099', '…099']),
    );
    const rows = { params: { batch_id: batch.json.id } };
    expect((await ask(listBulkRows, rows)).json.data).toMatchObject([
      { target: '…099', msisdn: '…099', status: 'success' },
      { target: '…son', status: 'left_out', errors: [{ detail: 'Erased.' }] },
    ]);
    const csv = await ask(listBulkRows, { ...rows, query: { format: 'csv' } });
    expect(csv.text).toContain('…099');
    const statement = await ask(getStatement, { query: { currency: 'USD', month: '2026-05' } });
    expect([statement.status, PERSONAL.test(statement.text)]).toEqual([200, false]);
  });

  it('costs three units an order at most, once, and what is younger costs nothing', async () => {
    const references = Array.from({ length: 12 }, (_, n) => `order-${n}`);
    world.upstream.script = references.map(() => ({ ...DELIVERED, evidence: REPLY }));
    for (const reference of references) await order(reference);
    await settle();
    const hash = await privacyHash(world);
    const counted = { ...world };
    const units = new UnitCounter(counted);
    const run = async () => {
      const before = plus(world.now(), -400 * DAY);
      return eraseOldOf(counted, { owner: live(), list: 'orders', before, hash, isTimeLeft: () => true });
    };
    expect(await units.during(run)).toMatchObject({ write: 0 });
    expect(await erasable()).toMatch(PERSONAL);
    world.advance(401 * DAY);
    const { write } = await units.during(run);
    expect(await erasable()).not.toMatch(PERSONAL);
    expect(write).toBeLessThanOrEqual(3 * references.length);
    expect(await units.during(run)).toMatchObject({ write: 0 });
  });

  it('stays as it is while it is not final, and is found again when it is', async () => {
    world.upstream.script = [{ kind: 'unclear', evidence: 'no answer' }];
    world.upstream.finding = { kind: 'unclear', evidence: 'no answer' };
    await order('doubtful');
    await settle();
    await order('clear');
    await settle();
    world.advance(401 * DAY);
    await erase();
    expect([(await stored('doubtful')).msisdn, (await stored('clear')).target]).toEqual(['+263772279099', '…099']);
    world.upstream.finding = { kind: 'success', receipt: {}, evidence: 'found' };
    await settle();
    await erase();
    expect(await stored('doubtful')).toMatchObject({ status: 'success', target: '…099', erased: {} });
  });

  it('is answered as before when its request is repeated', async () => {
    await order('one');
    await settle();
    world.advance(401 * DAY);
    await erase();
    const repeated = await order('one', { target: '+263 77 227 9099' });
    expect([repeated.status, repeated.json.target]).toEqual([200, '…099']);
    for (const changes of [{ target: '0772279098' }, { custom_sms: 'Happy new year' }, { custom_sms: undefined }]) {
      expect((await order('one', changes)).json).toMatchObject({ code: 'reference_reused' });
    }
    expect(world.upstream.vends).toHaveLength(1);
  });

  it('still is the only payout of its number and of its respondent', async () => {
    const campaign = await aCampaign(world, merchant.id, { one_per_number: true });
    const content = { respondent_id: 'respondent-7', target: TARGET };
    expect((await pay(world, campaign, content)).status).toBe(201);
    await settle();
    world.advance(401 * DAY);
    await erase();
    expect(await pay(world, campaign, content)).toMatchObject({ status: 200, json: { respondent_id: null } });
    const elsewhere = await pay(world, campaign, { ...content, target: '0772279098' });
    expect(elsewhere.json).toMatchObject({ code: 'reference_reused', param: 'target' });
    const another = await pay(world, campaign, { ...content, respondent_id: 'respondent-8' });
    expect(another.json).toMatchObject({ code: 'already_paid' });
  });

  it('loses every cell of a row that was left out, whichever holds a number', async () => {
    const csv = `target,amount,product_id,currency,reference\n${TARGET},1,100,USD,a\n5,${TARGET},${TARGET},USD,${TARGET}`;
    const batch = await ask(createBulk, { body: { csv, batch_reference: 'may', accept: 'valid_rows' } });
    expect(batch.status).toBe(202);
    await settle();
    world.advance(401 * DAY);
    await erase();
    expect(await erasable()).not.toMatch(PERSONAL);
    const rows = await ask(listBulkRows, { params: { batch_id: batch.json.id }, query: { format: 'csv' } });
    expect([rows.status, PERSONAL.test(rows.text)]).toEqual([200, false]);
  });

  it('can no longer be sent again with its batch', async () => {
    world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
    const batch = await ask(createBulk, { body: { csv: `target,amount\n${TARGET},1`, batch_reference: 'may' } });
    await settle();
    world.advance(401 * DAY);
    await erase();
    const retried = await ask(retryBulk, { params: { batch_id: batch.json.id } });
    expect(retried.json).toMatchObject({ status: 422, code: 'batch_invalid' });
  });
});

describe('rows that no batch came of', () => {
  const csv = `target,amount\n${Array.from({ length: 60 }, () => `${TARGET},1`).join('\n')}`;
  const create = () => ask(createBulk, { body: { csv, batch_reference: 'may' } });
  const rowsWithNumbers = async () =>
    (await allItems(world, 'batches')).filter(
      ({ rows }) => typeof rows === 'string' && /772279/.test(JSON.stringify(unpackRows(rows))),
    ).length;

  it('go at once where the same request won', async () => {
    const answers = await Promise.all([create(), create(), create(), create()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 202]);
    expect(await rowsWithNumbers()).toBe(3);
    await settle();
    const rows = await ask(listBulkRows, { params: { batch_id: answers[0]?.json.id } });
    expect(rows.json.data.every((each: { msisdn: string }) => each.msisdn === '+263772279099')).toBe(true);
    expect(world.upstream.vends).toHaveLength(60);
  });

  it('go after a day where the request died, and those of a batch stay', async () => {
    world.fault = (command) => (command === 'TransactWriteCommand' ? new Error('the process died') : undefined);
    await create();
    world.fault = undefined;
    expect((await create()).status).toBe(202);
    await settle();
    await erase();
    expect(await rowsWithNumbers()).toBe(6);
    world.advance(25 * 60 * 60_000);
    await erase();
    expect(await rowsWithNumbers()).toBe(3);
    expect(world.upstream.vends).toHaveLength(60);
  });

  it('are not those of a batch whose answer was lost', async () => {
    let isLost = false;
    world.fault = (command) => {
      if (isLost || command !== 'TransactWriteCommand') return undefined;
      isLost = true;
      return 'after';
    };
    // It was advanced before the request knew that it is its own.
    world.sleep = async () => {
      const batch = (await allItems(world, 'batches')).find(({ status }) => status !== undefined);
      if (!batch || batch.writeId === 'another') return;
      await world.db.send(
        new PutCommand({ TableName: world.table('batches'), Item: { ...batch, writeId: 'another' } }),
      );
    };
    expect([(await create()).json.status, isLost]).toEqual(['running', true]);
    world.fault = undefined;
    await settle();
    expect([await rowsWithNumbers(), world.upstream.vends.length]).toEqual([3, 60]);
  });
});

describe('what is not final, however much it is', () => {
  const MANY = 450;
  const ALL = Array.from({ length: MANY }, (_, n) => n);
  const countDone = async () => (await allItems(world, 'orders')).filter(({ erased }) => erased !== undefined).length;

  async function put(items: readonly Record<string, unknown>[]): Promise<void> {
    const TableName = world.table('orders');
    for (let from = 0; from < items.length; from += 50) {
      const some = items.slice(from, from + 50);
      await Promise.all(some.map((Item) => world.db.send(new PutCommand({ TableName, Item }))));
    }
  }

  /** Many orders in doubt, and behind them one that is final. Answers what makes some of the many final. */
  async function manyInDoubt(): Promise<(places: readonly number[]) => Promise<void>> {
    await order('clear');
    await settle();
    const [item = {}] = await allItems(world, 'orders');
    const copies = (places: readonly number[], changes: object) =>
      put(places.map((n) => ({ ...item, pk: `${item.pk}-${n}`, listSk: `2026-05-01#${1000 + n}`, ...changes })));
    await copies(ALL, { status: 'review' });
    world.advance(401 * DAY);
    return (places) => copies(places, { version: 9 });
  }

  it('stops nothing else, fails no run, and is erased once it is final', async () => {
    const becomeFinal = await manyInDoubt();
    await erase();
    expect([await countDone(), (await stored('clear')).target]).toEqual([1, '…099']);
    await erase();
    await erase();
    await becomeFinal([0, 299, 320, 449]);
    await erase();
    expect(await countDone()).toBe(1 + 4);
    await becomeFinal([310, 440]);
    await erase();
    expect(await countDone()).toBe(1 + 6);
    await becomeFinal(ALL.filter((n) => ![0, 299, 320, 449, 310, 440].includes(n)));
    await erase();
    expect(await countDone()).toBe(1 + MANY);
    const revision = async () => (await allItems(world, 'erasures')).map((each) => each.revision);
    const before = await revision();
    await erase();
    expect(await revision()).toEqual(before);
  });
});

describe('a run of the job', () => {
  beforeEach(async () => {
    for (const reference of ['one', 'two', 'three']) await order(reference);
    await settle();
    world.advance(401 * DAY);
  });

  it('does no harm beside another', async () => {
    await Promise.all([erase(), erase()]);
    await erase();
    expect(await erasable()).not.toMatch(PERSONAL);
    const versions = await Promise.all(['one', 'two', 'three'].map(async (each) => (await stored(each)).version));
    expect(new Set(versions).size).toBe(1);
  });

  it('counts a write as done whose answer was lost', async () => {
    const lost = new Set<string>();
    world.fault = (command, input) => {
      const { TableName } = input as { TableName?: string };
      if (command !== 'PutCommand' || TableName === undefined || lost.has(TableName)) return undefined;
      lost.add(TableName);
      return 'after';
    };
    await erase();
    world.fault = undefined;
    expect(lost.size).toBe(2);
    expect(await erasable()).not.toMatch(PERSONAL);
  });

  it('is continued by the next where it dies, and one item that fails stops no other', async () => {
    let writes = 0;
    world.fault = (command) => (command === 'PutCommand' && ++writes === 2 ? new Error('the process died') : undefined);
    await erase();
    world.fault = undefined;
    expect(await erasable()).toMatch(PERSONAL);
    await erase();
    expect(await erasable()).not.toMatch(PERSONAL);
  });

  it('leaves an order that changed since it was read', async () => {
    const read = await stored('one');
    await reverseOrder(world, read, { by: 'test', reason: 'It never arrived.' });
    expect(await eraseFinalOrder(world, read, await privacyHash(world))).toBe('left');
    expect(await stored('one')).toMatchObject({ status: 'reversed', msisdn: '+263772279099' });
    await settle();
    await erase();
    expect(await stored('one')).toMatchObject({ status: 'reversed', target: '…099' });
    expect(await verifyLedger(world, live())).not.toHaveProperty('violation');
  });

  it('leaves an order that can be taken back afterwards, with nothing personal in it', async () => {
    await erase();
    await reverseOrder(world, await stored('one'), { by: 'test', reason: 'It never arrived.' });
    await settle();
    expect(await stored('one')).toMatchObject({ status: 'reversed', target: '…099' });
    expect(await erasable()).not.toMatch(PERSONAL);
  });

  it('leaves a refund that is charged again where it was delivered after all', async () => {
    world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
    await order('refunded');
    await settle();
    world.advance(401 * DAY);
    await erase();
    const finding = { kind: 'success', receipt: {}, evidence: 'Recharge to 0772279099' } as const;
    await changeOrder(world, await stored('refunded'), (current) => applyCallback(current, finding, world.now()));
    await settle();
    expect(await stored('refunded')).toMatchObject({ status: 'success', target: '…099' });
    expect(await erasable()).not.toMatch(PERSONAL);
    expect(await verifyLedger(world, live())).toMatchObject({ balanceMinor: 10_000 - 4 * 100 });
  });
});
