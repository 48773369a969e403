import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { methodsOf } from '../../shared/manifest/route.ts';
import { accountRoutes } from '../../shared/manifest/routes/account.ts';
import { peopleOpenRoutes, peopleRoutes } from '../../shared/manifest/routes/people.ts';
import { families } from '../../shared/manifest/routes.ts';
import { BODIES, QUERIES } from '../support/every-route.ts';
import { repeatsInLong } from '../support/length.ts';
import type { Mutation } from '../support/raw-socket.ts';
import { mutate, sendRaw } from '../support/raw-socket.ts';
import { System } from '../support/system.ts';
import { Visitor } from '../support/visitor.ts';

/**
 * Every operation as bytes on a socket, against a running `npm start`: good requests, mutated in the request line, the
 * headers and the body. None is answered with a 5xx, and the process serves on.
 */

const RUNS = repeatsInLong({ gate: 2_000, all: 20_000 });
const BUSY_TIMES_MAX = 3;
const AT_ONCE = 8;
/** A good request is answered, however busy this machine is. */
const GOOD_PATIENCE_MS = 15_000;

let system: System;
let data: string;
/** The ids of what is there, all of test mode, and of what there is for one operation that ends it or changes it. */
let known: Record<string, string>;
let own: Record<string, Record<string, string> | undefined>;
/** Only freezes an account and ends that: by a freeze of test mode nothing else would be reached. */
let guard: string;
/** What an owner signs requests with that no key may send, and who was invited, to accept. */
let owner: string;
let invited: string;
let accepting: string;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'airtime-raw-'));
  system = await System.start(data);
  const made = await belongings();
  known = { ...made, target: '0772279099', currency: 'USD', provider: 'pesaway', token: 'name.code' };
  own = {
    'delete-endpoint': { endpoint_id: (await created('/webhooks/endpoints', { url: made.url })).id },
    'poll-deliveries': { endpoint_id: (await created('/webhooks/listeners', {})).endpoint_id },
    'update-campaign': { campaign_id: (await created('/campaigns', CAMPAIGN)).id },
    'revoke-key': { key_id: (await created('/keys', KEY)).id },
    'roll-key': { key_id: (await created('/keys', KEY)).id },
  };
  guard = await guardKey();
  await team();
}, 300_000);

async function signIn(email: string): Promise<string> {
  const visitor = new Visitor(system.local.baseUrl);
  return (await visitor.exchange(await visitor.signIn(email))).json.access_token ?? '';
}

/** A member to change, one to remove, an invitation to revoke and one to accept. */
async function team(): Promise<void> {
  owner = await signIn('owner@demo.example');
  const headers = { authorization: `Bearer ${owner}`, ...IN_TEST() };
  const { data: members } = (await system.api('/api/v1/members', { headers })).json;
  const idOfMember = (role: string) => members.find((member: { role: string }) => member.role === role).id;
  const invite = async (email: string) =>
    (await system.api('/api/v1/invitations', { headers, body: { email, role: 'viewer' } })).json;
  known.member_id = idOfMember('viewer');
  own['remove-member'] = { member_id: idOfMember('finance') };
  known.invitation_id = (await invite('nobody@shop.example')).id;
  await invite('raw@shop.example');
  accepting = mailedCode();
  invited = await signIn('raw@shop.example');
}

const IN_TEST = () => ({ 'airtime-merchant': system.local.merchantId, 'airtime-mode': 'test' });

/** The code of the last link that was mailed. */
function mailedCode(): string {
  const [line = ''] = readFileSync(join(data, 'mail.jsonl'), 'utf8').trimEnd().split('\n').slice(-1);
  return /\/app\/invitation#([\w.]+)/.exec(JSON.parse(line).text)?.[1] ?? '';
}

/** A key that spends makes none that unfreezes, so an operator does. */
async function guardKey(): Promise<string> {
  const { merchant_id: merchantId } = (await system.api('/api/v1/account')).json;
  const words = ['key', 'create', merchantId, '--mode', 'live', '--scopes', 'account:freeze,account:write'];
  return (await system.operator(...words)).key;
}

