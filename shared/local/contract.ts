import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { violationsIn } from '../http/openapi/violations.ts';

/**
 * Says loudly what of an answer is not as the OpenAPI document says: on stderr, and as `contract.violated` in the log.
 * The answer has gone out as it is. It takes a tenth of a millisecond, too little for a switch.
 */
export function reportViolations(route: string, result: APIGatewayProxyStructuredResultV2): void {
  const { statusCode: status = 200 } = result;
  // Of HTTP, not of an operation: the caller has the answer.
  if (status === 304) return;
  const headers = Object.entries(result.headers ?? {}).map(([name, value]) => [name, String(value)]);
  for (const what of violationsIn(route, { status, headers: Object.fromEntries(headers), body: textOf(result) })) {
    const line = JSON.stringify({ level: 'ERROR', message: 'contract.violated', what });
    process.stderr.write(`${line}\n`);
    console.error(line);
  }
}

function textOf({ body = '', headers, isBase64Encoded }: APIGatewayProxyStructuredResultV2): string {
  if (!isBase64Encoded) return body;
  const bytes = Buffer.from(body, 'base64');
  return (headers?.['content-encoding'] === 'br' ? brotliDecompressSync(bytes) : gunzipSync(bytes)).toString();
}
