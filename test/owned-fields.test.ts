import { expect, it } from '@jest/globals';
import type { Scope } from '../shared/domain/key.ts';
import { SCOPES } from '../shared/domain/key.ts';
import { addEndpoint } from '../shared/flows/webhooks/add-endpoint.ts';
import { hideFields } from '../shared/http/hide-fields.ts';
import { NUMBER_FIELDS, OWNED_FIELDS } from '../shared/manifest/owned-fields.ts';
import { scopesOf } from '../shared/manifest/route.ts';
import { createKey } from './support/create-key.ts';
import type { Row } from './support/every-route.ts';
import { aDelivery, clear, everyRoute, freshFor, modeOf, owner, rows, visit, world } from './support/every-route.ts';
import { OPERATOR } from './support/origin.ts';
import { PLAIN_FIELDS } from './support/plain-fields.ts';

/** Which fields an answer shows to whom, for every route: made from `routes.ts` and the table of owned fields. */

everyRoute();

async function visitWith(row: Row, scopes: readonly Scope[]): Promise<unknown> {
  const { text } = await createKey(world, { merchantId: owner.id, mode: modeOf(row), name: 'narrow', scopes });
  const reply = await visit(row, { authorization: `Api-Key ${text}` }, await freshFor(row.path));
  await clear();
  expect(reply.status).toBeLessThan(300);
  return reply.json ?? reply.text;
}

/** Every field of an answer, at any depth, with its value. */
function fieldsOf(value: unknown): [name: string, value: unknown][] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(fieldsOf);
  return Object.entries(value).flatMap(([name, field]) => [[name, field] as [string, unknown], ...fieldsOf(field)]);
}

/** Those of the orders that the routes show, in any form. */
const NUMBERS = /772279099|37112345678|254712345678/;

const seen = new Set<string>();

it.each(rows)('$name shows to a key with its scopes alone nothing that another scope owns', async (row) => {
  const own = scopesOf(row);
  // A key that can spend does not unfreeze.
  const all = row.name === 'unfreeze-account' ? SCOPES.filter((scope) => scope !== 'orders:write') : SCOPES;
  const full = fieldsOf(await visitWith(row, all));
  const narrow = await visitWith(row, own);
  for (const [name, value] of full) if (value !== null) seen.add(name);
  const shown = fieldsOf(narrow).filter(([, value]) => value !== null);
  const foreign = shown.filter(([name, value]) => {
    if (NUMBER_FIELDS[name] && /^…\d{3}$/.test(String(value))) return false;
    const owned = OWNED_FIELDS[name] ?? NUMBER_FIELDS[name];
    return owned && ![...owned.scopes, ...(owned.needs ?? [])].some((scope) => own.includes(scope));
  });
  expect(foreign).toEqual([]);
  const isOfOrders = own.some((scope) => /^(orders|products):/.test(scope));
  if (isOfOrders) return;
  expect(JSON.stringify(narrow)).not.toContain('1234 5678 9012 3456 7890');
  if (!own.some((scope) => scope.startsWith('campaigns:'))) expect(JSON.stringify(narrow)).not.toMatch(NUMBERS);
});

const PAYOUT = {
  id: 'pay_mine',
  campaign_id: 'cmp_mine',
  respondent_id: 'respondent-0001',
  status: 'success',
  final: true,
  mode: 'live',
  target: '0772279099',
  amount: 1,
  currency: 'USD',
  order_id: 'ord_mine',
  agent_reference: 'mine',
  failure: null,
  created_at: '2026-05-07T08:00:00.000Z',
  finalized_at: '2026-05-07T08:00:01.000Z',
};
const LOW = { currency: 'USD', mode: 'live', balance: 12.5, low_balance_threshold: 50, entry_id: null };

it.each([
  ['payout.success', PAYOUT, { respondent_id: null, target: '…099', agent_reference: 'mine' }],
  ['wallet.low_balance', LOW, { balance: null, low_balance_threshold: null, currency: 'USD' }],
])('the event %s in the delivery log shows nothing that another scope owns', async (type, object, shown) => {
  const row = rows.find(({ name }) => name === 'get-delivery') as Row;
  const at = { merchantId: owner.id, mode: 'live' } as const;
  const { endpoint } = await addEndpoint(world, at, { url: 'https://merchant.example/mine' }, OPERATOR);
  const standing = { delivery_id: await aDelivery(endpoint, type, object) };
  const { text } = await createKey(world, { ...at, name: 'narrow', scopes: ['webhooks:read'] });
  const narrow = await visit(row, { authorization: `Api-Key ${text}` }, standing);
  expect(narrow.json.event.data.object).toMatchObject(shown);
  const whole = await visit(row, owner.headers(), standing);
  expect(whole.json.event.data.object).toEqual(object);
  for (const [name] of fieldsOf(whole.json)) seen.add(name);
  await clear();
});

const isOwned = (name: string) => name in OWNED_FIELDS || name in NUMBER_FIELDS;

it('every field of an answer is either owned or named as plain, and every owned field was seen', () => {
  const unnamed = [...seen].filter((name) => !isOwned(name) && !PLAIN_FIELDS.has(name));
  expect(unnamed.sort()).toEqual([]);
  expect(Object.keys({ ...OWNED_FIELDS, ...NUMBER_FIELDS }).filter((name) => !seen.has(name))).toEqual([]);
  expect([...PLAIN_FIELDS].filter(isOwned)).toEqual([]);
});

it('a resend with `webhooks:write` shows no token, nor what its receiver answered, which may repeat it', async () => {
  const row = rows.find(({ name }) => name === 'resend-delivery');
  const text = JSON.stringify(await visitWith(row as Row, ['webhooks:write']));
  expect(text).toContain('"tokens":null');
  expect(text).toContain('"excerpt":null');
  expect(text).not.toContain('1234 5678');
  const whole = JSON.stringify(await visitWith(row as Row, SCOPES));
  expect(whole).toContain('1234 5678');
  expect(whole).toContain('got ');
});

it.each<[string, object, object]>([
  ['a text, also elsewhere', { tokens: '1234-5678', note: 'is 1234-5678.' }, { tokens: null, note: 'is (hidden).' }],
  ['what was answered, in any form', { tokens: 5, excerpt: 'five' }, { tokens: null, excerpt: null }],
  ['a number but for three digits', { msisdn: '+263772279099' }, { msisdn: '…099' }],
  ['the number elsewhere', { msisdn: '+263772279099', url: 'u?+263772279099' }, { msisdn: '…099', url: 'u?(hidden)' }],
  ['all of a number that is too short', { msisdn: '2279' }, { msisdn: null }],
  ['nothing else where there was nothing', { tokens: null, excerpt: 'five' }, { tokens: null, excerpt: 'five' }],
])('a field that is hidden takes away %s', (_what, body, shown) => {
  expect(hideFields(body, new Set(['tokens', 'msisdn']))).toEqual(shown);
});
