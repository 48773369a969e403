import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { getRequest } from '../../functions/account/get-request.ts';
import { listRequests } from '../../functions/account/list-requests.ts';
import { createPayout } from '../../functions/campaigns/create-payout.ts';
import { keepRequests } from '../../functions/workers/keep-requests.ts';
import { keep } from '../../shared/aws/lambda.ts';
import type { KeptRequest } from '../../shared/domain/kept-request.ts';
import { KEEP_MS_MAX } from '../../shared/domain/kept-request.ts';
import { composeKey, KEY_RANDOM_BYTES } from '../../shared/domain/key.ts';
import { MINUTE } from '../../shared/domain/time.ts';
import { keepRequest } from '../../shared/http/keep-request.ts';
import { keepUnserved } from '../../shared/http/keep-unserved.ts';
import { BAD_KEYS, KEPT } from '../../shared/http/limits.ts';
import { serveNotFound, serveOpen } from '../../shared/http/pipeline.ts';
import type { PlainRequest } from '../../shared/http/route.ts';
import { NOT_FOUND_ACCESS, openRoutes } from '../../shared/manifest/routes.ts';
import type { World } from '../../shared/world.ts';
import { call } from '../support/call.ts';
import type { Known } from '../support/campaigns.ts';
import { aCampaign, respondent, standard } from '../support/campaigns.ts';
import { granted } from '../support/granted.ts';
import type { TestMerchant, TestWorld } from '../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../support/world.ts';

/** The request log of what no route with a key serves: payouts, unknown paths, and methods that a path has not. */

let world: TestWorld;
let merchant: TestMerchant;
let memo: World['memo'];
let lines: { event: string; fields: object }[];

beforeEach(async () => {
  world = await testWorld();
  // A process begins with no tokens that it did not take.
  Object.assign(world, { random: () => 0 });
  merchant = await aMerchant(world);
  await sell(world);
  memo = new Map();
  lines = [];
});
afterAll(stopEngine);

let requests = 0;
const ADDRESS = '203.0.113.7';
const NUMBER = '0772279099';

function requestOf(changes: Partial<PlainRequest>): PlainRequest {
  requests += 1;
  world.advance(1);
  const of = { method: 'GET', path: '/', params: {}, query: {}, headers: {}, body: '', address: ADDRESS };
  return { ...of, requestId: `req_${requests}`, ...changes };
}

/** As Lambda serves it, with what the function is granted and nothing else. */
const processOf = (access: Parameters<typeof granted>[1], changes: Partial<World> = {}) => ({
  ...granted({ ...world, ...changes }, access),
  memo,
  log: { ...world.log, info: (event: string, fields = {}) => void lines.push({ event, fields }) },
});

const kept = () =>
  world.messages.filter(({ queue }) => queue === 'requests').map(({ message }) => message.body as KeptRequest);
const shown = async (id: string, mode: 'live' | 'test' = 'live') =>
  (await call(world, getRequest, { headers: merchant.headers(mode), params: { request_id: id } })).json;

