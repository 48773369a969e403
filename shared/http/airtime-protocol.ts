import { keyOfAuthorization, schemeProblem } from '../domain/key.ts';
import { REFUSALS } from '../manifest/refusals.ts';
import { readActiveKey } from '../store/keys.ts';
import { problem } from './problem.ts';
import type { Protocol } from './route.ts';

/** Our own protocol: keys as `Api-Key …`, refusals as RFC 9457 problem details. */
export const airtimeProtocol: Protocol = {
  scheme: 'Api-Key',
  readKey: (world, authorization, address) => readActiveKey(world, keyOfAuthorization(authorization), address),
  schemeProblem,
  refuse: ({ publicUrl }, refusal, { requestId }) => ({
    status: REFUSALS[refusal.code].status,
    contentType: 'application/problem+json',
    body: JSON.stringify(problem(refusal, requestId, publicUrl)),
  }),
};
