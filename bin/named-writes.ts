import type { Declaration } from './functions-code.ts';
import { constantIn, declarationsIn } from './functions-code.ts';

/**
 * The writes that code names: the store names a table in the object that is to be written, which also says how; or
 * beside a command.
 */

/** They write what they are given. */
const WRITERS: ReadonlySet<string> = new Set(['write', 'writeUpdate']);

/** A note of when a key was used is granted for that attribute alone, to whoever reads keys. */
const KEY_USE = 'noteOfUse';

/** Fields of what is read, or of a description of a table. */
const READING = ['track', 'read', 'partition', 'filter'];

/** Tables and actions; all, or without those of some functions. */
export function namedWrites(code: string, without: readonly string[] = []): [string, string][] {
  const isLeftOut = (name: string) => WRITERS.has(name) || name === KEY_USE || without.includes(name);
  const writing = declarationsIn(code).filter(({ name }) => !isLeftOut(name));
  return writing.flatMap((each) => [...ofCommands(each), ...ofObjects(each, code)]);
}

/** Of a put or an update the table is named in it; of a batch, before it in the same function. */
function ofCommands({ name, text }: Declaration): [string, string][] {
  const [, ...commands] = text.split(/\bnew (?=(?:Put|Update|Delete|BatchWrite)Command\d*\()/);
  return commands.map((command) => {
    const kind = command.slice(0, command.indexOf('Command'));
    const beside = /^\w+\(\{\s*TableName: \w+\.table\("(\w+)"\)/.exec(command)?.[1];
    const named = new Set([...text.matchAll(/\.table\("(\w+)"\)/g)].map(([, table]) => table));
    const table = kind === 'BatchWrite' && named.size === 1 ? [...named][0] : beside;
    if (table === undefined) throw new Error(`${name} writes a table that is not named beside the command`);
    return [table, `${kind}Item`];
  });
}

function ofObjects({ name, text }: Declaration, code: string): [string, string][] {
  const all = [...text.matchAll(/\btable: (?:"(\w+)"|([A-Z]\w*))/g)];
  return all.flatMap(({ index, 1: literal, 2: constant = '' }): [string, string][] => {
    // The shape of what is stored names the type of the field.
    if (literal === 'string') return [];
    const start = startOf(text, index);
    const fields = fieldsOf(text.slice(start));
    if (READING.some((field) => fields.has(field))) return [];
    const table = literal ?? constantIn(code, constant);
    if (fields.has('item')) return [[table, 'PutItem']];
    if (fields.has('update') || /\bwriteUpdate\d*\(\w+, $/.test(text.slice(0, start))) return [[table, 'UpdateItem']];
    if (fields.has('key') && fields.has('condition')) return [[table, 'ConditionCheckItem']];
    throw new Error(`${name} names the table ${table} in what is neither read nor written`);
  });
}

/** Where the innermost braces open that a place is in. */
function startOf(text: string, place: number): number {
  let depth = 0;
  for (let at = place; at >= 0; at -= 1) {
    if (text[at] === '}') depth += 1;
    if (text[at] === '{') depth -= 1;
    if (depth < 0) return at;
  }
  throw new Error('a table is named in no object');
}

/** The names of the fields of the object that a text begins with, without those of objects in it. */
function fieldsOf(text: string): ReadonlySet<string> {
  let depth = 0;
  let own = '';
  for (const letter of text) {
    if ('}])'.includes(letter)) depth -= 1;
    if (depth === 0 && own !== '') break;
    if (depth === 1) own += letter;
    if ('{[('.includes(letter)) depth += 1;
  }
  return new Set([...own.matchAll(/(?:^|,)\s*(\w+)(?=\s*(?::|,|$|\())/g)].map(([, field = '']) => field));
}
