import { appendFileSync } from 'node:fs';
import { violationsIn } from '../../shared/http/openapi/violations.ts';
import type { PlainResponse } from '../../shared/http/route.ts';

/** An answer of a route; fails the test at hand if it is not as the OpenAPI document says. */
export function keptContract(route: string, response: PlainResponse): PlainResponse {
  const violations = violationsIn(route, response);
  if (violations.length > 0) throw new Error(`An answer violates the contract:\n${violations.join('\n')}`);
  note(route, response);
  return response;
}

/**
 * The codes that tests were answered go to a file if one is named, a line for each. The gate then finds every code that
 * is documented and that no test produced: `test/support/unproduced.ts`.
 */
const seenFile = process.env.ANSWERS_SEEN;
const noted = new Set<string>();

function note(route: string, response: PlainResponse): void {
  if (seenFile === undefined) return;
  const fresh = codesIn(route, response).filter((code) => !noted.has(code));
  for (const code of fresh) noted.add(code);
  if (fresh.length > 0) appendFileSync(seenFile, fresh.map((code) => `${code}\n`).join(''));
}

/** A refusal of this operation; else why what is answered failed, what is wrong with its rows, and PesaWay's results. */
function codesIn(route: string, { status, body }: PlainResponse): string[] {
  const rows = [...body.matchAll(/"column":"\w+","code":"(\w+)"/g)].map(([, code]) => `row ${code}`);
  if (status >= 400) return [`${route} ${JSON.parse(body).code}`, ...rows];
  const what = /topup/.test(route) ? 'topup' : 'order';
  const failures = [...body.matchAll(/"failure":\{"code":"(\w+)"/g)].map(([, code]) => `${what} ${code}`);
  const results = [...body.matchAll(/"ResultCode":(\d+)/g)].map(([, code]) => `result ${code}`);
  return [...rows, ...failures, ...results];
}
