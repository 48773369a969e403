import type * as z from 'zod/mini';
import type { RefusalCode } from '../../manifest/refusals.ts';
import { REFUSALS } from '../../manifest/refusals.ts';
import type { PlainResponse } from '../route.ts';
import { pesawayRefusal } from './answers/pesaway.ts';
import { refusal } from './answers/shared-parts.ts';
import { CONTRACTS, isPesaway, refusalsOf } from './contract.ts';
import type { AnswerForm } from './schema.ts';

/** Whether an answer keeps the contract of its route. Where it does not: the operation, the status, and the field. */

/** Shown of one answer: the first says where to look. */
const SHOWN_MAX = 5;

/** The status of a code of ours, or of PesaWay's. */
export function statusOf(code: string): number {
  return code in REFUSALS ? REFUSALS[code as RefusalCode].status : Number(code.slice(0, 3));
}

export function violationsIn(route: string, { status, headers, body }: PlainResponse): string[] {
  const contract = CONTRACTS.get(route);
  if (!contract) return [];
  const type = headers['content-type'] ?? '';
  const says = (what: string) => `${route} ${status}: ${what}`;
  if (status >= 400) return refusalProblems(route, status, { type, body }).map(says);
  const form = contract.answers[status];
  if (!form) return [says('the status is not documented')];
  return answerProblems(form, type, body).map(says);
}

function answerProblems({ body: schema, csv }: AnswerForm, type: string, body: string): string[] {
  if (type.startsWith('text/csv')) return csv ? [] : ['a CSV is not documented'];
  if (type !== 'application/json' || !schema) return [`${type} is not documented`];
  return problemsIn(schema, body);
}

function refusalProblems(route: string, status: number, { type, body }: { type: string; body: string }): string[] {
  const ofPesaway = isPesaway(route);
  const expected = ofPesaway ? 'application/json' : 'application/problem+json';
  if (type !== expected) return [`${type} is not documented`];
  const problems = problemsIn(ofPesaway ? pesawayRefusal : refusal, body);
  if (problems.length > 0) return problems;
  const { code } = JSON.parse(body);
  if (statusOf(code) !== status) return [`${code} has another status`];
  return refusalsOf(route).includes(code) ? [] : [`the code ${code} is not documented`];
}

function problemsIn(schema: z.ZodMiniType, body: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return ['the body is not JSON'];
  }
  const result = schema.safeParse(value);
  return result.success ? [] : result.error.issues.flatMap((issue) => linesOf(issue)).slice(0, SHOWN_MAX);
}

/** An issue by the path of its field. Of several forms, the one that fits best is meant. */
function linesOf(issue: z.core.$ZodIssue, above: readonly PropertyKey[] = []): string[] {
  const path = [...above, ...issue.path];
  const at = path.map(String).join('.') || 'the body';
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${[...path, key].join('.')}: not documented`);
  if (issue.code !== 'invalid_union') return [`${at}: ${whatOf(issue)}`];
  const forms = issue.errors.map((issues) => issues.flatMap((each) => linesOf(each, path)));
  return forms.toSorted((one, other) => one.length - other.length)[0] ?? [`${at}: ${whatOf(issue)}`];
}

/** Not the message of zod, which depends on the language that the process has loaded. */
function whatOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_type' ? `expected ${issue.expected}` : issue.code;
}
