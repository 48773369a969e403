import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';

/**
 * The names of all fields that our answers and events have, by the source that makes them, read from its text. A new
 * name is a promise to every merchant, and a lost one breaks theirs: both must be seen.
 * `node test/http/answer-fields.ts` writes the list.
 */

export const LIST = 'test/http/answer-fields.json';

const VIEWS = [
  'shared/http/views/*.ts',
  'shared/http/refusal.ts',
  'shared/domain/result.ts',
  'shared/flows/webhooks/publish-events.ts',
];
/** Here only what stands in a body that is answered, or in the object of an event, and names that only JSON has. */
const HANDLERS = ['functions/**/*.ts'];

export function answerFields(): string[] {
  const views = globSync(VIEWS).map((path) => ({ path, names: namesIn(read(path)) }));
  const handlers = globSync(HANDLERS).map((path) => ({ path, names: namesOfHandler(read(path)) }));
  return [...views, ...handlers].flatMap(({ path, names }) => names.map((name) => `${path} ${name}`)).sort();
}

export function listedFields(): string[] {
  return JSON.parse(readFileSync(LIST, 'utf8'));
}

/** Without types, what stands before a colon is the name of a field. */
function read(path: string): string {
  return stripTypeScriptTypes(readFileSync(path, 'utf8')).replace(/\/\*[\s\S]*?\*\//g, '');
}

export function namesIn(source: string): string[] {
  const named = source.matchAll(/(?<![\w.'"`$])([a-z][a-z0-9_]*):(?!:)/g);
  const short = source.matchAll(/(?<=[{,]\s*)([a-z][a-z0-9_]*)(?=\s*[,}])/g);
  return [...new Set([...named, ...short].map((match) => match[1] ?? ''))].sort();
}

export function namesOfHandler(source: string): string[] {
  const inJson = namesIn(source).filter((name) => name.includes('_'));
  return [...new Set([...inJson, ...namesIn(bodiesIn(source))])].sort();
}

/** Each object that follows `body:` or `object =`, up to its closing brace. */
function bodiesIn(source: string): string {
  const starts = [...source.matchAll(/(?:\bbody: |\bobject = )(?=\{)/g)].map(
    ({ index, 0: text }) => index + text.length,
  );
  return starts.map((start) => source.slice(start, endOf(source, start))).join('\n');
}

function endOf(source: string, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length; at += 1) {
    if (source[at] === '{') depth += 1;
    if (source[at] === '}') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return source.length;
}

if (import.meta.main) writeFileSync(LIST, `${JSON.stringify(answerFields(), null, 2)}\n`);