/** The request log takes a moment. */
async function refused(): Promise<string> {
  const key = system.local.testKey;
  const { status } = await system.api('/api/v1/orders', { key, body: { nonsense: 1 } });
  if (status !== 400) throw new Error(`an order of nonsense is answered ${status}`);
  for (;;) {
    const [request] = (await system.api('/api/v1/requests', { key })).json.data;
    if (request) return request.id;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const CAMPAIGN = { name: 'raw', currency: 'USD', budget: 100, amount: 0.1, allow_api_key: true };
const KEY = { name: 'raw', scopes: ['orders:read'] };

async function created(path: string, body: unknown, key = system.local.testKey) {
  const { status, json } = await system.api(`/api/v1${path}`, { key, body });
  if (status >= 300) throw new Error(`${path} is answered ${status}: ${JSON.stringify(json)}`);
  return json;
}

/** One of everything that is found by its id. The batch has failed, so that its rows can be sent again. */
async function belongings(): Promise<Record<string, string>> {
  const key = system.local.testKey;
  const [endpoint] = (await system.api('/api/v1/webhooks/endpoints', { key })).json.data;
  const { id: delivery_id } = await created(`/webhooks/endpoints/${endpoint.id}/test`, {});
  const { agent_reference } = await created('/orders', BODIES['create-order']?.());
  const csv = 'target,amount\n0772279001,0.5';
  const { preview_id } = await created('/bulk/preview', { csv, currency: 'USD' });
  const { id: batch_id } = await created('/bulk', { csv, currency: 'USD', batch_reference: 'raw' });
  await ended(batch_id);
  const { id: topup_id } = await created('/wallet/topup', BODIES['start-topup']?.());
  const { id: campaign_id } = await created('/campaigns', CAMPAIGN);
  const { id: key_id } = await created('/keys', KEY);
  const request_id = await refused();
  const { id: endpoint_id, url } = endpoint;
  return {
    endpoint_id,
    url,
    delivery_id,
    agent_reference,
    preview_id,
    batch_id,
    topup_id,
    campaign_id,
    key_id,
    request_id,
  };
}

async function ended(id: string): Promise<void> {
  for (;;) {
    const { json } = await system.api(`/api/v1/bulk/${id}`, { key: system.local.testKey });
    if (json.status !== 'running') return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Where a running system needs another body than the routes by themselves. */
function bodyOf(name: string): unknown {
  const { testKey, testKeyId } = system.local;
  switch (name) {
    case 'create-endpoint':
      return { url: known.url, events: ['batch.completed'] };
    case 'create-payout':
      return { respondent_id: `r-${Math.random()}`, target: '0772279099' };
    case 'issue-token':
      return { consumer_key: testKeyId, consumer_secret: testKey };
    case 'preview-bulk':
    case 'create-bulk':
      return { ...Object(BODIES[name]?.()), currency: 'USD' };
    case 'query-transaction':
      return { TransactionReference: known.agent_reference };
    case 'create-business':
      return { name: 'Raw' };
    // Previewed before it is accepted: the manifest has them in this order.
    case 'preview-invitation':
    case 'accept-invitation':
      return { token: accepting };
    default:
      return BODIES[name]?.() ?? {};
  }
}
afterAll(async () => {
  await system.stop();
  rmSync(data, { recursive: true, force: true });
});

const operations = Object.values(families)
  .flat()
  .flatMap((route) => methodsOf(route).map((method) => ({ name: route.name, path: route.path, method })));

const scrap = fc.oneof(
  fc.constantFrom(
    '\r\n',
    '\r',
    '\n',
    '"',
    '\\',
    '%',
    '%00',
    '%2f',
    '%5c',
    '%0d%0a',
    '\0',
    '/',
    '//',
    '..',
    '?',
    '&',
    '=',
  ),
  fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    'null',
    '-1',
    '1e308',
    '0.1',
    '9'.repeat(30),
    '__proto__',
    '\\ud800',
    '[['.repeat(50),
  ),
  fc.constantFrom(
    'Transfer-Encoding: chunked\r\n',
    'Content-Length: 0\r\n',
    'Expect: 100-continue\r\n',
    'Prefer: wait=0\r\n',
  ),
  fc.string({ maxLength: 8, unit: 'binary-ascii' }),
);
const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drops: fc.oneof(fc.nat(3), fc.nat(60)),
  puts: scrap,
});
/** Most requests are let in, so that what is behind the reader of HTTP is tried too. */
const seldom = (some: fc.Arbitrary<Mutation[]>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant<Mutation[]>([]) }, { weight: 1, arbitrary: some });
const request = fc.record({
  operation: fc.constantFrom(...operations),
  line: seldom(fc.array(mutation, { minLength: 1, maxLength: 2 })),
  headers: seldom(fc.array(mutation, { minLength: 1, maxLength: 1 })),
  body: fc.array(mutation, { maxLength: 3 }),
  isKeyed: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
});
type Sent = typeof request extends fc.Arbitrary<infer Value> ? Value : never;

