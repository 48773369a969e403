import { timingSafeEqual } from 'node:crypto';
import { ORIGIN_HEADERS } from '../manifest/origin.ts';

/**
 * From which address a request came: ranges of keys and limits of addresses are checked by it. API Gateway sees who
 * connects to it: the sender, or CloudFront, which then names the sender. That is believed of whoever has the secret
 * of CloudFront, and of nobody else: anybody can send a header to the API's own address.
 */
export function senderOf(
  { [ORIGIN_HEADERS.secret]: secret, [ORIGIN_HEADERS.viewer]: viewer, ...headers }: Record<string, string>,
  sourceIp: string,
): { headers: Record<string, string>; address: string } {
  return { headers, address: isOrigin(secret) && viewer !== undefined ? viewer : sourceIp };
}

/** Whether CloudFront sent a request, and not somebody who knows the API's own address. */
export function cameByOrigin(headers: Readonly<Record<string, string | undefined>>): boolean {
  return isOrigin(headers[ORIGIN_HEADERS.secret]);
}

function isOrigin(secret: string | undefined): boolean {
  return secret !== undefined && isSame(secret, process.env.ORIGIN_SECRET);
}

/** Without a secret of our own nobody has it. */
function isSame(given: string, own: string | undefined): boolean {
  if (!own) return false;
  const [one, other] = [Buffer.from(given), Buffer.from(own)];
  return one.length === other.length && timingSafeEqual(one, other);
}
