import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createKey } from '../../../functions/account/create-key.ts';
import { listAudit } from '../../../functions/account/list-audit.ts';
import { createCampaign } from '../../../functions/campaigns/create-campaign.ts';
import { rotateCampaignSecret } from '../../../functions/campaigns/rotate-campaign-secret.ts';
import { updateCampaign } from '../../../functions/campaigns/update-campaign.ts';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { updateWallet } from '../../../functions/wallet/update-wallet.ts';
import { createEndpoint } from '../../../functions/webhooks/create-endpoint.ts';
import { deleteEndpoint } from '../../../functions/webhooks/delete-endpoint.ts';
import { rotateSecret } from '../../../functions/webhooks/rotate-secret.ts';
import { updateEndpoint } from '../../../functions/webhooks/update-endpoint.ts';
import type { Action } from '../../../shared/domain/act.ts';
import type { Terms } from '../../../shared/domain/terms.ts';
import { withLimit } from '../../../shared/domain/terms.ts';
import { changeTerms } from '../../../shared/flows/account/change-terms.ts';
import { reverseOrder } from '../../../shared/flows/orders/review.ts';
import { adjustWallet } from '../../../shared/flows/wallet/adjust-wallet.ts';
import { serve } from '../../../shared/http/pipeline.ts';
import type { RouteHandler } from '../../../shared/http/route.ts';
import { routes } from '../../../shared/manifest/routes.ts';
import { listActs } from '../../../shared/store/audit.ts';
import { readOrder } from '../../../shared/store/orders.ts';
import { call } from '../../support/call.ts';
import { create, revoke, roll } from '../../support/key-set-up.ts';
import { OPERATOR } from '../../support/origin.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

let world: TestWorld;
let merchant: TestMerchant;
/** Entries of what `aMerchant` prepares. */
let prepared: number;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  await sell(world);
  world.advance(1_000);
  prepared = (await acts()).length;
});
afterAll(stopEngine);

const owner = () => ({ merchantId: merchant.id, mode: 'live' }) as const;
const acts = async () => (await listActs(world, owner(), { limit: 100 })).acts;
const audit = async (query: Record<string, string> = {}, headers = merchant.headers()) =>
  call(world, listAudit, { headers, query });
const latest = async () => (await audit({ limit: '1' })).json.data[0];

const URL = 'https://merchant.example/hook?token=hunter2';

/** Each request is of a moment of its own: what is of one moment has no order. */
function ask<P, Q, B>(route: RouteHandler<P, Q, B>, params: Record<string, string>, body: object = {}) {
  world.advance(1);
  return call(world, route, { headers: merchant.headers(), params, body });
}

const survey = () => ask(createCampaign, {}, { name: 'Survey', currency: 'USD', budget: 10, amount: 1 });

/** The same threshold again changes nothing. */
let threshold = 5;
const newThreshold = () => ++threshold;

/** A way to do each act that a request does, and what its entry is about. */
const BY_REQUEST: readonly (readonly [
  Action,
  () => Promise<{ status: number; subject: string; secrets: string[] }>,
])[] = [
  ['key.created', async () => done(await create(world, merchant.liveKey, { scopes: ['wallet:read'] }))],
  ['key.revoked', async () => done(await revoke(world, merchant.liveKey, (await child()).id))],
  [
    'key.rolled',
    async () => {
      const { id } = await child();
      return { ...done(await roll(world, merchant.liveKey, id)), subject: id };
    },
  ],
  ['endpoint.created', async () => done(await ask(createEndpoint, {}, { url: URL }))],
  ['endpoint.updated', async () => done(await ask(updateEndpoint, await endpoint(), { enabled: false }))],
  ['endpoint.deleted', async () => done(await ask(deleteEndpoint, await endpoint()))],
  ['endpoint.secret_rotated', async () => done(await ask(rotateSecret, await endpoint()))],
  ['campaign.created', async () => done(await survey())],
  ['campaign.updated', async () => done(await ask(updateCampaign, await campaign(), { budget: 20 }))],
  ['campaign.secret_rotated', async () => done(await ask(rotateCampaignSecret, await campaign()))],
  [
    'wallet.threshold_set',
    async () => ({
      ...done(await ask(updateWallet, { currency: 'USD' }, { low_balance_threshold: newThreshold() })),
      subject: 'USD',
    }),
  ],
];

