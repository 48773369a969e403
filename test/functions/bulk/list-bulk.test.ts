import { describe, expect, it } from '@jest/globals';
import { cancelBulk } from '../../../functions/bulk/cancel-bulk.ts';
import { getBulk } from '../../../functions/bulk/get-bulk.ts';
import { listBulk } from '../../../functions/bulk/list-bulk.ts';
import { listBulkRows } from '../../../functions/bulk/list-bulk-rows.ts';
import { retryBulk } from '../../../functions/bulk/retry-bulk.ts';
import type { RouteHandler } from '../../../shared/http/route.ts';
import { ask, create, file, freshMerchantForEachTest, merchant, of, world } from '../../support/bulk-set-up.ts';
import { aMerchant } from '../../support/world.ts';

freshMerchantForEachTest();

describe('a batch', () => {
  it('is seen by its merchant in its mode only, and listed newest first', async () => {
    const first = await create(file(1), { batch_reference: 'one' });
    world.advance(1000);
    const second = await create(file(1), { batch_reference: 'two' });
    const all = (await ask(listBulk, { query: { limit: '1' } })).json;
    expect(all.data.map(({ id }: { id: string }) => id)).toEqual([second.json.id]);
    const rest = (await ask(listBulk, { query: { cursor: all.next_cursor } })).json;
    expect(rest.data.map(({ id }: { id: string }) => id)).toEqual([first.json.id]);
    for (const headers of [(await aMerchant(world)).headers(), merchant.headers('test')]) {
      for (const endpoint of [getBulk, listBulkRows, cancelBulk, retryBulk] as RouteHandler[]) {
        expect((await ask(endpoint, { ...of(first.json), headers })).json.code).toBe('batch_not_found');
      }
    }
  });
});
