import * as z from 'zod/mini';
import type { FieldProblem } from './input-problem.ts';

/** What is wrong with the fields of an input, each with what to do about it, from what its schema found. */

/** Problems that one answer lists. */
const LISTED_MAX = 20;
/** Characters of an unknown name that an answer repeats. */
const NAME_CHARACTERS_MAX = 60;

/** Without the fields that are `null`, where their schema has no meaning for it and lets them be left out. */
export function withoutNulls(schema: z.ZodMiniType, input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const fields = fieldsOf(schema);
  const isLeftOut = (name: string, value: unknown) => {
    const field = value === null && Object.hasOwn(fields, name) ? fields[name] : undefined;
    return field !== undefined && z.safeParse(field, undefined).success && !z.safeParse(field, null).success;
  };
  return Object.fromEntries(Object.entries(input).filter(([name, value]) => !isLeftOut(name, value)));
}

/** Every problem, in the order of the schema's fields; none if the input as a whole is of another type. */
export function problemsIn(
  schema: z.ZodMiniType,
  input: unknown,
  issues: readonly z.core.$ZodIssue[],
): readonly FieldProblem[] {
  const names = Object.keys(fieldsOf(schema));
  const given = typeof input === 'object' && input !== null ? Object.keys(input) : [];
  const free = names.filter((name) => !given.includes(name));
  const problems = issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((name) => unknownField(issue.path, name, free));
    return issue.path.length === 0 ? [] : [problemOf(issue, input)];
  });
  return problems.slice(0, LISTED_MAX);
}

function fieldsOf(schema: z.ZodMiniType): Readonly<Record<string, z.core.$ZodType>> {
  return schema instanceof z.ZodMiniObject ? schema.shape : {};
}

function problemOf(issue: z.core.$ZodIssue, input: unknown): FieldProblem {
  const param = issue.path.join('.');
  if (valueAt(input, issue.path) === undefined) return { param, detail: `${param} is missing.`, fix: `Add ${param}.` };
  // A field that is never right has one advice, and not another in each text.
  const isNever = issue.code === 'invalid_type' && issue.expected === 'never';
  return { param, detail: `${param} ${issue.message}`, fix: isNever ? `Leave ${param} out.` : `Correct ${param}.` };
}

function unknownField(path: readonly PropertyKey[], name: string, free: readonly string[]): FieldProblem {
  const short = name.length > NAME_CHARACTERS_MAX ? `${name.slice(0, NAME_CHARACTERS_MAX).toWellFormed()}…` : name;
  const param = [...path, short].join('.');
  const meant = path.length === 0 ? nearest(name, free) : undefined;
  if (meant === undefined) {
    return { param, detail: `${param} is not a known field; check its spelling.`, fix: `Leave ${param} out.` };
  }
  return { param, detail: `${param} is not a known field; did you mean ${meant}?`, fix: `Send ${meant} instead.` };
}

/** What other APIs call our fields, without their style. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  target: ['msisdn', 'phone', 'phonenumber', 'mobile', 'mobilenumber', 'number', 'recipient', 'meter', 'meternumber'],
  custom_sms: ['custommessage', 'custommsg', 'message', 'sms', 'smstext'],
};
/** A shorter beginning of a field says nothing. */
const BEGINNING_MIN = 5;

/** The field that a name most likely means: in another style, of another API, a part of it, or up to two slips away. */
function nearest(name: string, fields: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const wanted = plain(name.slice(0, NAME_CHARACTERS_MAX));
  const same = fields.find((field) => plain(field) === wanted);
  if (same !== undefined) return same;
  const other = fields.find((field) => OTHER_NAMES[field]?.includes(wanted));
  if (other !== undefined) return other;
  const slips = fields.map((field) => ({ field, count: distance(wanted, plain(field)) }));
  const closest = slips.toSorted((one, other) => one.count - other.count)[0];
  if (closest && closest.count <= 2 && closest.count * 3 <= closest.field.length) return closest.field;
  const begun = wanted.length < BEGINNING_MIN ? undefined : fields.find((field) => plain(field).startsWith(wanted));
  if (begun !== undefined) return begun;
  return wanted.length < 3 ? undefined : fields.find((field) => field.split('_').includes(name.toLowerCase()));
}

/** How many characters to add, drop or change to get from one word to the other; two that are swapped count as one. */
function distance(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const at = (up: number, left: number) => rows[i - up]?.[j - left] ?? 0;
      const change = one[i - 1] === other[j - 1] ? 0 : 1;
      const isSwap = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const swapped = isSwap ? at(2, 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(at(1, 0) + 1, (row[j - 1] ?? 0) + 1, at(1, 1) + change, swapped));
    }
    rows.push(row);
  }
  return rows.at(-1)?.at(-1) ?? 0;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Record<PropertyKey, unknown> | undefined)?.[name], input);
}
