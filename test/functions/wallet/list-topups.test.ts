import { describe, expect, it } from '@jest/globals';
import { listTopups } from '../../../functions/wallet/list-topups.ts';
import { call } from '../../support/call.ts';
import { body, freshWalletForEachTest, merchant, start, world } from '../../support/topup-set-up.ts';

freshWalletForEachTest();

describe('a top-up', () => {
  it('is listed, newest first, page by page', async () => {
    for (let n = 0; n < 5; n += 1) {
      world.advance(1000);
      await start({ ...body, reference: `r${n}` });
    }
    const headers = merchant.headers();
    const first = (await call(world, listTopups, { headers, query: { limit: '3' } })).json;
    const rest = (await call(world, listTopups, { headers, query: { limit: '3', cursor: first.next_cursor } })).json;
    const references = [...first.data, ...rest.data].map((each: { reference: string }) => each.reference);
    expect(references).toEqual(['r4', 'r3', 'r2', 'r1', 'r0']);
    expect(rest.next_cursor).toBeNull();
  });
});
