import { expect, it } from '@jest/globals';
import type { Scope } from '../shared/domain/key.ts';
import { SCOPES } from '../shared/domain/key.ts';
import { hideFields } from '../shared/http/hide-fields.ts';
import { OWNED_FIELDS } from '../shared/manifest/owned-fields.ts';
import { scopesOf } from '../shared/manifest/route.ts';
import { createKey } from './support/create-key.ts';
import type { Row } from './support/every-route.ts';
import { clear, everyRoute, freshFor, modeOf, owner, rows, visit, world } from './support/every-route.ts';
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

const seen = new Set<string>();

it.each(rows)('$name shows to a key with its scopes alone nothing that another scope owns', async (row) => {
  const own = scopesOf(row);
  // A key that can spend does not unfreeze.
  const all = row.name === 'unfreeze-account' ? SCOPES.filter((scope) => scope !== 'orders:write') : SCOPES;
  const full = fieldsOf(await visitWith(row, all));
  const narrow = await visitWith(row, own);
  for (const [name, value] of full) if (value !== null) seen.add(name);
  const shown = fieldsOf(narrow).filter(([, value]) => value !== null);
  const foreign = shown.filter(([name]) => {
    const owned = OWNED_FIELDS[name];
    return owned && ![...owned.scopes, ...(owned.needs ?? [])].some((scope) => own.includes(scope));
  });
  expect(foreign).toEqual([]);
  const isOfOrders = own.some((scope) => /^(orders|products):/.test(scope));
  if (!isOfOrders) expect(JSON.stringify(narrow)).not.toContain('1234 5678 9012 3456 7890');
});

it('every field of an answer is either owned or named as plain, and every owned field was seen', () => {
  const unnamed = [...seen].filter((name) => OWNED_FIELDS[name] === undefined && !PLAIN_FIELDS.has(name));
  expect(unnamed.sort()).toEqual([]);
  expect(Object.keys(OWNED_FIELDS).filter((name) => !seen.has(name))).toEqual([]);
  expect([...PLAIN_FIELDS].filter((name) => OWNED_FIELDS[name] !== undefined)).toEqual([]);
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
  ['nothing else where there was nothing', { tokens: null, excerpt: 'five' }, { tokens: null, excerpt: 'five' }],
])('a field that is hidden takes away %s', (_what, body, shown) => {
  expect(hideFields(body, new Set(['tokens']))).toEqual(shown);
});
