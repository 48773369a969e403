import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createKey } from '../../functions/account/create-key.ts';
import { getRequest } from '../../functions/account/get-request.ts';
import { listRequests } from '../../functions/account/list-requests.ts';
import { createOrder } from '../../functions/orders/create-order.ts';
import { listOrders } from '../../functions/orders/list-orders.ts';
import { createEndpoint } from '../../functions/webhooks/create-endpoint.ts';
import { keepRequests } from '../../functions/workers/keep-requests.ts';
import { STAGE_DEFAULTS } from '../../lib/stage.ts';
import { keep } from '../../shared/aws/lambda.ts';
import type { KeptRequest } from '../../shared/domain/kept-request.ts';
import { BODY_KEPT_BYTES, beginningOf, KEEP_MS_MAX, REQUEST_KEPT_MS } from '../../shared/domain/kept-request.ts';
import type { Scope } from '../../shared/domain/key.ts';
import { SCOPES } from '../../shared/domain/key.ts';
import { DAY, MINUTE, SECOND } from '../../shared/domain/time.ts';
import { eraseNumber } from '../../shared/flows/privacy/erase-number.ts';
import { KEPT } from '../../shared/http/limits.ts';
import { serve } from '../../shared/http/pipeline.ts';
import type { RouteHandler } from '../../shared/http/route.ts';
import { METRICS } from '../../shared/manifest/metrics.ts';
import { isManagement } from '../../shared/manifest/route.ts';
import { routes } from '../../shared/manifest/routes.ts';
import type { World } from '../../shared/world.ts';
import { allItems } from '../support/all-items.ts';
import { call } from '../support/call.ts';
import { UnitCounter } from '../support/count-units.ts';
import { createKey as makeKey } from '../support/create-key.ts';
import { granted } from '../support/granted.ts';
import { aKeptRequest } from '../support/kept-requests.ts';
import { OPERATOR } from '../support/origin.ts';
import type { TestMerchant, TestWorld } from '../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../support/world.ts';

/** The request log: what is kept of whom, what it costs, and what it never holds. */

let world: TestWorld;
let merchant: TestMerchant;
let memo: World['memo'];
let metrics: string[];

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  await sell(world);
  memo = new Map();
  metrics = [];
});
afterAll(stopEngine);

const NUMBER = '0772279099';
const anOrder = (changes: object = {}) => ({
  ...{ product_id: 100, target: NUMBER, amount: 1, agent_reference: `r-${Math.random()}`, custom_sms: 'For your son' },
  ...changes,
});
/** Refused because of its amount. */
const REFUSED = { amount: -1 };

