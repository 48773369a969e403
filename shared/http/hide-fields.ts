import { maskedNumber } from '../domain/erasure.ts';
import type { Scope } from '../domain/key.ts';
import { ECHOES, NUMBER_FIELDS, OWNED_FIELDS } from '../manifest/owned-fields.ts';
import type { Route } from '../manifest/route.ts';
import { scopesOf } from '../manifest/route.ts';

/** The names of the fields that a key with these scopes is not shown by this route. */
export function hiddenFields(route: Pick<Route, 'scope'>, held: readonly Scope[]): ReadonlySet<string> {
  const needed = scopesOf(route);
  const isShown = ({ scopes, needs = [] }: (typeof OWNED_FIELDS)[string]) =>
    scopes.some((scope) => held.includes(scope)) || needs.some((scope) => needed.includes(scope));
  const owned = Object.entries({ ...OWNED_FIELDS, ...NUMBER_FIELDS });
  return new Set(owned.filter(([, ownership]) => !isShown(ownership)).map(([name]) => name));
}

/**
 * A body in which these fields are `null`, and numbers their last three digits. Their texts are nowhere else either,
 * and where one of them was not `null` before, what a receiver answered is: it may repeat any of them in a form of its
 * own, or in part.
 */
export function hideFields(body: unknown, hidden: ReadonlySet<string>): unknown {
  if (hidden.size === 0) return body;
  const values: unknown[] = [];
  const without = withNulls(body, hidden, values);
  return values.length === 0 ? without : withoutTexts(without, values.flatMap(textsIn));
}

/** `values` receives those that are hidden. */
function withNulls(value: unknown, hidden: ReadonlySet<string>, values: unknown[]): unknown {
  return mapped(value, (name, field) => {
    if (!hidden.has(name)) return withNulls(field, hidden, values);
    if (field !== null && field !== undefined) values.push(field);
    return NUMBER_FIELDS[name] && typeof field === 'string' ? hiddenNumber(field) : null;
  });
}

/** Of a short one, three digits would be most. */
const MASKED_LENGTH_MIN = 7;

function hiddenNumber(number: string): string | null {
  return number.length < MASKED_LENGTH_MIN ? null : maskedNumber(number);
}

/** Shorter texts may be part of something else by chance. */
const TEXT_LENGTH_MIN = 8;

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.length >= TEXT_LENGTH_MIN ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function withoutTexts(value: unknown, texts: readonly string[]): unknown {
  if (typeof value === 'string') return texts.reduce((text, hidden) => text.replaceAll(hidden, '(hidden)'), value);
  return mapped(value, (name, field) => (ECHOES.has(name) ? null : withoutTexts(field, texts)));
}

/** An array or an object with each value mapped by its name; elements of an array have none. */
function mapped(value: unknown, map: (name: string, field: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => map('', each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, map(name, field)]));
}
