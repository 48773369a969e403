import { createTable } from '../../shared/local/engine.ts';
import type { TableName } from '../../shared/manifest/tables.ts';
import type { Db } from '../../shared/world.ts';

interface Input {
  readonly TableName?: string;
  readonly RequestItems?: object;
  readonly TransactItems?: readonly Record<string, { readonly TableName?: string }>[];
}

/**
 * A database whose tables are created when a command first names them: most tests use few of them, and creating them all
 * takes longer than many a test.
 */
export function withTablesWhenUsed(db: Db, prefix: string): Db {
  const created = new Map<string, Promise<void>>();
  const ready = new Set<string>();
  const create = async (table: string): Promise<void> => {
    const creation = created.get(table) ?? createTable(db, table.slice(prefix.length) as TableName, prefix);
    created.set(table, creation);
    await creation;
    ready.add(table);
  };
  const send = async (command: { input: Input }) => {
    const missing = tablesIn(command.input).filter((table) => !ready.has(table));
    if (missing.length > 0) await Promise.all(missing.map(create));
    return (db.send as (command: unknown) => Promise<unknown>)(command);
  };
  return { send } as unknown as Db;
}

function tablesIn({ TableName, RequestItems = {}, TransactItems = [] }: Input): string[] {
  if (TableName !== undefined) return [TableName];
  const inActions = TransactItems.flatMap((each) => Object.values(each)).map((action) => action.TableName ?? '');
  return [...Object.keys(RequestItems), ...inActions];
}
