import type { Reads } from '../shared/manifest/reads.ts';
import type { TableName } from '../shared/manifest/tables.ts';
import { CAMPAIGN_INDEX, DOUBT_INDEX, DUE_INDEX, LISTED_INDEX, tables } from '../shared/manifest/tables.ts';
import type { Declaration } from './functions-code.ts';
import { constantIn, declarationsIn, declares } from './functions-code.ts';
import { namedWrites } from './named-writes.ts';

/**
 * How each function can read each table, found in its code: esbuild leaves out what a function cannot reach, and what
 * is left names its tables and indexes. The code may do no other read, however rare, so a grant of these refuses
 * nothing; and one that no code is left for is gone with it. What this cannot tell it refuses to guess.
 */

const INDEXES: Readonly<Record<string, string>> = { LISTED_INDEX, DUE_INDEX, DOUBT_INDEX, CAMPAIGN_INDEX };

const ACTIONS: Readonly<Record<string, string>> = {
  Get: 'GetItem',
  BatchGet: 'BatchGetItem',
  Query: 'Query',
  Scan: 'Scan',
};

/** Functions of the store that read a table which their caller names, and how. */
const HELPERS: Readonly<Record<string, readonly string[]>> = {
  readItems: ['BatchGetItem'],
  readMany: ['BatchGetItem'],
  queryAll: ['Query'],
  listNewestFirst: ['BatchGetItem', LISTED_INDEX],
  dueRows: [DUE_INDEX],
  dueRowsOfEachKind: [DUE_INDEX],
  eachDueRow: [DUE_INDEX],
  countInReview: [DUE_INDEX],
  reviewRows: [DUE_INDEX],
};

/** Parts of them, which nothing else calls. */
const PARTS: ReadonlySet<string> = new Set(['readListPage', 'eachRowOf', 'dueQuery']);

/** What is put off was found in its table's due index, so it is read in each table where the function looks for it. */
const PUT_OFF = 'putOff';

/** A posting is looked for by its own item, which only the code that puts such an item can have posted. */
const POSTED = 'readPosted';
const POSTED_TABLES: readonly string[] = ['orders', 'topups', 'batches', 'wallets'];
/** The first entry of a wallet is put with its wallet, whoever's posting it is. */
const BESIDE = ['newWalletPuts'];

/** These read the lists that personal data is erased from. */
const ERASING: Readonly<Record<string, readonly string[]>> = {
  readListed: ['BatchGetItem'],
  listOldest: [LISTED_INDEX],
};
const ERASED_TABLES: readonly TableName[] = ['orders', 'topups', 'batches', 'requests'];

/** An operator who rotates a signing key reads whoever holds secrets of it. */
const HOLDING = 'secretHolders';
const HOLDING_TABLES: readonly TableName[] = ['merchants', 'campaigns'];

/** The reads in a bundle's text. */
export function readsIn(bundle: string): Reads {
  const found = new Map<TableName, Set<string>>();
  const add = (table: string, reads: readonly string[]) => {
    if (!isTable(table)) throw new Error(`there is no table ${table}`);
    found.set(table, new Set([...(found.get(table) ?? []), ...reads]));
  };
  for (const { name, text } of declarationsIn(bundle)) {
    if (name === POSTED) for (const table of postedBy(bundle)) add(table, ['GetItem']);
    else if (name === HOLDING) for (const table of HOLDING_TABLES) add(table, ['Scan']);
    else if (Object.hasOwn(ERASING, name)) for (const table of ERASED_TABLES) add(table, ERASING[name] ?? []);
    else if (!isHelper(name)) for (const [table, reads] of readsOf({ name, text }, bundle)) add(table, reads);
  }
  if (declares(bundle, PUT_OFF)) for (const [table, reads] of found) if (reads.has(DUE_INDEX)) add(table, ['GetItem']);
  const names = Object.keys(tables).filter(isTable);
  return Object.fromEntries(
    names.flatMap((name) => (found.has(name) ? [[name, [...(found.get(name) ?? [])].sort()]] : [])),
  );
}

function postedBy(bundle: string): string[] {
  const put = namedWrites(bundle, BESIDE).flatMap(([table, action]) => (action === 'PutItem' ? [table] : []));
  return POSTED_TABLES.filter((table) => put.includes(table));
}

function isHelper(name: string): boolean {
  return Object.hasOwn(HELPERS, name) || PARTS.has(name) || name === PUT_OFF;
}

/** What one declaration reads: by commands of its own, and by helpers that it calls. */
function readsOf(declaration: Declaration, bundle: string): [string, string[]][] {
  return [...ownReads(declaration), ...helperReads(declaration, bundle)];
}

function ownReads({ name, text }: Declaration): [string, string[]][] {
  const [, ...commands] = text.split(/\bnew (?=(?:Get|BatchGet|Query|Scan)Command\d*\()/);
  return commands.map((command) => {
    const kind = command.slice(0, command.indexOf('Command'));
    const [, table, index] = /\bTableName: \w+\.table\("(\w+)"\),(?:\s*IndexName: (\w+?)\d*\b)?/.exec(command) ?? [];
    if (table === undefined) throw new Error(`${name} reads a table that is not named beside the command`);
    if (index === undefined) return [table, [ACTIONS[kind] ?? fail(`${name} reads by ${kind}`)]];
    return [table, [INDEXES[index] ?? fail(`${name} queries an index ${index}`)]];
  });
}

function helperReads({ name, text }: Declaration, bundle: string): [string, string[]][] {
  const calls = [...text.matchAll(new RegExp(`\\b(${Object.keys(HELPERS).join('|')})\\d*\\(\\s*`, 'g'))];
  return calls.flatMap((call): [string, string[]][] => {
    const after = text.slice(call.index + call[0].length);
    const reads = [...(HELPERS[call[1] ?? ''] ?? [])];
    const direct = /^[\w.#]+,\s*(?:"(\w+)"|([A-Z]\w*))/.exec(after);
    if (direct) return [[direct[1] ?? constantIn(bundle, direct[2] ?? ''), reads]];
    const tablesNamed = [...new Set([...text.matchAll(/\btable: "(\w+)"/g)].map(([, table = '']) => table))];
    const [table] = tablesNamed;
    if (table === undefined || tablesNamed.length > 1) throw new Error(`${name} calls ${call[1]} for tables unknown`);
    const [, within] = /\bwithin: \{ index: (\w+?)\d*,/.exec(text) ?? [];
    const narrower = within === undefined ? undefined : (INDEXES[within] ?? fail(`${name} lists by ${within}`));
    return [[table, narrower === undefined ? reads : reads.map((read) => (read === LISTED_INDEX ? narrower : read))]];
  });
}

function isTable(name: string): name is TableName {
  return Object.hasOwn(tables, name);
}

function fail(problem: string): never {
  throw new Error(problem);
}
