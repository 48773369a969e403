import { expect } from '@jest/globals';
import { createKey } from '../../functions/account/create-key.ts';
import { revokeKey } from '../../functions/account/revoke-key.ts';
import { rollKey } from '../../functions/account/roll-key.ts';
import { serve } from '../../shared/http/pipeline.ts';
import type { PlainRequest, RouteHandler } from '../../shared/http/route.ts';
import { call } from './call.ts';
import type { TestWorld } from './world.ts';

/** Requests about keys, each with a key of its own. */

export const bearing = (text: string) => ({ authorization: `Api-Key ${text}` });

export async function create(world: TestWorld, by: string, body: object) {
  return call(world, createKey, { headers: bearing(by), body: { name: 'made', ...body } });
}

export function revoke(world: TestWorld, by: string, keyId: string, body: object | '' = '') {
  return call(world, revokeKey, { headers: bearing(by), params: { key_id: keyId }, body });
}

export function roll(world: TestWorld, by: string, keyId: string, body: object | '' = '') {
  return call(world, rollKey, { headers: bearing(by), params: { key_id: keyId }, body });
}

/** As if a request that was let in were slow: a key is revoked just before it writes. */
export function revokeBeforeNextWrite(world: TestWorld, by: string, keyId: string): void {
  let isFirst = true;
  const { send } = world.db;
  Object.assign(world.db, {
    send: async (...given: Parameters<typeof send>) => {
      if (isFirst && given[0].constructor.name === 'TransactWriteCommand') {
        isFirst = false;
        expect((await revoke(world, by, keyId)).status).toBe(200);
      }
      return send.apply(world.db, given);
    },
  });
}

/** The status of a request from an address. */
export async function statusFrom<P, Q, B>(
  world: TestWorld,
  route: RouteHandler<P, Q, B>,
  text: string,
  address: string | undefined,
): Promise<number> {
  const request: PlainRequest = {
    method: route.method,
    path: route.path,
    params: {},
    query: {},
    headers: bearing(text),
    body: '',
    requestId: 'req_1',
    ...(address === undefined ? {} : { address }),
  };
  return (await serve(world, route, request)).status;
}
