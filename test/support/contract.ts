import { violationsIn } from '../../shared/http/openapi/violations.ts';
import type { PlainResponse } from '../../shared/http/route.ts';

/** An answer of a route; fails the test at hand if it is not as the OpenAPI document says. */
export function keptContract(route: string, response: PlainResponse): PlainResponse {
  const violations = violationsIn(route, response);
  if (violations.length > 0) throw new Error(`An answer violates the contract:\n${violations.join('\n')}`);
  return response;
}