describe('a payout', () => {
  let campaign: Known;
  beforeEach(async () => {
    campaign = await aCampaign(world, merchant.id, { allow_api_key: true });
  });

  async function ask(content: object | string, headers: (body: string) => Record<string, string>, id = campaign.id) {
    const body = typeof content === 'string' ? content : JSON.stringify(content);
    const request = requestOf({
      ...{ method: 'POST', path: `/api/v1/campaigns/${id}/payouts`, params: { campaign_id: id } },
      ...{ body, headers: { 'user-agent': 'survey', ...headers(body) } },
    });
    const { status } = await serveOpen(processOf(openRoutes.createPayout.access), createPayout, request, keep);
    return { status, id: request.requestId };
  }
  const signed = (body: string) => standard(campaign.secret, body, world.now());
  const badlySigned = (body: string) => standard(`whsec_${Buffer.alloc(32).toString('base64')}`, body, world.now());

  it('that is refused is kept under the merchant of its campaign: without a key, with what was sent', async () => {
    const { id, status } = await ask(respondent(1, { amount: 5 }), signed);
    expect(status).toBe(422);
    await Promise.all(kept().map((body) => keepRequests(world, body)));
    expect(await shown(id)).toMatchObject({
      ...{ id, operation: 'create-payout', status: 422, key_id: null, request_cut: false, left_out_before: 0 },
      ...{ path: `/api/v1/campaigns/${campaign.id}/payouts`, request_headers: { 'user-agent': 'survey' } },
      request_body: expect.stringContaining('"amount":5'),
    });
    expect(JSON.stringify(kept())).not.toMatch(/v1,|whsec/);
    expect(lines.find(({ event }) => event === 'request.served')?.fields).toMatchObject({ merchantId: merchant.id });
  });

  it("by a key has its id; one that was accepted is a record of its own; a stale one is its sender's", async () => {
    await ask(respondent(1, { amount: 5 }), () => merchant.headers());
    expect((await ask(respondent(2), signed)).status).toBe(201);
    await ask(respondent(3), (body) =>
      standard(campaign.secret, body, new Date(Date.parse(world.now()) - 10 * MINUTE).toISOString()),
    );
    expect(kept().map(({ code, keyId, request }) => [code, keyId, request.text !== ''])).toEqual([
      ['invalid_amount', merchant.keys.live.id, true],
      ['timestamp_stale', undefined, true],
    ]);
  });

  it('that somebody signed wrongly is kept without what they wrote, and says nothing about its merchant else', async () => {
    const { id, status } = await ask({ target: NUMBER, note: 'Call me on 0772000000' }, badlySigned);
    expect(status).toBe(401);
    expect(JSON.stringify(kept())).not.toMatch(/Call me|0772|survey/);
    await Promise.all(kept().map((body) => keepRequests(world, body)));
    expect(await shown(id)).toMatchObject({
      ...{ code: 'signature_invalid', key_id: null, path: `/api/v1/campaigns/${campaign.id}/payouts` },
      ...{ request_body: '', request_cut: true, request_headers: {} },
      response_body: expect.stringContaining('signature_invalid'),
    });
    for (const path of ['/api/v1/campaigns/{campaign_id}/payouts', `/api/v1/campaigns/${campaign.id}/payouts`]) {
      const { json } = await call(world, listRequests, { headers: merchant.headers(), query: { path } });
      expect([path, json.data.length]).toEqual([path, 1]);
    }
    expect(lines.find(({ event }) => event === 'request.served')?.fields).not.toHaveProperty('merchantId');
  });

  it("a flood of those fills a small bucket of its own, and leaves the merchant's room and counts alone", async () => {
    for (let n = 0; n < 40; n += 1) await ask({}, badlySigned);
    expect(kept().length).toBeLessThanOrEqual(KEPT.kept_claims.quota);
    await ask(respondent(1, { amount: 5 }), signed);
    expect(kept().at(-1)).toMatchObject({ code: 'invalid_amount', leftOutBefore: 0 });
  });

  it("is nobody's where its campaign does not exist or its key does not work", async () => {
    await ask({}, badlySigned, 'cmp_00000000000000000000');
    await ask({}, () => ({ authorization: `Api-Key ${composeKey('live', new Uint8Array(KEY_RANDOM_BYTES))}` }));
    expect(kept()).toEqual([]);
  });

  it('with a key of somebody else is kept for them', async () => {
    const other = await aMerchant(world);
    await ask(respondent(1), () => other.headers());
    expect(kept()).toMatchObject([{ merchantId: other.id, code: 'campaign_not_found' }]);
  });
});

describe('what is no route', () => {
  async function ask(changes: Partial<PlainRequest>, other: Partial<World> = {}) {
    const request = requestOf({ headers: merchant.headers(), ...changes });
    const response = serveNotFound(world, request);
    await keepUnserved(processOf(NOT_FOUND_ACCESS, other), request, response, keepRequest);
    return { ...response, id: request.requestId };
  }

  it('is kept with a key that works: an unknown path, and a method that a path has not', async () => {
    const { id } = await ask({ method: 'POST', path: '/api/v1/order', body: JSON.stringify({ target: NUMBER }) });
    await ask({ method: 'DELETE', path: '/api/v1/orders/mine', headers: merchant.headers('test') });
    expect(kept()).toMatchObject([
      { statusCode: 404, code: 'route_not_found', operation: 'not-found', mode: 'live', template: '/…' },
      { statusCode: 405, code: 'method_not_allowed', mode: 'test', template: '/api/v1/orders/{agent_reference}' },
    ]);
    await Promise.all(kept().map((body) => keepRequests(world, body)));
    expect(await shown(id)).toMatchObject({ path: '/api/v1/order', request_body: '{"target":"(not kept)"}' });
  });

  it('is kept without the keys that it names', async () => {
    await ask({ path: `/api/v1/${merchant.liveKey}`, query: { key: merchant.liveKey } });
    expect(JSON.stringify(kept())).not.toContain(merchant.liveKey);
  });

  it("is nobody's with a key that does not work, which counts as everywhere; and is then looked up no more", async () => {
    const unknown = { authorization: `Api-Key ${composeKey('live', new Uint8Array(KEY_RANDOM_BYTES))}` };
    for (let n = 0; n < BAD_KEYS.quota + 20; n += 1) await ask({ headers: unknown });
    world.calls.length = 0;
    await ask({ headers: unknown });
    expect([world.calls, kept()]).toEqual([[], []]);
    // From another address it is still looked up, and a key that works is served as ever.
    await ask({ headers: unknown, address: '198.51.100.1' });
    expect(world.calls).toContain('GetCommand');
    world.advance(MINUTE);
    await ask({});
    expect(kept()).toHaveLength(1);
  });

  it('holds up no answer: neither a table that does not answer nor one that fails', async () => {
    const never = { send: () => new Promise(() => {}) } as unknown as World['db'];
    const startedAt = Date.now();
    expect((await ask({}, { db: never })).status).toBe(404);
    expect(Date.now() - startedAt).toBeLessThan(KEEP_MS_MAX + 500);
    const broken = { send: () => Promise.reject(new Error('broken')) } as unknown as World['db'];
    expect((await ask({}, { db: broken })).status).toBe(404);
    expect(kept()).toEqual([]);
  });
});
