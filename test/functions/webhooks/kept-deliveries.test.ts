import { afterAll, beforeEach, expect, it } from '@jest/globals';
import { createListener } from '../../../functions/webhooks/create-listener.ts';
import { deleteEndpoint } from '../../../functions/webhooks/delete-endpoint.ts';
import { pollDeliveries } from '../../../functions/webhooks/poll-deliveries.ts';
import type { WebhookEvent } from '../../../shared/domain/webhook.ts';
import { deliverEvents } from '../../../shared/flows/webhooks/deliver-events.ts';
import { call } from '../../support/call.ts';
import { repeats } from '../../support/length.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, stopEngine, testWorld, transactionConflict } from '../../support/world.ts';

/**
 * The rule of the cursor: whatever is stored while one polls comes after the cursor, however late and whenever its
 * event was. Whoever goes on from each `next_cursor` sees each delivery once.
 */

let world: TestWorld;
let merchant: TestMerchant;
let listener: string;

beforeEach(async () => {
  world = await testWorld({ clock: 'slow' });
  merchant = await aMerchant(world);
  listener = (await call(world, createListener, { headers: merchant.headers('test') })).json.endpoint_id;
});
afterAll(stopEngine);

const owner = () => ({ merchantId: merchant.id, mode: 'test' }) as const;

function event(name: string, createdAt = world.now()): WebhookEvent {
  const id = `evt_${name}`;
  const body = JSON.stringify({ id, type: 'order.success', created_at: createdAt, sequence: 1, data: {} });
  return { id, type: 'order.success', createdAt, sequence: 1, body };
}

const at = (second: number) => `2026-05-07T08:00:0${second}.000Z`;

/** What a relay does with the events of one message. */
const relay = (...events: WebhookEvent[]) => deliverEvents(world, owner(), events, async () => {}, { isAgain: false });

interface Page {
  readonly ids: string[];
  readonly cursor: string;
}

async function poll(cursor?: string, limit = 25): Promise<Page> {
  const query = { limit: String(limit), ...(cursor === undefined ? {} : { cursor }) };
  const reply = await call(world, pollDeliveries, {
    headers: merchant.headers('test'),
    params: { endpoint_id: listener },
    query,
  });
  expect(reply.status).toBe(200);
  const data: { event_id: string }[] = reply.json.data;
  return { ids: data.map(({ event_id }) => event_id), cursor: reply.json.next_cursor };
}

/** Follows the cursors until there is nothing more. */
async function follow(cursor?: string, limit = 25): Promise<string[]> {
  const page = await poll(cursor, limit);
  return page.ids.length === 0 ? [] : [...page.ids, ...(await follow(page.cursor, limit))];
}

it('whoever polls while many relays write at once sees each delivery once, by any pages', async () => {
  const names = Array.from({ length: repeats({ short: 24, long: 100 }) }, (_, n) => `e${n}`);
  const queue = [...names];
  const relays = Array.from({ length: 12 }, async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) await relay(event(name));
  });
  let isWriting = true;
  const written = Promise.all(relays).finally(() => {
    isWriting = false;
  });
  const seen: string[] = [];
  let cursor: string | undefined;
  const pollOnce = async () => {
    const page = await poll(cursor, 3);
    seen.push(...page.ids);
    cursor = page.cursor;
    return page.ids.length;
  };
  while (isWriting) await pollOnce();
  await written;
  while ((await pollOnce()) > 0);
  expect(seen.toSorted()).toEqual(names.map((name) => `evt_${name}`).sort());
  for (const limit of [1, 7, 100]) expect((await follow(undefined, limit)).sort()).toEqual(seen.toSorted());
});

it('an event of before, which a slow relay stores late, comes after the cursor', async () => {
  const before = event('early', '2026-05-07T08:00:00.000Z');
  await relay(event('late'));
  const { cursor } = await poll();
  await relay(before);
  expect((await poll(cursor)).ids).toEqual(['evt_early']);
});

it('a cursor shows the same again as often as it is used, and there is one where there is nothing', async () => {
  const start = await poll();
  expect(start.ids).toEqual([]);
  for (const [n, name] of ['one', 'two', 'three'].entries()) await relay(event(name, at(n)));
  const all = await follow(start.cursor);
  expect(all).toEqual(['evt_one', 'evt_two', 'evt_three']);
  const [first, second] = [await poll(start.cursor, 2), await poll(start.cursor, 2)];
  expect(first).toEqual(second);
  expect((await poll(first.cursor)).ids).toEqual(all.slice(2));
  expect(await follow()).toEqual(all);
});

it.each(['before', 'after', 'conflict'] as const)(
  'a delivery is stored once where its write meets: %s, and so where two relays have its event',
  async (fault) => {
    let isMet = false;
    world.random = () => 0;
    world.fault = (name) => {
      if (isMet || name !== 'TransactWriteCommand') return undefined;
      isMet = true;
      return fault === 'conflict' ? transactionConflict() : fault;
    };
    await Promise.all([relay(event('one')), relay(event('one')), relay(event('two'))]);
    expect(isMet).toBe(true);
    expect((await follow()).sort()).toEqual(['evt_one', 'evt_two']);
  },
);

it('a delivery that cannot be stored keeps its event in the outbox, and the next message stores it', async () => {
  world.fault = (name) => (name === 'TransactWriteCommand' ? transactionConflict() : undefined);
  let cleared = 0;
  const clear = async () => {
    cleared += 1;
  };
  const deliver = (isAgain: boolean) => deliverEvents(world, owner(), [event('one')], clear, { isAgain });
  await expect(deliver(false)).rejects.toThrow();
  expect(cleared).toBe(0);
  world.fault = undefined;
  await deliver(true);
  expect([cleared, await follow()]).toEqual([1, ['evt_one']]);
});

it.each(['deleted', 'expired'])('a listener that is %s while a relay writes holds up neither', async (how) => {
  let isEnded = false;
  world.fault = (name) => {
    if (name === 'TransactWriteCommand' && !isEnded) {
      isEnded = true;
      if (how === 'expired') world.advance(3_600_000);
      else
        ending = call(world, deleteEndpoint, { headers: merchant.headers('test'), params: { endpoint_id: listener } });
    }
    return undefined;
  };
  let ending: Promise<unknown> = Promise.resolve();
  let cleared = 0;
  const clear = async () => {
    cleared += 1;
  };
  await deliverEvents(world, owner(), [event('one')], clear, { isAgain: false });
  await ending;
  expect([isEnded, cleared]).toEqual([true, 1]);
  const params = { endpoint_id: listener };
  const reply = await call(world, pollDeliveries, { headers: merchant.headers('test'), params });
  expect(reply.json.code).toBe('listener_not_found');
});
