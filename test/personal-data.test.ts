import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { STAGE_DEFAULTS } from '../lib/stage.ts';
import { LOGGED_FIELDS } from '../shared/manifest/logged-fields.ts';
import { ITEM_KINDS, OTHER_PLACES, PERSONAL_IN_LOGS } from '../shared/manifest/personal-data.ts';
import { tables } from '../shared/manifest/tables.ts';
import type { StoredField } from './support/stored-fields.ts';
import { storedFields } from './support/stored-fields.ts';
import { stopEngine, testWorld } from './support/world.ts';

/** The map of personal data is whole: whatever is stored or logged is in it. */

let stored: StoredField[];
beforeAll(async () => {
  stored = await storedFields(await testWorld({ publicUrl: 'https://api.example' }));
});
afterAll(stopEngine);

const covers = (name: string, field: string) =>
  name === field || (name.endsWith('*') && field.startsWith(name.slice(0, -1)));

const kindOf = ({ table, key }: StoredField) => ITEM_KINDS.find((kind) => kind.table === table && kind.keys.test(key));

it('has every kind of item', () => {
  expect(stored.filter((each) => !kindOf(each)).map(({ table, key }) => `${table} ${key}`)).toEqual([]);
  expect(new Set(stored.map(({ table }) => table))).toEqual(new Set(Object.keys(tables)));
  const seen = new Set(stored.map(kindOf));
  expect(ITEM_KINDS.filter((kind) => !seen.has(kind)).map(({ table, kind }) => `${table} ${kind}`)).toEqual([
    'lines lead',
  ]);
});

it('has every attribute that is stored', () => {
  const missing = stored.filter((each) => {
    const { personal = {}, plain = [] } = kindOf(each) ?? {};
    return ![...Object.keys(personal), ...plain].some((name) => covers(name, each.field));
  });
  expect([...new Set(missing.map((each) => `${each.table} ${kindOf(each)?.kind}: ${each.field}`))]).toEqual([]);
});

it('has every personal attribute of an item that the world of this test stores', () => {
  const unseen = ITEM_KINDS.flatMap((kind) => {
    const fields = stored.filter((each) => kindOf(each) === kind).map(({ field }) => field);
    if (fields.length === 0) return [];
    return Object.keys(kind.personal)
      .filter((name) => !fields.some((field) => covers(name, field)))
      .map((name) => `${kind.table} ${kind.kind}: ${name}`);
  });
  expect(unseen).toEqual([]);
});

it('says of no field that it is both', () => {
  for (const { personal, plain } of ITEM_KINDS) {
    expect(Object.keys(personal).filter((name) => plain.includes(name) && name !== 'pk')).toEqual([]);
  }
  for (const name of Object.keys(PERSONAL_IN_LOGS)) expect(LOGGED_FIELDS).toContain(name);
});

it('states the terms that the stages have', () => {
  const page = readFileSync('docs/privacy.md', 'utf8');
  for (const { name, retentionDays, auditDays } of Object.values(STAGE_DEFAULTS)) {
    expect(page).toContain(`| ${name} | ${retentionDays} days | ${auditDays} days |`);
  }
  expect(OTHER_PLACES.length).toBeGreaterThan(0);
});
