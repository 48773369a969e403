import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Every regular expression that is written in our sources, found by reading them: a new one is in the list at once. */

export interface Written {
  /** Where it is: `path:line`. */
  readonly at: string;
  readonly regex: RegExp;
}

/** What runs on input: the code of functions, and the servers of `npm start`, but not the fakes of upstreams. */
export function sourcesWithInput(): { path: string; text: string }[] {
  const paths = execFileSync('git', ['ls-files', 'shared', 'functions'], { encoding: 'utf8' }).trim().split('\n');
  return paths
    .filter((path) => path.endsWith('.ts') && !path.startsWith('shared/local/upstreams/'))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

/** The literals of a source. */
export function literalsIn({ path, text }: { path: string; text: string }): Written[] {
  const found: Written[] = [];
  walk(text, 0, (from, to) => {
    const [, body = '', flags = ''] = /^\/(.*)\/([a-z]*)$/s.exec(text.slice(from, to)) ?? [];
    found.push({ at: `${path}:${text.slice(0, from).split('\n').length}`, regex: new RegExp(body, flags) });
  });
  return found;
}

/** After these a slash begins a regular expression; after anything else it divides. */
const BEFORE_LITERAL = /(?:[(,=:[!&|?{};+\n]|=>|\b(?:return|case|typeof|of|in))\s*$/;

/** Reads code up to its end, or to the brace that closes a template's expression; returns where it stopped. */
function walk(text: string, from: number, onLiteral: (from: number, to: number) => void): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const two = text.slice(at, at + 2);
    const one = text[at];
    if (two === '//') at = endOf(text, '\n', at) - 1;
    else if (two === '/*') at = text.indexOf('*/', at) + 1;
    else if (one === "'" || one === '"') at = closing(text, at, one);
    else if (one === '`') at = afterTemplate(text, at, onLiteral);
    else if (one === '/' && BEFORE_LITERAL.test(text.slice(Math.max(0, at - 20), at))) {
      const to = afterLiteral(text, at);
      onLiteral(at, to);
      at = to - 1;
    } else if (one === '{') depth += 1;
    else if (one === '}' && depth-- === 0) return at;
  }
  return text.length;
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at;
}

/** Where a string that begins here has its closing quote. */
function closing(text: string, from: number, quote: string): number {
  let at = from + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === '\\' ? 2 : 1;
  return at;
}

function afterTemplate(text: string, from: number, onLiteral: (from: number, to: number) => void): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '`') {
    if (text[at] === '\\') at += 2;
    else if (text.startsWith('${', at)) at = walk(text, at + 2, onLiteral) + 1;
    else at += 1;
  }
  return at;
}

/** Behind the flags of a literal. A slash inside a class does not end it. */
function afterLiteral(text: string, from: number): number {
  let isClass = false;
  let at = from + 1;
  while (text[at] !== '/' || isClass) {
    if (text[at] === '[') isClass = true;
    if (text[at] === ']') isClass = false;
    at += text[at] === '\\' ? 2 : 1;
  }
  do at += 1;
  while (/[a-z]/.test(text[at] ?? ''));
  return at;
}
