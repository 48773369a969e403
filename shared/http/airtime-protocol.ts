import { keyOfAuthorization, schemeProblem } from '../domain/key.ts';
import { REFUSALS } from '../manifest/refusals.ts';
import { readActiveKey } from '../store/keys.ts';
import { readMember, tokenOfAuthorization } from './person.ts';
import { problem } from './problem.ts';
import type { Protocol } from './route.ts';

/** Our own protocol: keys as `Api-Key …`, people as `Bearer …`, refusals as RFC 9457 problem details. */
export const airtimeProtocol: Protocol = {
  scheme: 'Api-Key',
  async readCaller(world, request) {
    const { authorization = '' } = request.headers;
    const token = tokenOfAuthorization(authorization);
    if (token !== undefined) return readMember(world, token, request);
    return readActiveKey(world, keyOfAuthorization(authorization), request.address);
  },
  schemeProblem,
  refuse: ({ publicUrl }, refusal, { requestId }) => ({
    status: REFUSALS[refusal.code].status,
    contentType: 'application/problem+json',
    body: JSON.stringify(problem(refusal, requestId, publicUrl)),
  }),
};