const child = async () => (await create(world, merchant.liveKey, { scopes: ['wallet:read'] })).json;
const endpoint = async () => ({ endpoint_id: (await ask(createEndpoint, {}, { url: URL })).json.id });
const campaign = async () => ({ campaign_id: (await survey()).json.id });

function done({ status, json }: { status: number; json: { id: string; secret?: string; key?: string } }) {
  return { status, subject: json.id, secrets: [json.secret, json.key].flatMap((secret) => secret ?? []) };
}

/** Bodies that change nothing, for each route that changes what is named. */
const UNCHANGING: readonly (readonly [route: string, act: (body: object) => Promise<unknown>, object])[] = [
  ...[{}, { url: URL }, { events: ['batch.completed'] }, { description: 'ours', enabled: true }].map(
    (body) => ['updateEndpoint', async (sent: object) => ask(updateEndpoint, await named(), sent), body] as const,
  ),
  ...[{}, { name: 'Survey', budget: '10.00' }, { amount: 1, paused: false }, { max_amount: null }].map(
    (body) => ['updateCampaign', async (sent: object) => ask(updateCampaign, await campaign(), sent), body] as const,
  ),
  ['updateWallet', (sent) => ask(updateWallet, { currency: 'USD' }, sent), { low_balance_threshold: null }],
];
const named = async () => {
  const body = { url: URL, events: ['batch.completed'], description: 'ours' };
  return { endpoint_id: (await ask(createEndpoint, {}, body)).json.id };
};

describe('what changes nothing', () => {
  it.each(UNCHANGING)('is no act of %s, writes nothing, and is answered as before', async (_route, act, body) => {
    const written: string[] = [];
    world.fault = (name, input) => {
      const text = JSON.stringify(input);
      if (/Write|Put|Update/.test(name) && text.includes('.updated')) written.push(name);
      return undefined;
    };
    expect(await act(body)).toMatchObject({ status: 200 });
    world.fault = undefined;
    const kinds = (await acts()).map(({ action }) => action);
    expect(kinds.filter((kind) => /updated|threshold/.test(kind))).toEqual([]);
    expect(written).toEqual([]);
  });

  it('is known of every PATCH route', () => {
    // That of a member is in the tests of the team, and that of what is mailed to them, which is no act, beside them.
    const known = new Set([
      ...UNCHANGING.map(([route]) => route),
      'updateAccount',
      'updateMember',
      'updateNotifications',
    ]);
    const patching = Object.entries(routes).filter(([, { method }]) => method === 'PATCH');
    expect(patching.map(([name]) => name).toSorted()).toEqual([...known].toSorted());
  });

  it('is no act of an operator either', async () => {
    const more = (terms: Terms) => withLimit(terms, 'live', { name: 'keys', value: 200 });
    for (let times = 0; times < 2; times += 1) await changeTerms(world, owner(), OPERATOR, more);
    expect((await acts()).filter(({ action }) => action === 'terms.set')).toHaveLength(1);
  });
});