let requests = 0;
/** As Lambda serves it, with what the function is granted and nothing else. */
async function ask<P, Q, B>(
  route: RouteHandler<P, Q, B>,
  body: unknown,
  { headers = merchant.headers(), changes = {} }: { headers?: Record<string, string>; changes?: Partial<World> } = {},
) {
  requests += 1;
  world.advance(1);
  const own = granted({ ...world, ...changes }, route.access);
  const log = { ...world.log, metric: (name: string) => void metrics.push(name) };
  const response = await serve(
    { ...own, memo, log },
    route,
    {
      method: route.method,
      path: route.path,
      params: {},
      query: {},
      headers: { ...headers, prefer: 'respond-async' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      requestId: `req_${requests}`,
    },
    keep,
  );
  return { ...response, id: `req_${requests}` };
}

const sent = () => world.messages.filter(({ queue }) => queue === 'requests').map(({ message }) => message);
const bodies = () => sent().map(({ body }) => body as KeptRequest);
const keepAll = () => Promise.all(bodies().map((body) => keepRequests(world, body)));
const list = async (query: Record<string, string> = {}, headers = merchant.headers()) =>
  (await call(world, listRequests, { headers, query })).json;
const read = (request_id: string, headers = merchant.headers()) =>
  call(world, getRequest, { headers, params: { request_id } });
const keyWith = async (scopes: readonly Scope[]) => {
  const { text } = await makeKey(world, { merchantId: merchant.id, mode: 'live', name: 'narrow', scopes });
  return { authorization: `Api-Key ${text}` };
};

describe('what is kept', () => {
  it('is a refused request, with what was sent and answered, and its key by id', async () => {
    const { id, status } = await ask(createOrder, anOrder(REFUSED));
    expect(status).toBe(422);
    await keepAll();
    const { json } = await read(id);
    expect(json).toMatchObject({
      ...{ id, method: 'POST', path: '/api/v1/orders', operation: 'create-order', status: 422 },
      ...{ code: 'invalid_amount', key_id: merchant.keys.live.id, request_cut: false, left_out_before: 0 },
      request_headers: { prefer: 'respond-async' },
    });
    expect(JSON.parse(json.request_body)).toMatchObject({ target: NUMBER, amount: -1 });
    expect(JSON.parse(json.response_body)).toMatchObject({ param: 'amount', request_id: id });
    expect(JSON.stringify(await allItems(world, 'requests'))).not.toContain(merchant.liveKey);
  });

  it('is one that failed, and one whose key lacks the scope', async () => {
    const broken = { send: async () => Promise.reject(new Error('broken')) } as never;
    await ask(createOrder, anOrder(), { headers: await keyWith(['wallet:read']) });
    const db: World['db'] = {
      send: ((command: { input: { TableName?: string } }) =>
        command.input.TableName === world.table('catalogue')
          ? (broken as World['db']).send(command as never)
          : (world.db.send as (command: unknown) => unknown)(command)) as never,
    };
    await ask(createOrder, anOrder(), { changes: { db } });
    expect(bodies().map(({ statusCode, code }) => [statusCode, code])).toEqual([
      [403, 'scope_missing'],
      [500, 'internal_error'],
    ]);
  });

  it('is a change of settings', async () => {
    await ask(createEndpoint, { url: 'https://merchant.example/hook?token=hunter2' });
    const [kept] = bodies();
    expect(kept).toMatchObject({ statusCode: 201, operation: 'create-endpoint' });
    expect(JSON.stringify(kept)).not.toMatch(/hunter2|whsec_\w/);
    expect(JSON.parse(kept?.request.text ?? '').url).toBe('https://merchant.example/…');
  });

  it('is nothing of an accepted order, which sends no message for it and costs no unit', async () => {
    // A process that holds tokens for its orders: only what the request log might add is compared.
    Object.assign(world, { random: () => 0.99 });
    await ask(createOrder, anOrder());
    const units = new UnitCounter(world);
    // As in test/functions/units.test.ts, where no request log is.
    expect((await units.during(() => ask(createOrder, anOrder()))).write).toBe(6);
    expect(sent()).toEqual([]);
    expect([...units.byTable.keys()]).not.toContain('requests');
  });

  it('is nothing of a list, nor of a request without a key that works', async () => {
    await ask(listOrders, '');
    await ask(createOrder, anOrder(), { headers: { authorization: 'Api-Key nonsense' } });
    await ask(createOrder, anOrder(), { headers: {} });
    expect(sent()).toEqual([]);
  });

  it('is every change that the audit log has, and no route that moves money', () => {
    const management = Object.values(routes).filter(isManagement);
    expect(management.map(({ name }) => name).sort()).toEqual(
      [
        ...['create-campaign', 'update-campaign', 'rotate-campaign-secret', 'create-endpoint', 'update-endpoint'],
        ...['delete-endpoint', 'rotate-secret', 'create-key', 'revoke-key', 'roll-key', 'freeze-account'],
        ...['unfreeze-account', 'update-account', 'update-wallet', 'create-listener'],
        ...['create-invitation', 'revoke-invitation', 'update-member', 'remove-member'],
      ].sort(),
    );
  });

  it('is also a body that is made to be too deep, which keeps no other out', async () => {
    await ask(createOrder, '['.repeat(3_000) + ']'.repeat(3_000));
    await ask(createKey, { name: 'x', scopes: ['wallet:read'] });
    expect(bodies().map(({ operation }) => operation)).toEqual(['create-order', 'create-key']);
    expect(metrics).toEqual([]);
  });

  it('is cut, and says so', async () => {
    const { id } = await ask(createOrder, anOrder({ custom_sms: 'ü'.repeat(7_000), password: 'hunter22222' }));
    await keepAll();
    const [kept] = bodies();
    expect(Buffer.byteLength(kept?.request.text ?? '')).toBeLessThanOrEqual(BODY_KEPT_BYTES);
    expect((await read(id)).json).toMatchObject({ request_cut: true, request_bytes: expect.any(Number) });
    expect((await read(id)).json.request_bytes).toBeGreaterThan(14_000);
  });

  it.each([0, 1, 2, 3])('is cut between characters, wherever the cut falls (%d)', (spare) => {
    expect(beginningOf(`${'a'.repeat(spare)}😀😀`, 7)).toBe(`${'a'.repeat(spare)}😀`);
  });
});

describe('the answer', () => {
  const isSlow = { queues: { send: () => new Promise<void>(() => {}) } } as Partial<World>;
  const fails = { queues: { send: () => Promise.reject(new Error('no queue')) } } as Partial<World>;

  it('is as ever when the queue fails, and what is lost is counted', async () => {
    expect((await ask(createOrder, anOrder(REFUSED), { changes: fails })).status).toBe(422);
    expect(metrics).toEqual([METRICS.requestsNotKept]);
  });

  it('waits for a queue that is slow no longer than it may, and the next one not at all', async () => {
    const waits: number[] = [];
    const within: World['within'] = async (ms) => {
      waits.push(ms);
      return undefined;
    };
    const changes = { ...isSlow, within };
    expect((await ask(createOrder, anOrder(REFUSED), { changes })).status).toBe(422);
    expect(waits).toContain(KEEP_MS_MAX);
    waits.length = 0;
    expect((await ask(createOrder, anOrder(REFUSED), { changes })).status).toBe(422);
    expect(waits).not.toContain(KEEP_MS_MAX);
    expect(metrics.filter((name) => name === METRICS.requestsNotKept)).toHaveLength(2);
    world.advance(2 * SECOND);
    await ask(createOrder, anOrder(REFUSED));
    expect(sent()).toHaveLength(1);
  });

  it('is kept once when its message comes twice, at once and again, and when the answer to its write is lost', async () => {
    const { id } = await ask(createOrder, anOrder(REFUSED));
    const [body] = bodies();
    world.fault = (name) => {
      if (name !== 'PutCommand') return undefined;
      world.fault = undefined;
      return 'after';
    };
    await Promise.all([1, 2].map(() => keepRequests(world, body as KeptRequest)));
    await keepRequests(world, body as KeptRequest);
    expect((await list()).data.map((each: { id: string }) => each.id)).toEqual([id]);
  });
});

describe('a flood', () => {
  it('is kept up to so many a minute, by two processes together, and the next one says what was left out', async () => {
    const one = memo;
    const two: World['memo'] = new Map();
    for (let n = 0; n < KEPT.kept_requests.quota + 20; n += 1) {
      memo = n % 2 === 0 ? one : two;
      await ask(createOrder, anOrder(REFUSED));
    }
    // A process begins with a part of a block that it did not take.
    expect(sent().length).toBeGreaterThanOrEqual(KEPT.kept_requests.quota - 12);
    expect(sent().length).toBeLessThanOrEqual(KEPT.kept_requests.quota + 12);
    const missing = KEPT.kept_requests.quota + 20 - sent().length;
    world.advance(MINUTE);
    for (const each of [one, two]) {
      memo = each;
      await ask(createOrder, anOrder(REFUSED));
    }
    expect(bodies().reduce((sum, { leftOutBefore }) => sum + leftOutBefore, 0)).toBe(missing);
    expect(metrics).not.toContain(METRICS.requestsNotKept);
  });

  it('leaves room for changes of settings, and for others', async () => {
    for (let n = 0; n < KEPT.kept_requests.quota + 20; n += 1) await ask(createOrder, anOrder(REFUSED));
    const before = sent().length;
    await ask(createKey, { name: 'x', scopes: ['wallet:read'] });
    const other = await aMerchant(world);
    await ask(createOrder, anOrder(REFUSED), { headers: other.headers() });
    await ask(createOrder, anOrder(REFUSED), { headers: merchant.headers('test') });
    expect(sent().length).toBe(before + 3);
  });

  it('adds no header of its limit to an answer', async () => {
    const { headers } = await ask(createOrder, anOrder(REFUSED));
    expect(JSON.stringify(headers)).not.toContain('kept_requests');
  });
});

describe('secrets', () => {
  it('of a new key are not kept, nor is one that was sent to the wrong place', async () => {
    const { body } = await ask(createKey, { name: 'x', scopes: ['wallet:read'] });
    const { key } = JSON.parse(body);
    await ask(createOrder, anOrder({ ...REFUSED, custom_sms: `my key is ${key}`, consumer_secret: 'hunter2-hunter2' }));
    await ask(createOrder, `{"password": "hunter2-hunter2", "agent_reference": "${key}", oops`);
    const text = JSON.stringify(bodies());
    expect(bodies()).toHaveLength(3);
    expect(text).not.toContain(key);
    expect(text).not.toContain('hunter2');
    expect(text).toContain('(not kept)');
    expect(bodies()[2]?.request.text).toBe('{"…": "…", "agent_reference": "…", …');
  });
});

it('of a secret that is longer than what is kept of a header no part is kept', async () => {
  const password = 'hunter2-'.repeat(40);
  const headers = { ...merchant.headers(), 'user-agent': `${'a'.repeat(150)} ${password}`, accept: 'b'.repeat(300) };
  await ask(createOrder, { password }, { headers });
  const [kept] = bodies();
  expect(JSON.stringify(kept)).not.toContain('hunter2');
  expect(kept?.requestHeaders.accept).toBe('b'.repeat(200));
});

describe('who sees it', () => {
  it('is nobody else: neither another merchant nor the other mode', async () => {
    const id = await aKeptRequest(world, merchant, {});
    const other = await aMerchant(world);
    for (const headers of [other.headers(), merchant.headers('test')]) {
      expect((await list({}, headers)).data).toEqual([]);
      expect((await read(id, headers)).json.code).toBe('request_not_found');
    }
  });

  it('is a key with `orders:read` for numbers and texts, and for others they are hidden', async () => {
    const path = '/api/v1/targets/0772279099';
    const template = '/api/v1/targets/{target}';
    const id = await aKeptRequest(world, merchant, { path, template });
    const whole = (await read(id)).text;
    expect(whole).toContain(NUMBER);
    expect(whole).toContain('For your son');
    const headers = await keyWith(['requests:read']);
    const narrow = await read(id, headers);
    expect(narrow.text).not.toMatch(/2279099|For your son/);
    expect(narrow.json.path).toBe(template);
    expect(JSON.parse(narrow.json.request_body)).toMatchObject({ target: '…099', custom_sms: null, amount: -1 });
    expect((await list({}, headers)).data[0].path).toBe(template);
    // Nor does it learn whether there is such a path.
    expect((await list({ path }, headers)).data).toEqual([]);
    expect((await list({ path: template }, headers)).data).toHaveLength(1);
    expect((await list({ path })).data).toHaveLength(1);
  });

  it('of PesaWay and of a number in a text, as of our own fields', async () => {
    const spelled = [
      '0772 279 099',
      '+263 (77) 227-9099',
      '0772/279/099',
      '0772.279.099',
      'tel0772279099',
      '٠٧٧٢٢٧٩٠٩٩',
      '0772\u200b279\u200b099',
      '0772_279_099',
      '0772,279,099',
      '0772:279:099',
      '0772|279|099',
      '077 - 227 - 9099',
      '+263%2077%20227%209099',
      '077&nbsp;2279&nbsp;099',
      '077~227·9099',
      '077=227&9099',
      '077’227•9099',
      '0\u0301772279099',
      '⁰⁷⁷²²⁷⁹⁰⁹⁹',
      '077&#160;2279&#160;099',
      '077\\u00a02279\\u00a0099',
      [...'0772279099'].map((digit) => `&#${digit.charCodeAt(0)};`).join(''),
    ];
    const sent = {
      Reason: 'Salary of Rudo M.',
      Amount: 772279099,
      ids: [263772279099],
      Reference: '2026-11-30',
      spelled,
    };
    const text = JSON.stringify(sent);
    const id = await aKeptRequest(world, merchant, { request: { text, bytes: text.length, isCut: false } });
    const headers = await keyWith(['requests:read']);
    const shown = JSON.parse((await read(id, headers)).json.request_body);
    expect(shown).toMatchObject({ Reason: null, Amount: '…099', ids: ['…099'], Reference: '2026-11-30' });
    for (const each of shown.spelled) expect(each).toMatch(/^(tel)?[+]?(&#)?…[\p{Nd}#;-]{3,4}$/u);
  });

  it('of a body that cannot be read, nothing is shown without all scopes', async () => {
    const id = await aKeptRequest(world, merchant, {
      request: { text: `{"target": "${NUMBER}", "note": "my son`, bytes: 30, isCut: false },
    });
    expect((await read(id)).json.request_body).toContain('my son');
    const narrow = await read(id, await keyWith(SCOPES.filter((scope) => scope !== 'wallet:read')));
    expect(narrow.json.request_body).toBeNull();
    expect(narrow.json.request_bytes).toBe(30);
  });
});

describe('the list', () => {
  it('is newest first, page by page, and filtered', async () => {
    for (let n = 0; n < 5; n += 1) {
      world.advance(SECOND);
      const statusCode = n % 2 === 0 ? 400 : 503;
      const path = `/api/v1/orders/${n}`;
      const code = n === 4 ? 'invalid_target' : 'invalid_request';
      const changes = { id: `req_${n}`, code, statusCode, statusClass: `${Math.floor(statusCode / 100)}xx`, path };
      await aKeptRequest(world, merchant, { ...changes, template: '/api/v1/orders/{agent_reference}' });
    }
    const ids = async (query: Record<string, string>) =>
      (await list(query)).data.map(({ id }: { id: string }) => id.slice(4)).join('');
    expect(await ids({})).toBe('43210');
    const first = await list({ limit: '2' });
    expect(await ids({ limit: '2', cursor: first.next_cursor })).toBe('21');
    expect(await ids({ status: '4xx' })).toBe('420');
    expect(await ids({ status: '503' })).toBe('31');
    expect(await ids({ path: '/api/v1/orders/3' })).toBe('3');
    expect(await ids({ path: '/api/v1/orders/{agent_reference}' })).toBe('43210');
    expect(await ids({ operation: 'create-order', key_id: merchant.keys.live.id })).toBe('43210');
    expect(await ids({ operation: 'create-key' })).toBe('');
    expect(await ids({ code: 'invalid_request' })).toBe('3210');
    expect(await ids({ code: 'invalid_request', status: '4xx', path: '/api/v1/orders/{agent_reference}' })).toBe('20');
    expect(await ids({ code: 'invalid_target', operation: 'create-order' })).toBe('4');
    expect(await ids({ code: 'other' })).toBe('');
    const at = new Date(Date.parse(world.now()) - SECOND).toISOString();
    expect([await ids({ from: at }), await ids({ to: at })]).toEqual(['43', '210']);
    expect((await list({ status: '9xx' })).param).toBe('status');
    expect((await list({ code: 'a b' })).param).toBe('code');
  });

  it('says how far a rare code was searched for', async () => {
    await aKeptRequest(world, merchant, { id: 'req_rare', code: 'invalid_target' });
    await aKeptRequest(world, merchant, { id: 'req_common' });
    const common = (await allItems(world, 'requests')).find(({ id }) => id === 'req_common');
    for (let n = 0; n < 24; n += 1) {
      world.advance(SECOND);
      const puts = Array.from({ length: 25 }, (_, m) => {
        const id = `req_${n}_${m}`;
        const own = { id, pk: `${merchant.id}#live#${id}`, createdAt: world.now(), listSk: `${world.now()}#${id}` };
        return { PutRequest: { Item: { ...common, ...own } } };
      });
      await world.db.send(new BatchWriteCommand({ RequestItems: { [world.table('requests')]: puts } }));
    }
    const first = await list({ code: 'invalid_target' });
    expect(first).toMatchObject({ data: [], next_cursor: expect.any(String), searched_to: expect.any(String) });
    expect(first.searched_to < world.now()).toBe(true);
    const rest = await list({ code: 'invalid_target', cursor: first.next_cursor });
    expect(rest).toMatchObject({ data: [{ id: 'req_rare' }], next_cursor: null, searched_to: null });
  });

  it('ends after 30 days, also where the table still has it, and no stage promises less', async () => {
    const id = await aKeptRequest(world, merchant, {});
    const [item] = await allItems(world, 'requests');
    expect(item?.expiresAt).toBe(Math.ceil((Date.parse(world.now()) + REQUEST_KEPT_MS) / SECOND));
    world.advance(REQUEST_KEPT_MS + 1);
    expect((await list()).data).toEqual([]);
    expect((await read(id)).status).toBe(404);
    for (const { retentionDays } of Object.values(STAGE_DEFAULTS))
      expect(REQUEST_KEPT_MS).toBeLessThanOrEqual(retentionDays * DAY);
  });

  it('says where an accepted order is', async () => {
    expect((await read('req_never')).json.fix).toContain('look it up by its reference');
  });
});

describe('a number that is erased', () => {
  it('is in no request any more, also when its message comes again; others stay', async () => {
    const id = await aKeptRequest(world, merchant, { path: `/api/v1/targets/${NUMBER}`, template: '/t/{target}' });
    const text = JSON.stringify(anOrder({ target: '0772279098' }));
    await aKeptRequest(world, merchant, {
      id: 'req_other',
      request: { text, bytes: text.length, isCut: false },
      response: { text: '', bytes: 0, isCut: false },
    });
    const { touched } = await eraseNumber(world, `+263${NUMBER.slice(1)}`, OPERATOR);
    expect(touched).toMatchObject([{ merchantId: merchant.id, requests: 1 }]);
    await aKeptRequest(world, merchant, { id });
    expect(JSON.stringify(await allItems(world, 'requests'))).not.toContain(NUMBER.slice(1));
    expect((await read(id)).json).toMatchObject({ erased: true, request_body: '', status: 400, path: '/t/{target}' });
    expect((await read('req_other')).json.request_body).toContain('0772279098');
    const again = await eraseNumber(world, `+263${NUMBER.slice(1)}`, OPERATOR);
    expect(again.touched).toEqual([]);
  });

  it('is found where a program escaped what stands between its digits', async () => {
    await ask(createOrder, JSON.stringify(anOrder(REFUSED)).replace(NUMBER, '+263\\u00a077\\u00a0227\\u20119099'));
    await keepAll();
    expect((await allItems(world, 'requests')).map(({ request }) => request)).toMatchObject([{ isCut: false }]);
    const { touched } = await eraseNumber(world, `+263${NUMBER.slice(1)}`, OPERATOR);
    expect(touched).toMatchObject([{ requests: 1 }]);
    expect(JSON.stringify(await allItems(world, 'requests'))).not.toContain('9099');
  });
});
