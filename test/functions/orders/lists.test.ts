import { BatchWriteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { listOrders } from '../../../functions/orders/list-orders.ts';
import { listProducts } from '../../../functions/orders/list-products.ts';
import { getWallet } from '../../../functions/wallet/get-wallet.ts';
import { listLedger } from '../../../functions/wallet/list-ledger.ts';
import { adjustWallet } from '../../../shared/flows/wallet/adjust-wallet.ts';
import type { RouteHandler } from '../../../shared/http/route.ts';
import type { Reply } from '../../support/call.ts';
import { call } from '../../support/call.ts';
import { airtimeUsd, aProduct } from '../../support/products.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world, { USD: 100_000, ZWG: 50_000 });
  await sell(world, airtimeUsd, aProduct({ id: 7, name: 'Econet ZiG', network: 'Econet', currency: 'ZWG' }));
});
afterAll(stopEngine);

function get<P, Q, B>(endpoint: RouteHandler<P, Q, B>, query: Record<string, string> = {}): Promise<Reply> {
  return call(world, endpoint, { headers: merchant.headers(), query });
}

/** Every page of a list, following the cursor as a client would. */
async function walk<P, Q, B>(endpoint: RouteHandler<P, Q, B>, query: Record<string, string>, between = async () => {}) {
  const rows: Record<string, unknown>[] = [];
  for (let pages = 0; pages < 200; pages += 1) {
    const reply: Reply = await get(endpoint, query);
    expect(reply.status).toBe(200);
    expect(reply.json.data.length).toBeLessThanOrEqual(Number(query.limit ?? 25));
    rows.push(...reply.json.data);
    if (reply.json.next_cursor === null) return rows;
    query.cursor = reply.json.next_cursor;
    await between();
  }
  throw new Error('the list does not end');
}

async function place(reference: string, changes: Record<string, unknown> = {}): Promise<void> {
  const body = { product_id: 100, target: '0772279099', amount: 1, agent_reference: reference, ...changes };
  await call(world, createOrder, { headers: { ...merchant.headers(), prefer: 'respond-async' }, body });
  world.advance(1_000);
}

describe('orders', () => {
  it('are listed newest first, page by page, each once, also while orders are placed', async () => {
    for (let n = 0; n < 23; n += 1) await place(`o${n}`);
    let late = 0;
    const rows = await walk(listOrders, { limit: '5' }, async () => {
      late += 1;
      await place(`late${late}`);
    });
    expect(rows.map((row) => row.agent_reference)).toEqual(Array.from({ length: 23 }, (_, n) => `o${22 - n}`));
  });

  it('end without a cursor when a page is exactly full, and are empty for a new merchant', async () => {
    for (let n = 0; n < 5; n += 1) await place(`o${n}`);
    expect((await get(listOrders, { limit: '5' })).json.next_cursor).toBeNull();
    merchant = await aMerchant(world);
    expect((await get(listOrders)).json).toEqual({ data: [], next_cursor: null });
  });

  it('are filtered by status, product, target and time', async () => {
    await place('plain');
    await place('zig', { product_id: 7 });
    world.upstream.script = [{ kind: 'unclear', evidence: '' }];
    await world.dispatchAll();
    const from = world.now();
    await place('later', { target: '0712279099' });
    const references = async (query: Record<string, string>) =>
      (await walk(listOrders, query)).map((row) => row.agent_reference);
    expect(await references({ status: 'pending' })).toEqual(['later']);
    expect((await references({ status: 'unknown' })).length).toBe(1);
    expect(await references({ product_id: '7' })).toEqual(['zig']);
    expect(await references({ target: '+263 71 227 9099' })).toEqual(['later']);
    expect(await references({ from })).toEqual(['later']);
    expect(await references({ to: from })).toEqual(['zig', 'plain']);
    expect(await references({ from, to: from })).toEqual([]);
    expect(await references({ status: 'success', product_id: '7', limit: '1' })).toHaveLength(
      (await references({ status: 'unknown', product_id: '7' })).length === 1 ? 0 : 1,
    );
  });

  it('of a rare status are found behind hundreds of others', async () => {
    world.upstream.script = [{ kind: 'unclear', evidence: '' }];
    await place('rare');
    await world.dispatchAll();
    await place('common');
    await world.dispatchAll();
    const pk = `${merchant.id}#live#common`;
    const { Item } = await world.db.send(new GetCommand({ TableName: world.table('orders'), Key: { pk } }));
    for (let batch = 0; batch < 25; batch += 1) {
      const puts = Array.from({ length: 25 }, (_, n) => {
        const name = `copy-${batch}-${n}`;
        const own = { pk: `${merchant.id}#live#${name}`, agentReference: name, id: `ord_${name}` };
        return { PutRequest: { Item: { ...Item, ...own, listSk: `${Item?.createdAt}#ord_${name}` } } };
      });
      await world.db.send(new BatchWriteCommand({ RequestItems: { [world.table('orders')]: puts } }));
    }
    expect((await walk(listOrders, { status: 'unknown' })).map((row) => row.agent_reference)).toEqual(['rare']);
  });

  it.each([
    [{ limit: '0' }, 'limit'],
    [{ limit: '101' }, 'limit'],
    [{ status: 'dispatching' }, 'status'],
    [{ from: 'yesterday' }, 'from'],
    [{ target: 'me' }, 'target'],
    [{ colour: 'red' }, 'colour'],
    [{ cursor: 'xyz' }, 'cursor'],
    [{ cursor: Buffer.from('{"below":5}').toString('base64url') }, 'cursor'],
  ])('asked for with %o are refused by the name of the parameter', async (query, param) => {
    const reply = await get(listOrders, query);
    expect([reply.status, reply.json.param]).toEqual([400, param]);
  });

  it('of one mode are not shown to a key of the other', async () => {
    await place('live');
    const reply = await call(world, listOrders, { headers: merchant.headers('test') });
    expect(reply.json.data).toEqual([]);
  });
});