describe('the audit log', () => {
  it.each(BY_REQUEST)('has %s: who did it, and what it changed, and no secret', async (action, act) => {
    const { status, subject, secrets } = await act();
    expect(status).toBeLessThan(300);
    const { json, text } = await audit({ action });
    expect(json.data[0]).toMatchObject({
      action,
      subject,
      by: { type: 'key', id: merchant.keys.live.id },
      request_id: expect.stringMatching(/^req_/),
    });
    expect(json.data[0].before === null).toBe(/created$/.test(action));
    expect(Object.keys(json.data[0].after)).not.toHaveLength(0);
    for (const secret of [...secrets, merchant.liveKey, 'hunter2', 'whsec_', 'hash'])
      expect(text).not.toContain(secret);
  });

  it.each(BY_REQUEST)(
    'has %s once when the answer to its write is lost, and not when it was not written',
    async (action, act) => {
      await act();
      const before = (await acts()).filter((each) => each.action === action).length;
      for (const [when, more] of [
        ['after', 1],
        ['before', 2],
      ] as const) {
        let isLost = false;
        world.fault = (name, input) => {
          if (name !== 'TransactWriteCommand' || isLost || !JSON.stringify(input).includes(action)) return undefined;
          isLost = true;
          return when;
        };
        expect((await act()).status).toBeLessThan(300);
        expect(isLost).toBe(true);
        world.fault = undefined;
        expect((await acts()).filter((each) => each.action === action)).toHaveLength(before + more);
      }
    },
  );

  it.each(BY_REQUEST)('has no %s without the act, nor the act without it', async (action, act) => {
    const before = (await acts()).filter((each) => each.action === action).length;
    world.fault = (name, input) =>
      name === 'TransactWriteCommand' && JSON.stringify(input).includes(action) ? new Error('broken') : undefined;
    expect((await act()).status).toBe(500);
    world.fault = undefined;
    expect((await acts()).filter((each) => each.action === action)).toHaveLength(before);
  });

  it('shows what changed, before and after, and nothing that was the same', async () => {
    const { campaign_id } = await campaign();
    await ask(updateCampaign, { campaign_id }, { budget: 20, name: 'Survey' });
    expect(await latest()).toMatchObject({ before: { budget: 10 }, after: { budget: 20 } });
    expect(Object.keys((await latest()).after)).toEqual(['budget']);
  });

  it('shows that an endpoint was moved, and where to, without the rest of its address', async () => {
    const { endpoint_id } = await endpoint();
    await ask(updateEndpoint, { endpoint_id }, { url: 'https://elsewhere.example/hook?token=hunter3' });
    const { before, after } = await latest();
    expect(before.url).toMatch(/^https:\/\/merchant\.example\/… \(sha256 [0-9a-f]{12}\)$/);
    expect(after.url).toMatch(/^https:\/\/elsewhere\.example\/… /);
  });

  it('has an entry for each of two callers, the second one from where the first one ended', async () => {
    const { campaign_id } = await campaign();
    const changed = (budget: number) => ask(updateCampaign, { campaign_id }, { budget });
    await Promise.all([changed(20), changed(30)]);
    const steps = (await acts()).filter(({ action }) => action === 'campaign.updated');
    const next = (budget: unknown) => steps.find(({ before }) => before?.budget === budget)?.after?.budget;
    expect(steps).toHaveLength(2);
    expect([next(10), next(next(10))].toSorted()).toEqual([20, 30]);
  });

  it('has the address of a request', async () => {
    const response = await serve(world, createKey, {
      method: 'POST',
      path: '/api/v1/keys',
      params: {},
      query: {},
      headers: merchant.headers(),
      body: JSON.stringify({ name: 'x', scopes: ['wallet:read'] }),
      requestId: 'req_from',
      address: '198.51.100.7',
    });
    expect(response.status).toBe(201);
    expect(await latest()).toMatchObject({ request_id: 'req_from', address: '198.51.100.7' });
  });

  it('has every campaign that a revoked key paused', async () => {
    const made = (await create(world, merchant.liveKey, { scopes: ['campaigns:write', 'orders:write'] })).json;
    const body = { name: 'Survey', currency: 'USD', budget: 10, amount: 1 };
    const { json } = await call(world, createCampaign, { headers: { authorization: `Api-Key ${made.key}` }, body });
    await Promise.all([1, 2].map(() => revoke(world, merchant.liveKey, made.id)));
    const entries = (await acts()).filter(({ subject }) => subject === json.id);
    expect(entries.map(({ action, by }) => [action, by.id])).toEqual([
      ['campaign.paused', merchant.keys.live.id],
      ['campaign.created', made.id],
    ]);
    const revoked = (await acts()).filter(({ action }) => action === 'key.revoked');
    expect(revoked.map(({ after }) => [after?.status, after?.campaigns_to_pause])).toEqual([['revoked', [json.id]]]);
  });
});