function bytesOf({ operation: { name, path, method }, line, headers, body, isKeyed }: Sent): Buffer {
  const filled = path.replace(/\{(\w+)\}/g, (_all, parameter: string) => idOf(name, parameter));
  const good = bodyOf(name);
  const hasBody = method !== 'GET' && method !== 'HEAD';
  // PesaWay's query takes its fields in either place.
  const query = new URLSearchParams({ ...QUERIES[name], ...(hasBody ? {} : (good as Record<string, string>)) });
  const text = hasBody ? mutate(JSON.stringify(good), body) : '';
  const target = mutate(`${filled}${query.size > 0 ? `?${query}` : ''}`, line);
  const fields = [
    'Host: localhost',
    'Connection: close',
    'Prefer: respond-async',
    'X-Region: ke',
    'Content-Type: application/json',
    ...(isKeyed ? credentialsFor(name) : []),
    `Content-Length: ${Buffer.byteLength(text, 'latin1')}`,
  ];
  return Buffer.from(
    `${method} ${target} HTTP/1.1\r\n${mutate(`${fields.join('\r\n')}\r\n`, headers)}\r\n${text}`,
    'latin1',
  );
}

const FREEZING = new Set(['freeze-account', 'unfreeze-account']);
const OF_PEOPLE: ReadonlySet<string> = new Set(
  [
    ...Object.values(peopleRoutes),
    ...Object.values(peopleOpenRoutes),
    ...Object.values(accountRoutes).filter((route) => 'isForPeople' in route),
  ].map(({ name }) => name),
);

function credentialsFor(name: string): string[] {
  if (!OF_PEOPLE.has(name)) return [`Authorization: Api-Key ${FREEZING.has(name) ? guard : system.local.testKey}`];
  const fields = Object.entries(IN_TEST()).map(([field, value]) => `${field}: ${value}`);
  return [`Authorization: Bearer ${/^(?:preview|accept)-invitation$/.test(name) ? invited : owner}`, ...fields];
}

function idOf(operation: string, parameter: string): string {
  const id = own[operation]?.[parameter] ?? known[parameter];
  if (id === undefined) throw new Error(`${operation} needs a ${parameter}`);
  return id;
}

/** Their addresses have codes that only our upstreams get, or they want a signature of ours. */
const SECRET_ADDRESSES = new Set(['receive-callback', 'receive-payment', 'receive-canary']);

it.each(operations)('$method $name is reached by a good request', async (operation) => {
  const port = Number(new URL(system.local.baseUrl).port);
  const good = bytesOf({ operation, line: [], headers: [], body: [], isKeyed: true });
  const status = await sendRaw(port, good, false, GOOD_PATIENCE_MS);
  if (SECRET_ADDRESSES.has(operation.name)) expect(status).toBe(404);
  else expect([200, 201, 202]).toContain(status);
});

it('no request to any operation is answered with a 5xx, or ends the process', async () => {
  const port = Number(new URL(system.local.baseUrl).port);
  const statuses = new Map<number, number>();
  const waiting: Sent[] = fc.sample(request, RUNS);
  const sendNext = async (): Promise<void> => {
    const next = waiting.pop();
    if (!next) return;
    const bytes = bytesOf(next);
    let status = await sendRaw(port, bytes, false);
    // On a loaded machine a request may be refused as `busy`, which asks for the same request again.
    for (let again = 0; status === 503 && again < BUSY_TIMES_MAX; again += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      status = await sendRaw(port, bytes, false);
    }
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (status >= 500) throw new Error(`${status} for ${JSON.stringify(bytes.toString('latin1'))}`);
    return sendNext();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendNext));
  expect(system.child.exitCode).toBeNull();
  expect((await system.api('/api/v1/orders')).status).toBe(200);
  expect(readFileSync(join(data, 'airtime.log'), 'utf8')).not.toContain('A handler crashed');
  const answered = [...statuses].reduce((sum, [status, count]) => sum + (status === 0 ? 0 : count), 0);
  expect(answered).toBeGreaterThan(RUNS / 2);
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 404]));
}, 3_600_000);
