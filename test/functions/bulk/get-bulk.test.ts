import { describe, expect, it } from '@jest/globals';
import { runBulk } from '../../../functions/workers/run-bulk.ts';
import { create, file, freshMerchantForEachTest, look, settle, world } from '../../support/bulk-set-up.ts';

freshMerchantForEachTest();

describe('progress', () => {
  it('counts as chunks are run, and says when it will be over', async () => {
    const { json } = await create(file(90));
    expect(await look(json)).toMatchObject({ counts: { pending: 90 }, estimated_end_at: null });
    const [first] = world.messages.splice(0);
    world.advance(10_000);
    await runBulk(world, first?.message.body as { batchId: string; chunk: number });
    const half = await look(json);
    expect(half.counts).toMatchObject({ success: 25, pending: 65 });
    const left = Date.parse(half.estimated_end_at) - Date.parse(world.now());
    expect(left).toBeGreaterThan(20_000);
    await world.sweep();
    await settle();
    expect(await look(json)).toMatchObject({ status: 'completed', counts: { success: 90 } });
  });
});