describe('what an operator does', () => {
  const arn = 'arn:aws:sts::111122223333:assumed-role/Operators/jane';
  const adjust = (reference: string) =>
    adjustWallet(world, { ...owner(), currency: 'USD' }, { amountMinor: 500, reason: 'Deposit', by: arn, reference });

  it('is recorded by the identity of AWS, of which the merchant sees neither account nor role', async () => {
    const entry = await adjust('bank 1');
    expect(entry.description).toBe('Deposit (jane, bank 1)');
    const [act] = await acts();
    expect(act).toMatchObject({ action: 'wallet.adjusted', subject: 'bank 1', by: { kind: 'operator', id: arn } });
    const { json, text } = await audit({ action: 'wallet.adjusted' });
    expect(json.data[0]).toMatchObject({
      by: { type: 'operator', id: null },
      after: { currency: 'USD', amount: 5, reason: 'Deposit', reference: 'bank 1' },
    });
    expect(text).not.toMatch(/arn:|111122223333|jane/);
  });

  it.each(['before', 'after'] as const)('is one entry when an answer is lost %s its write', async (when) => {
    world.fault = (name, input) => {
      if (name !== 'TransactWriteCommand' || !JSON.stringify(input).includes('bank 2')) return undefined;
      world.fault = undefined;
      return when;
    };
    await adjust('bank 2');
    await adjust('bank 2');
    expect((await acts()).filter(({ subject }) => subject === 'bank 2')).toHaveLength(1);
  });

  it('by two of them at once under one reference is one entry, and under two references two', async () => {
    await Promise.all([adjust('bank 3'), adjust('bank 3'), adjust('bank 4')]);
    const subjects = (await acts()).slice(0, -prepared).map(({ subject }) => subject);
    expect(subjects.toSorted()).toEqual(['bank 3', 'bank 4']);
  });

  it('about an order is recorded with its reason, once by two at once', async () => {
    const body = { product_id: 100, target: '0772279099', amount: 1, agent_reference: 'one' };
    await call(world, createOrder, { headers: { ...merchant.headers(), prefer: 'respond-async' }, body });
    await world.dispatchAll();
    const key = { ...owner(), agentReference: 'one' };
    await Promise.allSettled([1, 2].map(() => reverseOrder(world, key, { by: arn, reason: 'taken back' })));
    const order = await readOrder(world, key);
    expect(order?.status).toBe('reversed');
    expect(JSON.stringify(order?.timeline)).not.toContain('111122223333');
    const found = (await acts()).filter(({ action }) => action === 'order.reversed');
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ subject: order?.id, by: { id: arn }, after: { reason: 'taken back' } });
  });
});

describe('the list of it', () => {
  it('is newest first, page by page, each entry once', async () => {
    for (let n = 0; n < 7; n += 1) {
      world.advance(1_000);
      await create(world, merchant.liveKey, { scopes: ['wallet:read'] });
    }
    const all = (await audit({ limit: '100' })).json.data.map(({ id }: { id: string }) => id);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: Record<string, string> = { limit: '3', ...(cursor === '' ? {} : { cursor }) };
      const { json } = await audit(query);
      seen.push(...json.data.map(({ id }: { id: string }) => id));
      cursor = json.next_cursor;
    }
    expect(seen).toEqual(all);
    expect(all.length).toBe(7 + prepared);
  });

  it('is filtered by action, subject, key and time', async () => {
    const { endpoint_id } = await endpoint();
    world.advance(60_000);
    const since = world.now();
    const made = (await create(world, merchant.liveKey, { scopes: ['wallet:read'] })).json;
    const actions = async (query: Record<string, string>) =>
      (await audit(query)).json.data.map(({ action }: { action: string }) => action);
    expect(await actions({ subject: endpoint_id })).toEqual(['endpoint.created']);
    expect(await actions({ subject: made.id })).toEqual(['key.created']);
    expect(await actions({ key_id: merchant.keys.live.id, from: since })).toEqual(['key.created']);
    expect(await actions({ key_id: merchant.keys.live.id, to: since })).toEqual(['endpoint.created']);
    expect(await actions({ key_id: 'key_of_nobody' })).toEqual([]);
    expect((await audit({ action: 'order.paid' })).json.param).toBe('action');
    expect((await audit({ cursor: 'x' })).json.code).toBe('invalid_cursor');
  });

  it('shows nothing of the other mode, nor of another merchant', async () => {
    const other = await aMerchant(world);
    await create(world, merchant.liveKey, { scopes: ['wallet:read'] });
    for (const headers of [merchant.headers('test'), other.headers()]) {
      expect((await audit({ action: 'key.created' }, headers)).json.data).toEqual([]);
    }
  });

  it('ends with what its stage keeps', async () => {
    const items: Record<string, unknown>[] = [];
    world.fault = (name, input) => {
      if (name === 'TransactWriteCommand') items.push(input as Record<string, unknown>);
      return undefined;
    };
    await create({ ...world, auditDays: 7 }, merchant.liveKey, { scopes: ['wallet:read'] });
    const expiresAt = Number(/"expiresAt":(\d+)/.exec(JSON.stringify(items))?.[1]);
    expect(expiresAt - Date.parse(world.now()) / 1_000).toBe(7 * 86_400);
  });
});
