import { describe, expect, it } from '@jest/globals';
import { accessOf } from '../../bin/bundle.ts';
import { functionsCode } from '../../bin/functions-code.ts';
import { readsIn } from '../../bin/reads.ts';
import { writesIn } from '../../bin/writes.ts';
import type { TableAccess } from '../../shared/manifest/access.ts';
import { MONEY } from '../../shared/manifest/access.ts';
import { READS } from '../../shared/manifest/reads.ts';
import type { TableName } from '../../shared/manifest/tables.ts';
import { WRITES } from '../../shared/manifest/writes.ts';

/** That what the manifest has of it is as the code says is tested with all pages that are made from the code. */

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
    const posting =
      'async function readPosted(world) {}\nfunction orderPut() {\n  return { table: "orders", item };\n}';
    expect(readsIn(posting)).toEqual({ orders: ['GetItem'] });
    expect(readsIn('async function readPosted(world) {}')).toEqual({});
    const first = 'function newWalletPuts() {\n  return [{ table: "wallets", item }];\n}';
    expect(readsIn(`${posting}\n${first}`)).toEqual({ orders: ['GetItem'] });
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
});

describe('the writes of a function', () => {
  it('are found in what names a table and how it is changed, or beside the command', () => {
    const code = `
var TABLE2 = "deliveries";
var PUT = { table: "string", item: "object", condition: "string" };
async function one(world2) {
  await write(world2, [{ table: "orders", item: { pk: "x", key: { a: 1 } }, condition: \`\${counter} = :before\` }]);
  await writeUpdate2(world2, { ...change, table: "limits", key });
}
var next = (item) => nextPut2({ table: TABLE2, item, counter: "version" });
var count = { table: "limits", key: keyOf2(counted), update: "ADD used :one" };
var check = { table: "merchants", key: { pk, sk: "key" }, condition: "attribute_exists(pk)" };
var listed = (world2) => listNewestFirst(world2, owner, { ...page, table: "topups", read: toTopup });
async function plain(world2) {
  await world2.db.send(new PutCommand3({ TableName: world2.table("lines"), Item: {} }));
  const table = world2.table("lines");
  await world2.db.send(new BatchWriteCommand({ RequestItems: { [table]: [] } }));
}`;
    expect(writesIn(code)).toEqual({
      orders: ['PutItem'],
      lines: ['BatchWriteItem', 'PutItem'],
      merchants: ['ConditionCheckItem'],
      deliveries: ['PutItem'],
      limits: ['UpdateItem'],
    });
  });

  it('include what a leader posts for others, and what is put off where it is found', () => {
    expect(writesIn('function toPosting(wallet, text) {}')).toEqual(
      Object.fromEntries(Object.keys(MONEY).map((table) => [table, ['PutItem']])),
    );
    const due = 'async function f(world) {\n  await dueRows(world, { table: "watches", track, at });\n}';
    expect(writesIn(due)).toEqual({});
    expect(writesIn(`${due}\nfunction putOff(world, { table }) {}`)).toEqual({ watches: ['PutItem'] });
  });

  it.each([
    [
      'a command of a table that a variable names',
      'function f(t) {\n  new PutCommand({ TableName: t });\n}',
      'not named',
    ],
    [
      'an object that says nothing else',
      'function f(w) {\n  g(w, { table: "orders" });\n}',
      'neither read nor written',
    ],
    ['a table in no object', 'var table: "orders";', 'no object'],
    ['an unknown table', 'var put = { table: "x", item };', 'no table x'],
  ])('are not guessed: %s', (_what, code, problem) => {
    expect(() => writesIn(code)).toThrow(problem);
  });
});

it('all that its line of the manifest declares is in the code of a function, and it is granted what the code does', async () => {
  const modes = (name: string, ...wanted: TableAccess[]) =>
    accessOf(name).flatMap(({ tables = {} }) =>
      Object.entries(tables).flatMap(([table, mode]) => (wanted.includes(mode) ? [table as TableName] : [])),
    );
  for (const [name, code] of await functionsCode()) {
    const of = (tables: TableName[], found: Partial<Record<TableName, unknown>>) =>
      Object.fromEntries(tables.map((table) => [table, found[table] ?? 'nothing']));
    const granted = { reads: READS[name] ?? {}, writes: WRITES[name] ?? {} };
    const found = readsIn(code);
    // Whoever writes need not read.
    const alsoRead = modes(name, 'write').filter((table) => found[table]);
    const reads = of([...modes(name, 'read', 'scan'), ...alsoRead], found);
    const writes = of(modes(name, 'write', 'append'), writesIn(code));
    expect([name, granted]).toEqual([name, { reads, writes }]);
  }
});