describe('the ledger', () => {
  const deposit = (currency: 'USD' | 'ZWG') =>
    adjustWallet(world, { merchantId: merchant.id, mode: 'live', currency }, { amountMinor: 1, reason: 'D', by: 't' });

  it('is walked newest first over all wallets, each entry once, while entries are appended', async () => {
    for (let n = 0; n < 12; n += 1) {
      await place(`usd${n}`);
      if (n % 3 === 0) await place(`zig${n}`, { product_id: 7 });
    }
    const rows = await walk(listLedger, { limit: '4' }, async () => {
      await deposit('USD');
      await deposit('ZWG');
    });
    expect(rows).toHaveLength(12 + 4 + 2);
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
    const times = rows.map((row) => String(row.created_at));
    expect(times).toEqual(times.toSorted().toReversed());
    for (const currency of ['USD', 'ZWG']) {
      const own = rows.filter((row) => row.currency === currency).toReversed();
      expect(own.map((row) => row.seq)).toEqual(own.map((_, index) => index + 1));
      own.slice(1).forEach((row, index) => {
        expect(row.previous_hash).toBe(own[index]?.hash);
      });
    }
  });

  it('is filtered by currency, kind and time', async () => {
    await place('first');
    const from = world.now();
    await place('second');
    const to = world.now();
    await place('third');
    const references = async (query: Record<string, string>) =>
      (await walk(listLedger, query)).map((row) => row.agent_reference ?? row.kind);
    expect(await references({ currency: 'ZWG' })).toEqual(['adjustment']);
    expect(await references({ kind: 'order' })).toEqual(['third', 'second', 'first']);
    expect(await references({ kind: 'order', from })).toEqual(['third', 'second']);
    expect(await references({ currency: 'USD', from, to })).toEqual(['second']);
    expect(await references({ currency: 'USD', to: from, limit: '1' })).toEqual(['first', 'adjustment']);
    expect(await references({ currency: 'KES' })).toEqual([]);
  });

  it('shows signed amounts and balances that add up', async () => {
    await place('one', { amount: 2.5 });
    const [entry] = (await get(listLedger, { currency: 'USD', limit: '1' })).json.data;
    expect(entry).toMatchObject({ kind: 'order', amount: -2.5, balance_after: 997.5, agent_reference: 'one' });
    expect((await get(getWallet)).json.wallets).toEqual([
      { currency: 'USD', balance: 997.5, in_doubt: 2.5, low_balance_threshold: null },
      { currency: 'ZWG', balance: 500, in_doubt: 0, low_balance_threshold: null },
    ]);
  });
});

describe('products', () => {
  it('are shown with limits in major units and what the target is', async () => {
    expect((await get(listProducts, { network: 'ANY' })).json.data).toEqual([
      {
        id: 100,
        name: 'Airtime USD',
        network: 'any',
        kind: 'airtime',
        country: 'ZW',
        currency: 'USD',
        min: 0.1,
        max: 300,
        step: 0.01,
        target: { type: 'phone', example: '0772279099' },
        available: true,
      },
    ]);
  });

  it('are filtered by country, kind and network', async () => {
    const count = async (query: Record<string, string>) => (await get(listProducts, query)).json.data.length;
    expect(await count({})).toBe(2);
    expect(await count({ country: 'ZW', kind: 'airtime', network: 'econet' })).toBe(1);
    expect(await count({ country: 'KE' })).toBe(0);
    expect((await get(listProducts, { kind: 'gold' })).status).toBe(400);
  });

  it('withdrawn upstream stay listed as unavailable, with since when', async () => {
    await sell(world, airtimeUsd);
    expect((await get(listProducts)).json.data[0]).toMatchObject({ id: 7, available: false });
    expect((await get(listProducts)).json.data[0].unavailable_since).toBeTruthy();
  });
});

it('a time range that ends before it begins, or a cursor from elsewhere, is an empty list and no error', async () => {
  await place('one');
  const { data, next_cursor } = (await get(listOrders, { from: '2026-06-01', to: '2026-05-01' })).json;
  expect([data, next_cursor]).toEqual([[], null]);
  const cursor = Buffer.from(JSON.stringify({ below: '!' })).toString('base64url');
  expect((await get(listOrders, { cursor })).json.data).toEqual([]);
});
