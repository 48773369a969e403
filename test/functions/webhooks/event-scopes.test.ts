import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { createBulk } from '../../../functions/bulk/create-bulk.ts';
import { updateWallet } from '../../../functions/wallet/update-wallet.ts';
import { createEndpoint } from '../../../functions/webhooks/create-endpoint.ts';
import { deleteEndpoint } from '../../../functions/webhooks/delete-endpoint.ts';
import { listDeliveries } from '../../../functions/webhooks/list-deliveries.ts';
import { resendDelivery } from '../../../functions/webhooks/resend-delivery.ts';
import { rotateSecret } from '../../../functions/webhooks/rotate-secret.ts';
import { updateEndpoint } from '../../../functions/webhooks/update-endpoint.ts';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import type { Scope } from '../../../shared/domain/key.ts';
import { EVENTS } from '../../../shared/domain/order-events.ts';
import { beginTopup, TOPUP_EVENTS } from '../../../shared/domain/topup.ts';
import { EVENT_SCOPES, EVENT_TYPES } from '../../../shared/domain/webhook.ts';
import { publishEvents } from '../../../shared/flows/webhooks/publish-events.ts';
import type { RouteHandler } from '../../../shared/http/route.ts';
import { OWNED_FIELDS } from '../../../shared/manifest/owned-fields.ts';
import type { TableName } from '../../../shared/manifest/tables.ts';
import { call } from '../../support/call.ts';
import { createKey } from '../../support/create-key.ts';
import {
  add,
  ask,
  freshMerchantForEachTest,
  merchant,
  of,
  order,
  received,
  URL,
  world,
} from '../../support/endpoint-set-up.ts';

/** Whoever lets an endpoint get events needs the scopes of what they show. */

freshMerchantForEachTest();

async function askWith<P, Q, B>(
  scopes: readonly Scope[],
  endpoint: RouteHandler<P, Q, B>,
  params: Record<string, string>,
  body: unknown = '',
) {
  const { text } = await createKey(world, { merchantId: merchant.id, mode: 'live', name: 'narrow', scopes });
  return call(world, endpoint, { headers: { authorization: `Api-Key ${text}` }, params, body });
}

async function itemOf(table: TableName): Promise<Record<string, unknown>> {
  const { Items = [] } = await world.db.send(new ScanCommand({ TableName: world.table(table) }));
  return Items.find(({ listSk }) => listSk !== undefined) ?? {};
}

const store = (table: TableName, item: Record<string, unknown>) =>
  world.db.send(new PutCommand({ TableName: world.table(table), Item: item }));

/** An order that shows all that one can show, in each status that has an event. */
async function publishOrders(): Promise<void> {
  await order('full');
  const item = await itemOf('orders');
  const { receipt } = item as { receipt: object };
  const full = {
    ...item,
    receipt: { ...receipt, tokens: [{ token: '1234 5678', units: '1' }], holder: { name: 'A', address: 'B' } },
    customSms: 'For you',
    failure: 'network_refused',
    heldSince: world.now(),
    batchId: 'bat_1',
    payout: { campaignId: 'cmp_1', respondentId: 'r-1' },
    events: 1,
    outbox: [{ sequence: 1 }],
  };
  for (const [n, status] of Object.keys(EVENTS).entries()) {
    const listSk = String(item.listSk).replace(/..$/, `0${n}`);
    await store('orders', { ...full, listSk, status, timeline: [{ at: world.now(), status, note: 'done' }] });
    await publishEvents(world, { merchantId: merchant.id, mode: 'live', agentReference: 'full' }, false);
  }
}

async function publishTopups(): Promise<void> {
  const owner = { merchantId: merchant.id, mode: 'live' } as const;
  for (const [status, type] of Object.entries(TOPUP_EVENTS) as [keyof typeof TOPUP_EVENTS, string][]) {
    const amounts = { currency: 'USD', reference: status, amountMinor: 500, chargedMinor: 500 } as const;
    const topup = beginTopup({ ...owner, ...amounts }, 'sta_1', world.now());
    const event = { type, sequence: 1, at: world.now(), shown: { status } };
    await store('topups', { pk: topup.id, ...topup, events: 1, outbox: [event] });
    await publishEvents(world, { topupId: topup.id }, false);
  }
}

async function publishBatch(): Promise<void> {
  await ask(createBulk, {}, { csv: 'target,amount\n0772279099,1' });
  const item = await itemOf('batches');
  const event = { type: 'batch.completed', sequence: 1, at: world.now() };
  await store('batches', { ...item, status: 'completed', finishedAt: world.now(), outbox: [event] });
  await publishEvents(world, { batchId: String(item.id) }, false);
}

