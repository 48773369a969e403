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
 * The refusals of each route, as tests saw them, go to a file if one is named. A documented code that no test produced
 * is found in it.
 */
const seenFile = process.env.ANSWERS_SEEN;
const noted = new Set<string>();

function note(route: string, { status, body }: PlainResponse): void {
  if (seenFile === undefined || status < 400) return;
  const line = `${route} ${JSON.parse(body).code}\n`;
  if (noted.has(line)) return;
  noted.add(line);
  appendFileSync(seenFile, line);
}
