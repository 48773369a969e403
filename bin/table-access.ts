import type { TableAccess } from '../shared/manifest/access.ts';
import type { TableName } from '../shared/manifest/tables.ts';
import { accessOf } from './bundle.ts';
import { functionsCode, operatorCode } from './functions-code.ts';
import { readsIn } from './reads.ts';
import { writesIn } from './writes.ts';

/**
 * `shared/manifest/reads.ts` and `shared/manifest/writes.ts`: of what the code of a function can do in tables, what
 * its line of the manifest lets it; and all that operators' commands do, who have no such line.
 */

/** The name of operators beside those of functions. */
const OPERATOR = 'operator';

const MODES: Readonly<Record<'read' | 'write', readonly TableAccess[]>> = {
  read: ['read', 'write', 'scan'],
  write: ['write', 'append'],
};

type Found = Readonly<Partial<Record<TableName, readonly string[]>>>;

export async function readsModule(note: string): Promise<string> {
  return `${note}
import type { TableName } from './tables.ts';

/** Actions on a table, and the names of its indexes that are queried. */
export type Reads = Readonly<Partial<Record<TableName, readonly string[]>>>;

/** How each function reads each table, by the name of its bundle. It is granted these reads and no others. */
export const READS: Readonly<Record<string, Reads>> = ${await tableOf('read', readsIn)};
`;
}

export async function writesModule(note: string): Promise<string> {
  return `${note}
import type { TableName } from './tables.ts';

/** Actions on a table. */
export type Writes = Readonly<Partial<Record<TableName, readonly string[]>>>;

/** How each function writes each table, by the name of its bundle. It is granted these writes and no others. */
export const WRITES: Readonly<Record<string, Writes>> = ${await tableOf('write', writesIn)};
`;
}

async function tableOf(kind: 'read' | 'write', find: (code: string) => Found): Promise<string> {
  const functions = [...(await functionsCode())].map(([name, code]): [string, Found] => {
    const isDeclared = (mode: TableAccess | undefined) => mode !== undefined && MODES[kind].includes(mode);
    const own = Object.entries(find(code)).filter(([table]) =>
      accessOf(name).some(({ tables }) => isDeclared(tables?.[table as TableName])),
    );
    return [name, Object.fromEntries(own)];
  });
  const all = [...functions, [OPERATOR, find(await operatorCode())] as const].map(([name, found]) => {
    const lines = Object.entries(found).map(
      ([table, how]) => `    ${table}: [${how.map((each) => `'${each}'`).join(', ')}],\n`,
    );
    const key = name.includes('-') ? `'${name}'` : name;
    return lines.length > 0 ? `  ${key}: {\n${lines.join('')}  },\n` : '';
  });
  return `{\n${all.join('')}}`;
}
