import { describe, expect, it } from '@jest/globals';
import { accessOf } from '../../bin/bundle.ts';
import { findReads, readsIn } from '../../bin/reads.ts';
import { functionFiles } from '../../shared/manifest/functions.ts';
import { READS } from '../../shared/manifest/reads.ts';
import type { TableName } from '../../shared/manifest/tables.ts';

/** That `shared/manifest/reads.ts` is what the code says is tested with all pages that are made from the code. */

describe('the reads of a function', () => {
  it('are found beside the command, or where a helper of the store is called', () => {
    const bundle = `
async function queryAll2(world2, name, query) {
  return world2.db.send(new QueryCommand({ TableName: world2.table(name), ...query }));
}
async function one(world2) {
  await world2.db.send(
    new GetCommand({ TableName: world2.table("topups"), Key: { pk: "x" } })
  );
  await world2.db.send(new QueryCommand3({
    TableName: world2.table("orders"),
    IndexName: DOUBT_INDEX2,
  }));
}
var TABLE2 = "deliveries";
var other = (world2) => readItems2(world2, TABLE2, []);
async function entries(world2, wallet) {
  return queryAll2(world2, "ledger", { a: 1 });
}
async function listed(world2, owner) {
  return listNewestFirst(world2, owner, { table: "orders", within: { index: CAMPAIGN_INDEX, partition: "x" } });
}`;
    expect(readsIn(bundle)).toEqual({
      orders: ['BatchGetItem', 'campaign', 'doubt'],
      ledger: ['Query'],
      deliveries: ['BatchGetItem'],
      topups: ['GetItem'],
    });
  });

  it('include what is put off where it is found, and what a posting may be', () => {
    const due = 'async function f(world) {\n  await dueRows(world, { table: "watches", track, at });\n}';
    expect(readsIn(due)).toEqual({ watches: ['due'] });
    expect(readsIn(`${due}\nfunction putOff(world, { table }) {}`)).toEqual({ watches: ['GetItem', 'due'] });
    expect(readsIn('async function readPosted(world) {}').orders).toEqual(['GetItem']);
  });

  it.each([
    [
      'a table that a variable names',
      'async function f(world, t) {\n  new GetCommand({ TableName: t });\n}',
      'not named',
    ],
    [
      'an unknown index',
      'function f(w) {\n  new QueryCommand({ TableName: w.table("orders"), IndexName: X });\n}',
      'an index X',
    ],
    ['an unknown table', 'function f(world) {\n  readItems(world, "x", []);\n}', 'no table x'],
    ['no table for a helper', 'function f(world, q) {\n  dueRows(world, q);\n}', 'tables unknown'],
    ['two', 'function f(world) {\n  dueRows(world, q({ table: "orders" }, { table: "topups" }));\n}', 'tables unknown'],
  ])('are not guessed: %s', (_what, bundle, problem) => {
    expect(() => readsIn(bundle)).toThrow(problem);
  });

  it('are of the tables of its line of the manifest, and every table that it names is read', async () => {
    const found = await findReads();
    for (const name of functionFiles.keys()) {
      const declared = accessOf(name).flatMap(({ tables = {} }) =>
        Object.entries(tables).flatMap(([table, mode]) => (mode === 'append' ? [] : [table as TableName])),
      );
      const all = new Set(declared);
      expect([name, new Set(Object.keys(READS[name] ?? {}))]).toEqual([name, all]);
      for (const table of all) expect([name, READS[name]?.[table]]).toEqual([name, found.get(name)?.[table]]);
    }
  });
});
