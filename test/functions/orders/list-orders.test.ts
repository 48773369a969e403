import { BatchWriteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { listOrders } from '../../../functions/orders/list-orders.ts';
import { call } from '../../support/call.ts';
import { freshShopForEachTest, get, merchant, place, walk, world } from '../../support/list-set-up.ts';
import { aMerchant } from '../../support/world.ts';

freshShopForEachTest();

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
    const { headers } = await aMerchant(world);
    expect((await call(world, listOrders, { headers: headers() })).json).toEqual({
      data: [],
      next_cursor: null,
      searched_to: null,
    });
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
    const at = String(Item?.listSk).split('#')[0];
    for (let batch = 0; batch < 25; batch += 1) {
      const puts = Array.from({ length: 25 }, (_, n) => {
        const name = `copy-${batch}-${n}`;
        const own = { pk: `${merchant.id}#live#${name}`, agentReference: name, id: `ord_${name}` };
        return { PutRequest: { Item: { ...Item, ...own, listSk: `${at}#ord_${name}` } } };
      });
      await world.db.send(new BatchWriteCommand({ RequestItems: { [world.table('orders')]: puts } }));
    }
    expect((await walk(listOrders, { status: 'unknown' })).map((row) => row.agent_reference)).toEqual(['rare']);
    // A page without a match says how far it has looked.
    const first = (await get(listOrders, { status: 'unknown' })).json;
    expect(first).toMatchObject({ data: [], next_cursor: expect.any(String), searched_to: at });
  });

  it.each([
    [{ limit: '0' }, 'limit'],
    [{ limit: '101' }, 'limit'],
    [{ status: 'dispatching' }, 'status'],
    [{ from: 'yesterday' }, 'from'],
    [{ target: 'me' }, 'target'],
    [{ colour: 'red' }, 'colour'],
    [{ cursor: 'xyz' }, 'cursor'],
    [{ target: 'Caf\ufffd' }, 'target'],
    [{ cursor: 'a\u0000' }, 'cursor'],
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

it('a time range that ends before it begins, or a cursor from elsewhere, is an empty list and no error', async () => {
  await place('one');
  const { data, next_cursor } = (await get(listOrders, { from: '2026-06-01', to: '2026-05-01' })).json;
  expect([data, next_cursor]).toEqual([[], null]);
  const cursor = Buffer.from(JSON.stringify({ below: '!' })).toString('base64url');
  expect((await get(listOrders, { cursor })).json.data).toEqual([]);
});
