import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createKey } from '../../functions/account/create-key.ts';
import { getAccount } from '../../functions/account/get-account.ts';
import { rollKey } from '../../functions/account/roll-key.ts';
import { createBulk } from '../../functions/bulk/create-bulk.ts';
import { createUpload } from '../../functions/bulk/create-upload.ts';
import { previewBulk } from '../../functions/bulk/preview-bulk.ts';
import { createPayout } from '../../functions/campaigns/create-payout.ts';
import { createOrder } from '../../functions/orders/create-order.ts';
import { getAccountBalance } from '../../functions/pesaway/get-account-balance.ts';
import { createEndpoint } from '../../functions/webhooks/create-endpoint.ts';
import { listDeliveries } from '../../functions/webhooks/list-deliveries.ts';
import { recoverDeliveries } from '../../functions/webhooks/recover-deliveries.ts';
import { resendDelivery } from '../../functions/webhooks/resend-delivery.ts';
import { testEndpoint } from '../../functions/webhooks/test-endpoint.ts';
import { sendEvents } from '../../functions/workers/webhook-sender.ts';
import type { RateName } from '../../shared/domain/terms.ts';
import { withLimit } from '../../shared/domain/terms.ts';
import { DAY, SECOND } from '../../shared/domain/time.ts';
import { changeTerms } from '../../shared/flows/account/change-terms.ts';
import { BAD_KEYS } from '../../shared/http/limits.ts';
import { serve, serveOpen } from '../../shared/http/pipeline.ts';
import { openRoutes, routes } from '../../shared/manifest/routes.ts';
import { readTail } from '../../shared/store/ledger.ts';
import { call } from '../support/call.ts';
import { aCampaign, pay, plain } from '../support/campaigns.ts';
import { granted } from '../support/granted.ts';
import { OPERATOR } from '../support/origin.ts';
import type { TestMerchant, TestWorld } from '../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../support/world.ts';

/** The limits of what is not an order, each with what its function may do and nothing else. */

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld({ publicUrl: 'https://api.example' });
  // No process begins with tokens, and each waits for them whatever else this machine does.
  Object.assign(world, { random: () => 0, within: (_ms: number, work: Promise<unknown>) => work });
  merchant = await aMerchant(world);
  await sell(world);
});

afterAll(stopEngine);

const limit = (name: RateName, quota: number, windowSeconds: number) =>
  changeTerms(world, { merchantId: merchant.id, mode: 'live' }, OPERATOR, (terms) =>
    withLimit(terms, 'live', { name, value: { quota, windowSeconds } }),
  );

