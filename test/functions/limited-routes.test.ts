import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { getAccount } from '../../functions/account/get-account.ts';
import { createUpload } from '../../functions/bulk/create-upload.ts';
import { createEndpoint } from '../../functions/webhooks/create-endpoint.ts';
import { testEndpoint } from '../../functions/webhooks/test-endpoint.ts';
import type { RateName } from '../../shared/domain/terms.ts';
import { withLimit } from '../../shared/domain/terms.ts';
import { DAY, SECOND } from '../../shared/domain/time.ts';
import { changeTerms } from '../../shared/flows/account/change-terms.ts';
import { BAD_KEYS } from '../../shared/http/limits.ts';
import { serve } from '../../shared/http/pipeline.ts';
import { openRoutes, routes } from '../../shared/manifest/routes.ts';
import { readTail } from '../../shared/store/ledger.ts';
import { call } from '../support/call.ts';
import { aCampaign, pay } from '../support/campaigns.ts';
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

describe('test events', () => {
  it('are ten a minute, and one that is refused is not sent', async () => {
    let sent = 0;
    world.outboundAnswer = () => {
      sent += 1;
      return { status: 200, headers: {}, body: '' };
    };
    const headers = merchant.headers();
    const { id } = (await call(world, createEndpoint, { headers, body: { url: 'https://m.example' } })).json;
    const own = granted(world, routes.testEndpoint.access);
    const test = () => call(own, testEndpoint, { headers, params: { endpoint_id: id } });
    const replies = await Promise.all(Array.from({ length: 14 }, test));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(replies.find(({ status }) => status !== 200)?.json).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(sent).toBe(10);
    world.advance(6 * SECOND);
    expect((await test()).headers.ratelimit).toBe('"test_events";r=0;t=60');
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

describe('payouts', () => {
  it('count as orders when they are new; one that was requested before is answered', async () => {
    await limit('orders', 2, 60);
    const campaign = await aCampaign(world, merchant.id);
    const own = granted(world, openRoutes.createPayout.access);
    const ask = (n: number) => pay(own, campaign, { respondent_id: `r${n}`, target: `077220000${n}` });
    const replies = [await ask(1), await ask(2), await ask(1), await ask(2), await ask(3)];
    expect(replies.map(({ status }) => status)).toEqual([201, 201, 200, 200, 429]);
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
    expect([last?.status, JSON.parse(last?.body ?? '').code]).toEqual([429, 'rate_limited']);
    expect(Number(last?.headers['retry-after'])).toBeGreaterThan(0);
    expect((await knock(own)).status).toBe(200);
    expect((await knock(`Api-Key ${bad}`, '192.0.2.2')).status).toBe(401);
  });

  it('are counted by every route that checks a key', () => {
    const all = [...Object.values(routes), openRoutes.createPayout, openRoutes.issueToken];
    const lacking = all.filter(({ access }) => !('limits' in (access.tables ?? {})));
    expect(lacking).toEqual([]);
  });
});
