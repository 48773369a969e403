import type { Scope } from '../domain/key.ts';
import { OWNED_FIELDS } from '../manifest/owned-fields.ts';
import type { Route } from '../manifest/route.ts';
import { scopesOf } from '../manifest/route.ts';

/** The names of the fields that a key with these scopes is not shown by this route. */
export function hiddenFields(route: Pick<Route, 'scope'>, held: readonly Scope[]): ReadonlySet<string> {
  const needed = scopesOf(route);
  const isShown = ({ scopes, needs = [] }: (typeof OWNED_FIELDS)[string]) =>
    scopes.some((scope) => held.includes(scope)) || needs.some((scope) => needed.includes(scope));
  return new Set(Object.keys(OWNED_FIELDS).filter((name) => !isShown(OWNED_FIELDS[name] ?? { scopes: [] })));
}

/** A body in which these fields are `null`. Their texts are nowhere else either, as in what a receiver echoed. */
export function hideFields(body: unknown, hidden: ReadonlySet<string>): unknown {
  if (hidden.size === 0) return body;
  const texts = new Set<string>();
  const without = withNulls(body, hidden, texts);
  return texts.size === 0 ? without : withoutTexts(without, [...texts]);
}

function withNulls(value: unknown, hidden: ReadonlySet<string>, texts: Set<string>): unknown {
  return mapped(value, (name, field) => {
    if (!hidden.has(name)) return withNulls(field, hidden, texts);
    collectTexts(field, texts);
    return null;
  });
}

/** Shorter texts may be part of something else by chance. */
const TEXT_LENGTH_MIN = 8;

function collectTexts(value: unknown, texts: Set<string>): void {
  if (typeof value === 'string' && value.length >= TEXT_LENGTH_MIN) texts.add(value);
  else if (typeof value === 'object' && value !== null)
    for (const each of Object.values(value)) collectTexts(each, texts);
}

function withoutTexts(value: unknown, texts: readonly string[]): unknown {
  if (typeof value === 'string') return texts.reduce((text, hidden) => text.replaceAll(hidden, '(hidden)'), value);
  return mapped(value, (_name, field) => withoutTexts(field, texts));
}

/** An array or an object with each value mapped by its name; elements of an array have none. */
function mapped(value: unknown, map: (name: string, field: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => map('', each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, map(name, field)]));
}