describe('what is sent to an endpoint on request', () => {
  let sent: number;
  let endpointId: string;

  beforeEach(async () => {
    sent = 0;
    world.outboundAnswer = () => {
      sent += 1;
      return { status: 200, headers: {}, body: '' };
    };
    const body = { url: 'https://m.example' };
    endpointId = (await call(world, createEndpoint, { headers: merchant.headers(), body })).json.id;
  });

  const test = (own = granted(world, routes.testEndpoint.access)) =>
    call(own, testEndpoint, { headers: merchant.headers(), params: { endpoint_id: endpointId } });
  const resend = (id: string) =>
    call(granted(world, routes.resendDelivery.access), resendDelivery, {
      headers: merchant.headers(),
      params: { delivery_id: id },
    });
  const recover = () =>
    call(granted(world, routes.recoverDeliveries.access), recoverDeliveries, {
      headers: merchant.headers(),
      params: { endpoint_id: endpointId },
      body: { since: '2026-01-01' },
    });

  it('test events are ten a minute, and one that is refused is not sent', async () => {
    const own = granted(world, routes.testEndpoint.access);
    const replies = await Promise.all(Array.from({ length: 14 }, () => test(own)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(replies.find(({ status }) => status !== 200)?.json).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(sent).toBe(10);
    world.advance(6 * SECOND);
    expect((await test(own)).headers.ratelimit).toBe('"test_events";r=0;t=60');
  });

  it('a test event that is sent again is one more', async () => {
    const { id } = (await test()).json;
    for (let n = 0; n < 9; n += 1)
      expect((await resend(id)).headers['ratelimit-policy']).toBe('"test_events";q=10;w=60');
    expect((await resend(id)).json).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(sent).toBe(10);
  });

  it('new and rolled keys have a limit together, which bounds how many there are ever', async () => {
    await limit('new_keys', 3, 86_400);
    const body = { name: 'one', scopes: ['orders:read'] };
    const make = () => call(world, createKey, { headers: merchant.headers(), body });
    const made = await make();
    expect(made.headers.ratelimit).toMatch(/^"new_keys";r=2;/);
    const params = { key_id: made.json.id };
    expect((await call(world, rollKey, { headers: merchant.headers(), params, body: {} })).status).toBe(201);
    expect([(await make()).status, (await make()).status]).toEqual([201, 429]);
  });

  it('resends and recoveries have a limit together', async () => {
    await limit('resends', 3, 60);
    await call(world, createOrder, {
      headers: { ...merchant.headers(), prefer: 'respond-async' },
      body: { product_id: 100, target: '0772279099', amount: 1, agent_reference: 'one' },
    });
    await world.dispatchAll();
    await sendEvents(world, { merchantId: merchant.id, mode: 'live', agentReference: 'one' });
    const [delivery] = (await call(world, listDeliveries, { headers: merchant.headers() })).json.data;
    const before = sent;
    expect((await resend(delivery.id)).headers.ratelimit).toMatch(/^"resends";r=2;/);
    expect((await recover()).headers.ratelimit).toMatch(/^"resends";r=1;/);
    expect([(await resend(delivery.id)).status, (await resend(delivery.id)).status]).toEqual([200, 429]);
    expect([(await recover()).status, sent - before]).toEqual([429, 2]);
  });
});

describe('uploads', () => {
  const upload = (bytes?: number) =>
    call(granted(world, routes.createUpload.access), createUpload, { headers: merchant.headers(), body: { bytes } });

  it('say how large they are', async () => {
    expect((await upload()).json).toMatchObject({ status: 400, code: 'invalid_request', param: 'bytes' });
  });

  it('are so many bytes a day, together', async () => {
    await limit('upload_bytes', 10_000, DAY / SECOND);
    expect((await upload(6_000)).headers['ratelimit-policy']).toBe('"upload_bytes";q=10000;qu="content-bytes";w=86400');
    const reply = await upload(6_000);
    expect([reply.status, reply.json.code]).toEqual([429, 'rate_limited']);
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(2 * 3_600);
    world.advance(Number(reply.headers['retry-after']) * SECOND);
    expect((await upload(6_000)).status).toBe(201);
  });
});

describe('a CSV that comes with its request', () => {
  const csv = `target,amount\n${'0772279099,1\n'.repeat(300)}`;
  const headers = () => ({ ...merchant.headers(), 'content-type': 'application/json' });
  const preview = (body: object | Uint8Array) =>
    call(granted(world, routes.previewBulk.access), previewBulk, { headers: headers(), body });
  const create = (body: object) =>
    call(granted(world, routes.createBulk.access), createBulk, { headers: headers(), body });

  it('counts like one that is uploaded, by its bytes, in a preview and in a batch', async () => {
    await limit('upload_bytes', 3 * csv.length, DAY / SECOND);
    expect((await preview({ csv })).headers.ratelimit).toMatch(/^"upload_bytes";r=7\d\d\d;t=86400$/);
    const bytes = { headers: { ...merchant.headers(), 'content-type': 'text/csv' }, body: Buffer.from(csv) };
    expect((await call(granted(world, routes.previewBulk.access), previewBulk, bytes)).status).toBe(200);
    expect((await create({ csv, batch_reference: 'one' })).status).toBe(402);
    const replies = [await preview({ csv }), await create({ csv, batch_reference: 'two' })];
    expect(replies.map(({ status, json }) => [status, json.code])).toEqual([
      [429, 'rate_limited'],
      [429, 'rate_limited'],
    ]);
  });

  it('of an accepted batch is not counted, and not refused, when it comes again', async () => {
    const small = 'target,amount\n0772279099,1\n';
    await limit('upload_bytes', small.length, DAY / SECOND);
    const replies = [];
    for (let n = 0; n < 3; n += 1) replies.push(await create({ csv: small, batch_reference: 'one' }));
    expect(replies.map(({ status }) => status)).toEqual([202, 200, 200]);
  });

  it('is counted once, where a batch is of a preview', async () => {
    const small = 'target,amount\n0772279099,1\n';
    await limit('upload_bytes', small.length, DAY / SECOND);
    const { preview_id } = (await preview({ csv: small })).json;
    expect((await create({ preview_id })).status).toBe(202);
  });
});

describe('payouts', () => {
  it('count as orders when they are new; one that was requested before is answered', async () => {
    await limit('orders', 2, 60);
    const campaign = await aCampaign(world, merchant.id);
    const own = granted(world, openRoutes.createPayout.access);
    const ask = (n: number) => pay(own, campaign, { respondent_id: `r${n}`, target: `077220000${n}` });
    const replies = [await ask(1), await ask(2), await ask(1), await ask(2), await ask(3)];
    expect(replies.map(({ status }) => status)).toEqual([201, 201, 200, 200, 429]);
    expect(replies.map(({ headers }) => 'ratelimit' in headers)).toEqual([true, true, false, false, true]);
    const wallet = { merchantId: merchant.id, mode: 'live', currency: 'USD' } as const;
    expect((await readTail(world, wallet))?.balanceAfterMinor).toBe(10_000 - 200);
    world.advance(30 * SECOND);
    expect((await ask(3)).status).toBe(201);
  });
});

describe('bad keys', () => {
  const knock = async (authorization: string, address = '192.0.2.1') => {
    const given = { params: {}, query: {}, body: '', requestId: 'req_1', address, headers: { authorization } };
    const request = { method: 'GET', path: '/api/v1/account', ...given };
    return serve(granted(world, routes.getAccount.access), getAccount, request);
  };

  it('of one address are asked to wait after many in a minute, and good ones of it are served', async () => {
    const bad = merchant.liveKey.replace(/.$/, 'x');
    const own = merchant.headers().authorization ?? '';
    const replies = [];
    // As one process: what `granted` makes has a memory of its own each time.
    const one = granted(world, routes.getAccount.access);
    for (let n = 0; n < BAD_KEYS.quota + 20; n += 1) {
      const given = { params: {}, query: {}, body: '', requestId: 'req_1', address: '192.0.2.1' };
      const request = { method: 'GET', path: '/', ...given, headers: { authorization: `Api-Key ${bad}` } };
      replies.push(await serve(one, getAccount, request));
    }
    expect(replies[0]?.status).toBe(401);
    const last = replies.at(-1);
    expect([last?.status, JSON.parse(last?.body ?? '')]).toEqual([
      429,
      expect.objectContaining({
        code: 'rate_limited',
        param: 'Authorization',
        detail: expect.stringMatching(/^The request has no valid API key\. Too many requests from this address/),
        fix: expect.stringMatching(/^Send Authorization: Api-Key .* unchanged, it is refused again\.$/),
      }),
    ]);
    expect(Number(last?.headers['retry-after'])).toBeGreaterThan(0);
    expect((await knock(own)).status).toBe(200);
    expect((await knock(`Api-Key ${bad}`, '192.0.2.2')).status).toBe(401);
  });

  it("of a server that forgot its key say so in PesaWay's form too", async () => {
    const one = granted(world, routes.getAccountBalance.access);
    let last = { status: 0, body: '' };
    for (let n = 0; n < BAD_KEYS.quota + 20; n += 1) {
      const given = { params: {}, query: {}, body: '{}', requestId: 'req_1', address: '192.0.2.3', headers: {} };
      last = await serve(one, getAccountBalance, { method: 'POST', path: '/', ...given });
    }
    const { code, ResponseDescription } = JSON.parse(last.body);
    expect([last.status, code]).toEqual([429, '429.001']);
    expect(ResponseDescription).toContain('no valid API key');
  });

  it('and wrong signatures of payouts are counted together, and good ones are paid', async () => {
    const campaign = await aCampaign(world, merchant.id);
    const one = granted(world, openRoutes.createPayout.access);
    const body = JSON.stringify({ respondent_id: 'r1', target: '0772200001' });
    const given = { params: { campaign_id: campaign.id }, query: {}, requestId: 'req_1', address: '192.0.2.4' };
    const ask = (headers: Record<string, string>) =>
      serveOpen(one, createPayout, { method: 'POST', path: '/', ...given, headers, body });
    const statuses = [];
    for (let n = 0; n < BAD_KEYS.quota + 20; n += 1) {
      statuses.push((await ask(n % 2 ? {} : { 'x-airtime-signature': 'sha256=00' })).status);
    }
    expect([statuses[0], statuses.at(-1)]).toEqual([401, 429]);
    expect((await ask(plain(campaign.secret, body))).status).toBe(201);
  });

  it('are counted by every route that checks a key', () => {
    const all = [...Object.values(routes), openRoutes.createPayout, openRoutes.issueToken];
    const lacking = all.filter(({ access }) => !('limits' in (access.tables ?? {})));
    expect(lacking).toEqual([]);
  });
});
