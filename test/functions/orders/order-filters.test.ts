import { BatchWriteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { createBulk } from '../../../functions/bulk/create-bulk.ts';
import { getBulk } from '../../../functions/bulk/get-bulk.ts';
import { retryBulk } from '../../../functions/bulk/retry-bulk.ts';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { listOrders } from '../../../functions/orders/list-orders.ts';
import { createEndpoint } from '../../../functions/webhooks/create-endpoint.ts';
import type { TableName } from '../../../shared/manifest/tables.ts';
import { call } from '../../support/call.ts';
import { aCampaign, knock, pay, respondent } from '../../support/campaigns.ts';
import { createKey } from '../../support/create-key.ts';
import { freshShopForEachTest, get, merchant, place, walk, world } from '../../support/list-set-up.ts';
import { aMember, asPerson, TestIssuer } from '../../support/people.ts';
import { aMerchant } from '../../support/world.ts';

/** Orders by what made them: their batch or campaign, and the key or the person that placed them. */

freshShopForEachTest();

type Query = Record<string, string>;

const MINUTE_MS = 60_000;
const references = async (query: Query) =>
  (await walk(listOrders, { ...query })).map(({ agent_reference }) => agent_reference);
const order = async (reference: string) =>
  (await call(world, getOrder, { headers: merchant.headers(), params: { agent_reference: reference } })).json;

async function settle(): Promise<void> {
  while (world.messages.length > 0) await world.dispatchAll();
}

const fileOf = (numbers: readonly string[]) => ['target,amount', ...numbers.map((each) => `${each},1`)].join('\n');

async function aBatch(reference: string, numbers: readonly string[], headers = merchant.headers()) {
  const body = { csv: fileOf(numbers), batch_reference: reference, currency: 'USD' };
  const { status, json } = await call(world, createBulk, { headers, body });
  expect(status).toBe(202);
  await settle();
  world.advance(1_000);
  return json as { id: string; created_by?: unknown };
}

async function aKey(scopes: readonly ['orders:read', 'orders:write'] | readonly ['orders:read']) {
  const { key, text } = await createKey(world, { merchantId: merchant.id, mode: 'live', name: 'other', scopes });
  return { id: key.id, headers: { authorization: `Api-Key ${text}` } };
}

async function aPerson() {
  const issuer = new TestIssuer(world.now);
  Object.assign(world, { people: issuer.people });
  const { id } = await aMember(world, merchant.id, 'developer', 'tendai');
  return { id, headers: asPerson(issuer.token('tendai'), merchant.id, 'live') };
}

/** Sends an order for somebody. */
async function send(reference: string, headers: Query) {
  const body = { product_id: 100, target: '0772279099', amount: 1, agent_reference: reference };
  const reply = await call(world, createOrder, { headers: { ...headers, prefer: 'respond-async' }, body });
  world.advance(1_000);
  return reply;
}

/** Rewrites an item as the release before wrote it. */
async function asBefore(table: TableName, pk: string, without: string): Promise<void> {
  const { Item } = await world.db.send(new GetCommand({ TableName: world.table(table), Key: { pk } }));
  expect(Item?.[without]).toBeDefined();
  const { [without]: _, ...rest } = Item ?? {};
  await world.db.send(new PutCommand({ TableName: world.table(table), Item: rest }));
}

describe('who placed an order', () => {
  it('is the key or the person, of a row whoever sent its batch, and of a signed payout nobody', async () => {
    const [key, person] = [await aKey(['orders:read', 'orders:write']), await aPerson()];
    await send('by-key', key.headers);
    await send('by-person', person.headers);
    await aBatch('batch', ['0772279001'], person.headers);
    const campaign = await aCampaign(world, merchant.id, { allow_api_key: true });
    await pay(world, campaign, respondent(1));
    world.advance(1_000);
    await knock(world, campaign.id, key.headers, JSON.stringify(respondent(2)));
    const by = Object.fromEntries((await walk(listOrders, {})).map((each) => [each.agent_reference, each.created_by]));
    expect(Object.keys(by)).toHaveLength(5);
    expect(by['by-key']).toEqual({ type: 'key', id: key.id });
    expect(by['by-person']).toEqual({ type: 'person', id: person.id });
    expect(by['batch~2']).toEqual({ type: 'person', id: person.id });
    expect((await walk(listOrders, { campaign_id: campaign.id })).map((each) => each.created_by)).toEqual([
      { type: 'key', id: key.id },
      undefined,
    ]);
    expect((await order('by-person')).created_by).toEqual({ type: 'person', id: person.id });
    expect(await references({ key_id: key.id })).toEqual([expect.stringContaining('cmp_'), 'by-key']);
    expect(await references({ member_id: person.id })).toEqual(['batch~2', 'by-person']);
  });

  it('is who was first, where another one repeats it or two are at once', async () => {
    const [one, other] = [await aKey(['orders:read', 'orders:write']), await aPerson()];
    await send('same', one.headers);
    expect((await send('same', other.headers)).json.created_by).toEqual({ type: 'key', id: one.id });
    const [first, second] = await Promise.all([send('race', one.headers), send('race', other.headers)]);
    expect(first.json.created_by).toEqual(second.json.created_by);
    expect((await order('race')).created_by).toEqual(first.json.created_by);
  });

  it('of rows that are sent again is who sent them again', async () => {
    world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
    const batch = await aBatch('first', ['0772279001']);
    expect(batch.created_by).toEqual({ type: 'key', id: merchant.keys.live.id });
    const person = await aPerson();
    const retry = await call(world, retryBulk, { headers: person.headers, params: { batch_id: batch.id } });
    expect(retry.json.created_by).toEqual({ type: 'person', id: person.id });
    await settle();
    expect(await references({ member_id: person.id })).toEqual(['first~r1~2']);
  });

  it('is in no event: its bytes are those of releases before', async () => {
    const sent: string[] = [];
    world.outboundAnswer = ({ body = '' }) => {
      sent.push(String(body));
      return { status: 200, headers: {}, body: '' };
    };
    await call(world, createEndpoint, { headers: merchant.headers(), body: { url: 'https://merchant.example/hook' } });
    await place('one');
    await aBatch('batch', ['0772279001']);
    expect(sent.map((each) => JSON.parse(each).type).sort()).toEqual(['batch.completed', 'order.success']);
    expect(sent.join()).not.toContain('created_by');
  });

  it('is not known of what releases before wrote, which is read, changed and listed as ever', async () => {
    const key = merchant.keys.live.id;
    await place('old');
    await place('new');
    await asBefore('orders', `${merchant.id}#live#old`, 'by');
    expect(await references({})).toEqual(['new', 'old']);
    expect(await references({ key_id: key })).toEqual(['new']);
    await settle();
    expect(await order('old')).toMatchObject({ status: 'success' });
    expect((await order('old')).created_by).toBeUndefined();
    expect((await order('new')).created_by).toEqual({ type: 'key', id: key });
  });

  it('is not known of rows whose batch was accepted by the release before and runs on', async () => {
    const body = { csv: fileOf(['0772279001']), batch_reference: 'old', currency: 'USD' };
    const { json } = await call(world, createBulk, { headers: merchant.headers(), body });
    await asBefore('batches', json.id, 'createdBy');
    await settle();
    expect(await references({ batch_id: json.id })).toEqual(['old~2']);
    expect(await references({ key_id: merchant.keys.live.id })).toEqual([]);
    const batch = await call(world, getBulk, { headers: merchant.headers(), params: { batch_id: json.id } });
    expect([batch.status, batch.json.created_by]).toEqual([200, undefined]);
  });
});

describe('the filters', () => {
  it('find the orders of a batch and of a campaign, alone and together with others', async () => {
    const [april, may] = [await aBatch('april', ['0772279001', '0772279002']), await aBatch('may', ['0772279003'])];
    const [one, other] = [await aCampaign(world, merchant.id), await aCampaign(world, merchant.id)];
    await place('single');
    for (const [n, campaign] of [one, one, other].entries()) {
      await pay(world, campaign, respondent(n));
      world.advance(1_000);
    }
    expect(await references({ batch_id: april.id })).toEqual(expect.arrayContaining(['april~2', 'april~3']));
    expect(await references({ batch_id: april.id })).toHaveLength(2);
    expect(await references({ batch_id: may.id })).toEqual(['may~2']);
    expect(await references({ batch_id: april.id, target: '0772279002' })).toEqual(['april~3']);
    expect(await references({ batch_id: april.id, status: 'pending' })).toEqual([]);
    expect(await references({ batch_id: april.id, key_id: merchant.keys.live.id })).toHaveLength(2);
    expect(await references({ campaign_id: one.id })).toHaveLength(2);
    expect(await references({ campaign_id: other.id })).toHaveLength(1);
    expect(await references({ campaign_id: one.id, target: respondent(1).target })).toHaveLength(1);
    expect(await references({ campaign_id: one.id, product_id: '7' })).toEqual([]);
    expect(await references({ campaign_id: one.id, status: 'pending' })).toHaveLength(2);
    expect(await references({ campaign_id: one.id, batch_id: april.id })).toEqual([]);
    const at = String((await walk(listOrders, { campaign_id: one.id }))[0]?.created_at);
    expect(await references({ campaign_id: one.id, from: at })).toHaveLength(1);
    expect(await references({ campaign_id: one.id, to: at })).toHaveLength(1);
  });

  it('go on page by page, each order once, and with the cursor of another filter show only what is theirs', async () => {
    const campaign = await aCampaign(world, merchant.id);
    const batch = await aBatch('batch', ['0772279001', '0772279002', '0772279003']);
    for (let n = 0; n < 3; n += 1) {
      await pay(world, campaign, respondent(n));
      await place(`single${n}`);
    }
    const filters: Query[] = [{ batch_id: batch.id }, { campaign_id: campaign.id }, { key_id: merchant.keys.live.id }];
    const wanted = await Promise.all(filters.map((filter) => references(filter)));
    expect(wanted.map((each) => each.length)).toEqual([3, 3, 6]);
    for (const [n, filter] of filters.entries()) {
      expect(await references({ ...filter, limit: '1' })).toEqual(wanted[n]);
      const { next_cursor: cursor } = (await get(listOrders, { ...filter, limit: '1' })).json;
      for (const [m, other] of filters.entries()) {
        const found = await references({ ...other, cursor });
        expect(found.every((each) => wanted[m]?.includes(each))).toBe(true);
      }
    }
  });

  it('show nothing of another merchant, of the other mode, or of what there is not', async () => {
    const stranger = await aMerchant(world, { USD: 10_000 });
    const batch = await aBatch('batch', ['0772279001'], stranger.headers());
    const campaign = await aCampaign(world, stranger.id);
    await pay(world, campaign, respondent(1));
    await send('theirs', stranger.headers());
    await send('test', merchant.headers('test'));
    await place('own');
    const nothing = { data: [], next_cursor: null, searched_to: null };
    for (const query of [
      { batch_id: batch.id },
      { campaign_id: campaign.id },
      { key_id: stranger.keys.live.id },
      { key_id: merchant.keys.test.id },
      { member_id: 'mem_00000000000000000000' },
      { batch_id: `${batch.id}#progress#0` },
      { campaign_id: `${campaign.id}#counts` },
      { key_id: merchant.keys.live.id, member_id: 'mem_00000000000000000000' },
    ] as Query[]) {
      expect([query, (await get(listOrders, query)).json]).toEqual([query, nothing]);
    }
  });

  it('need no more than orders:read: the ids are on the orders anyway', async () => {
    const reader = await aKey(['orders:read']);
    const batch = await aBatch('batch', ['0772279001']);
    const campaign = await aCampaign(world, merchant.id);
    await pay(world, campaign, respondent(1));
    for (const query of [{ batch_id: batch.id }, { campaign_id: campaign.id }] as Query[]) {
      const reply = await call(world, listOrders, { headers: reader.headers, query });
      expect([reply.status, reply.json.data]).toEqual([200, [expect.objectContaining(query)]]);
    }
    const key_id = merchant.keys.live.id;
    const reply = await call(world, listOrders, { headers: reader.headers, query: { key_id } });
    expect(reply.json.data).toMatchObject([{ batch_id: batch.id, created_by: { type: 'key', id: key_id } }]);
  });

  it.each([{ batch_id: '' }, { campaign_id: 'a b' }, { key_id: 'x'.repeat(201) }, { member_id: 'Caf\u00e9' }])(
    'refuse %o by its name',
    async (query) => {
      const reply = await get(listOrders, query as unknown as Query);
      expect([reply.status, reply.json.param]).toEqual([400, Object.keys(query)[0]]);
    },
  );
});

describe('behind a thousand later orders', () => {
  /** Copies of an order, spread over the time from now on. */
  async function crowd(reference: string, count: number): Promise<void> {
    const pk = `${merchant.id}#live#${reference}`;
    const { Item } = await world.db.send(new GetCommand({ TableName: world.table('orders'), Key: { pk } }));
    for (let done = 0; done < count; done += 25) {
      world.advance(1_000);
      const puts = Array.from({ length: 25 }, (_, n) => {
        const name = `copy-${done + n}`;
        const own = { pk: `${merchant.id}#live#${name}`, listSk: `${world.now()}#ord_${name}` };
        return { PutRequest: { Item: { ...Item, ...own } } };
      });
      await world.db.send(new BatchWriteCommand({ RequestItems: { [world.table('orders')]: puts } }));
    }
  }

  it('a batch and a campaign are found at once, and a person is searched for as far as a request may', async () => {
    const person = await aPerson();
    const batch = await aBatch('batch', ['0772279001']);
    const campaign = await aCampaign(world, merchant.id);
    await pay(world, campaign, respondent(1));
    await send('mine', person.headers);
    await place('common');
    world.advance(2 * MINUTE_MS);
    await crowd('common', 1_000);
    const first = async (query: Query) => (await get(listOrders, query)).json;
    expect(await first({ batch_id: batch.id })).toMatchObject({ data: [{ batch_id: batch.id }], searched_to: null });
    expect(await first({ campaign_id: campaign.id })).toMatchObject({
      data: [{ campaign_id: campaign.id }],
      next_cursor: null,
    });
    const searched = await first({ member_id: person.id });
    expect(searched).toMatchObject({ data: [], next_cursor: expect.any(String), searched_to: expect.any(String) });
    expect(await references({ member_id: person.id })).toEqual(['mine']);
    // A key has no orders of before it was made.
    world.advance(2 * MINUTE_MS);
    const key = await aKey(['orders:read', 'orders:write']);
    expect(await first({ key_id: key.id })).toEqual({ data: [], next_cursor: null, searched_to: null });
  });
});