/** The names of all fields, at any depth. */
function namesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) => [name, ...namesIn(field)]);
}

it('each type of event has in the table the scopes of all owned fields of its body, and no other', async () => {
  await add();
  await publishOrders();
  await publishTopups();
  await publishBatch();
  await ask(updateWallet, { currency: 'USD' }, { low_balance_threshold: 1_000 });
  await sendDue(world);
  const bodies = received.map(({ body }) => JSON.parse(body ?? ''));
  const owners = Object.fromEntries(
    EVENT_TYPES.map((type) => {
      const names = bodies.filter((body) => body.type === type).flatMap(namesIn);
      expect([type, names.includes('object')]).toEqual([type, true]);
      return [type, [...new Set(names.flatMap((name) => OWNED_FIELDS[name]?.scopes ?? []))]];
    }),
  );
  expect(owners).toEqual(EVENT_SCOPES);
});

describe('a key with `webhooks:write`', () => {
  it.each<[Scope[], string[] | undefined, string | undefined]>([
    [[], ['batch.completed', 'topup.success'], undefined],
    [[], ['order.success'], 'orders:read, which order.success needs.'],
    [['orders:write'], ['order.failed', 'order.unknown'], 'orders:read, which order.failed and order.unknown need.'],
    [['orders:read'], ['order.success', 'batch.completed'], undefined],
    [['orders:read'], ['payout.failed', 'order.success'], 'campaigns:read, which payout.failed needs.'],
    [['orders:read'], ['wallet.low_balance'], 'wallet:read, which wallet.low_balance needs.'],
    [
      ['orders:read'],
      [],
      'wallet:read, which wallet.low_balance needs; nor campaigns:read, which payout.success and payout.failed need.',
    ],
    [['orders:read', 'wallet:read'], undefined, 'campaigns:read, which payout.success and payout.failed need.'],
    [['orders:read', 'wallet:read', 'campaigns:read'], undefined, undefined],
  ])('and %j makes and moves an endpoint for %j unless it misses: %s', async (scopes, events, missing) => {
    const held: Scope[] = ['webhooks:write', ...scopes];
    const body = { url: URL, ...(events ? { events } : {}) };
    const existing = await add({ url: 'https://owner.example/hook', events: ['topup.failed'] });
    const whole = await add({ url: 'https://owner.example/other', ...(events ? { events } : {}) });
    const replies = [
      await askWith(held, createEndpoint, {}, body),
      await askWith(held, updateEndpoint, of(existing), { events: events ?? [] }),
      await askWith(held, updateEndpoint, of(whole), { url: URL }),
    ];
    const statuses = missing === undefined ? [201, 200, 200] : [403, 403, 403];
    expect(replies.map(({ status }) => status)).toEqual(statuses);
    if (missing === undefined) return;
    const detail = `This key does not have the scope ${missing}`;
    for (const { json } of replies) expect(json).toMatchObject({ code: 'scope_missing', detail });
  });

  it('alone pauses, resumes, narrows, describes and deletes an endpoint, and changes its secret', async () => {
    const endpoint = await add({ description: 'ours' });
    const bodies = [
      { enabled: false },
      { enabled: true },
      { events: EVENT_TYPES.slice(1) },
      { events: ['order.failed'], description: 'theirs', url: URL },
    ];
    for (const body of bodies) {
      expect((await askWith(['webhooks:write'], updateEndpoint, of(endpoint), body)).status).toBe(200);
    }
    expect((await askWith(['webhooks:write'], rotateSecret, of(endpoint))).status).toBe(200);
    const widened = await askWith(['webhooks:write'], updateEndpoint, of(endpoint), { events: [] });
    expect(widened.json.code).toBe('scope_missing');
    expect((await askWith(['webhooks:write'], deleteEndpoint, of(endpoint))).status).toBe(200);
  });

  it('has nothing sent again to another address that the endpoint got before it was narrowed', async () => {
    const endpoint = await add();
    await order('one');
    const thief: Scope[] = ['webhooks:write', 'webhooks:read'];
    const url = 'https://thief.example/hook';
    const narrow = { events: ['batch.completed'] };
    for (const body of [{ ...narrow, url }, narrow, { url }]) await askWith(thief, updateEndpoint, of(endpoint), body);
    const [delivery] = (await askWith(thief, listDeliveries, {})).json.data;
    expect((await askWith(thief, resendDelivery, { delivery_id: delivery.id })).status).toBe(200);
    expect(received.map((request) => request.url)).toEqual([URL, URL]);
    expect((await ask(updateEndpoint, of(endpoint), { url })).status).toBe(200);
  });
});
