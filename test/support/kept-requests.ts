import { keepRequests } from '../../functions/workers/keep-requests.ts';
import type { KeptRequest } from '../../shared/domain/kept-request.ts';
import { keptText } from '../../shared/domain/kept-request.ts';
import type { TestMerchant, TestWorld } from './world.ts';

/** Keeps a request of a merchant that was refused, as its worker does. */
export async function aKeptRequest(
  world: TestWorld,
  { id: merchantId, keys }: TestMerchant,
  changes: Partial<KeptRequest>,
): Promise<string> {
  const order = {
    product_id: 100,
    target: '0772279099',
    amount: -1,
    agent_reference: 'mine',
    custom_sms: 'For your son',
  };
  const kept: KeptRequest = {
    id: 'req_1',
    createdAt: world.now(),
    merchantId,
    mode: 'live',
    keyId: keys.live.id,
    operation: 'create-order',
    method: 'POST',
    path: '/api/v1/orders',
    template: '/api/v1/orders',
    statusCode: 400,
    statusClass: '4xx',
    code: 'invalid_request',
    ms: 3,
    requestHeaders: { 'content-type': 'application/json' },
    responseHeaders: { 'content-type': 'application/json' },
    query: keptText('{}'),
    request: keptText(JSON.stringify(order)),
    response: keptText(JSON.stringify({ code: 'invalid_request', detail: 'amount is too small for 0772279099.' })),
    leftOutBefore: 0,
    ...changes,
  };
  await keepRequests(world, kept);
  return kept.id;
}
