import { awsWorld } from '../../shared/aws/world.ts';
import { SCOPES } from '../../shared/domain/key.ts';
import { viewRequest, viewRequestInFull } from '../../shared/http/views/request-views.ts';
import { listRequests, readRequest } from '../../shared/store/requests.ts';
import type { Options } from './arguments.ts';
import { instantOf, mode, required, UsageError } from './arguments.ts';

/** The request log of a merchant, as a key of its own with all scopes sees it. */

const REQUESTS_MAX = 100;

export async function listRequestsCommand([merchantId]: string[], options: Options): Promise<unknown> {
  const owner = { merchantId: required(merchantId, 'a merchant id'), mode: mode(options.mode) };
  const { requests, next } = await listRequests(awsWorld(), owner, {
    ...statusOf(options.status),
    keyId: options.by,
    path: options.path,
    from: instantOf(options.from),
    to: instantOf(options.to),
    limit: REQUESTS_MAX,
  });
  return { requests: requests.map((kept) => viewRequest(kept, SCOPES)), is_more: next !== undefined };
}

export async function showRequestCommand([merchantId, requestId]: string[], options: Options): Promise<unknown> {
  const owner = { merchantId: required(merchantId, 'a merchant id'), mode: mode(options.mode) };
  const kept = await readRequest(awsWorld(), owner, required(requestId, 'a request id'));
  if (!kept) throw new UsageError(`the request log of ${owner.merchantId} has no ${requestId}`);
  return viewRequestInFull(kept, SCOPES);
}

function statusOf(text: string | undefined) {
  if (text === undefined) return {};
  if (!/^[2-5](\d\d|xx)$/.test(text)) throw new UsageError('--status must be a status such as 422, or 4xx');
  return text.endsWith('xx') ? { statusClass: text } : { statusCode: Number(text) };
}
