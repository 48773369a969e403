import { describe, expect, it } from '@jest/globals';
import { cancelBulk } from '../../../functions/bulk/cancel-bulk.ts';
import { retryBulk } from '../../../functions/bulk/retry-bulk.ts';
import { ask, balance, create, file, freshMerchantForEachTest, of, settle, world } from '../../support/bulk-set-up.ts';

freshMerchantForEachTest();

describe('sending the failed rows again', () => {
  const rejected = { kind: 'rejected', failure: 'network_refused', evidence: '' } as const;

  it('is a new batch of just them, and asked again the same', async () => {
    world.upstream.script = [rejected, { kind: 'success', receipt: {}, evidence: '' }, rejected];
    const { json } = await create(file(10));
    expect((await ask(retryBulk, of(json))).json.code).toBe('batch_running');
    await settle();
    const retry = await ask(retryBulk, of(json));
    expect(retry.status).toBe(202);
    expect(retry.json).toMatchObject({ batch_reference: 'may~r1', rows: 2, retry_of: json.id });
    await settle();
    const again = await ask(retryBulk, of(json));
    expect([again.status, again.json.id, again.json.counts.success]).toEqual([200, retry.json.id, 2]);
    expect(world.upstream.vends).toHaveLength(10);
    expect(await balance()).toBe(90);
    expect((await ask(retryBulk, of(retry.json))).json.code).toBe('nothing_to_retry');
  });

  it('is refused where the wallet no longer covers them', async () => {
    world.upstream.script = [rejected];
    const { json } = await create(file(1, '60'));
    await settle();
    await create(file(1, '70'), { batch_reference: 'june' });
    expect((await ask(retryBulk, of(json))).json.code).toBe('insufficient_funds');
  });

  it('has nothing to do with rows that were cancelled', async () => {
    const { json } = await create(file(3));
    await ask(cancelBulk, of(json));
    await settle();
    expect((await ask(retryBulk, of(json))).json.code).toBe('nothing_to_retry');
  });
});
