import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { violationsIn } from '../http/openapi/violations.ts';

/**
 * Says loudly what of an answer is not as the OpenAPI document says: on stderr, and as `contract.violated` in the log.
 * The answer has gone out as it is. It takes a tenth of a millisecond, too little for a switch.
 */
export function reportViolations(route: string, result: APIGatewayProxyStructuredResultV2): void {
  const { statusCode: status = 200, body = '' } = result;
  const headers = Object.entries(result.headers ?? {}).map(([name, value]) => [name, String(value)]);
  for (const what of violationsIn(route, { status, headers: Object.fromEntries(headers), body })) {
    const line = JSON.stringify({ level: 'ERROR', message: 'contract.violated', what });
    process.stderr.write(`${line}\n`);
    console.error(line);
  }
}
