import { MONEY } from '../shared/manifest/access.ts';
import type { TableName } from '../shared/manifest/tables.ts';
import { DUE_INDEX, tables } from '../shared/manifest/tables.ts';
import type { Writes } from '../shared/manifest/writes.ts';
import { declares } from './functions-code.ts';
import { namedWrites } from './named-writes.ts';
import { readsIn } from './reads.ts';

/**
 * How code can write each table: what it names, and what others left for it. As with reads, what is not named is not
 * guessed.
 */

/** Whoever has this posts what others left in a wallet's line. */
const LEADING = 'toPosting';

/** What is put off was found in its table's due index. */
const PUT_OFF = 'putOff';

/** The writes in a bundle's text. */
export function writesIn(code: string): Writes {
  const found = new Map<TableName, Set<string>>();
  const add = (table: string, action: string) => {
    if (!isTable(table)) throw new Error(`there is no table ${table}`);
    found.set(table, new Set([...(found.get(table) ?? []), action]));
  };
  for (const [table, action] of namedWrites(code)) add(table, action);
  if (declares(code, LEADING)) for (const table of Object.keys(MONEY)) add(table, 'PutItem');
  if (declares(code, PUT_OFF)) {
    for (const [table, how] of Object.entries(readsIn(code))) if (how.includes(DUE_INDEX)) add(table, 'PutItem');
  }
  const names = Object.keys(tables).filter(isTable);
  return Object.fromEntries(
    names.flatMap((name) => (found.has(name) ? [[name, [...(found.get(name) ?? [])].sort()]] : [])),
  );
}

function isTable(name: string): name is TableName {
  return Object.hasOwn(tables, name);
}
