import { keyOfAuthorization, schemeProblem } from '../domain/key.ts';
import { REFUSALS } from '../manifest/refusals.ts';
import { readActiveKey } from '../store/keys.ts';
import { readMember, tokenOfAuthorization } from './person.ts';
import { problem } from './problem.ts';
import type { Protocol } from './route.ts';

/** Refusals as RFC 9457 problem details. By itself, because whoever has no callers reads no keys. */
export const refuseAsProblem: Protocol['refuse'] = ({ publicUrl }, refusal, { requestId }) => ({
  status: REFUSALS[refusal.code].status,
  contentType: 'application/problem+json',
  body: JSON.stringify(problem(refusal, requestId, publicUrl)),
});

/** Our own protocol: keys as `Api-Key …`, people as `Bearer …`, and such refusals. */
export const airtimeProtocol: Protocol = {
  scheme: 'Api-Key',
  async readCaller(world, request) {
    const { authorization = '' } = request.headers;
    const token = tokenOfAuthorization(authorization);
    if (token !== undefined) return readMember(world, token, request);
    return readActiveKey(world, keyOfAuthorization(authorization), request.address);
  },
  schemeProblem,
  refuse: refuseAsProblem,
};
