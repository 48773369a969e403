import { describe, expect, it } from '@jest/globals';
import { createBulk } from '../../../functions/bulk/create-bulk.ts';
import { getBulk } from '../../../functions/bulk/get-bulk.ts';
import { listBulkRows } from '../../../functions/bulk/list-bulk-rows.ts';
import { advanceOrder } from '../../../functions/orders/advance-order.ts';
import { runBulk } from '../../../functions/workers/run-bulk.ts';
import {
  ask,
  create,
  file,
  freshMerchantForEachTest,
  look,
  merchant,
  of,
  settle,
  sheet,
  world,
} from '../../support/bulk-set-up.ts';

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

  it('counts a test row that was advanced without a sweep', async () => {
    const headers = merchant.headers('test');
    const csv = sheet(['0772279099,1', '0772279012,1'], 'target,amount');
    const { json } = await ask(createBulk, { body: { csv, batch_reference: 'may', currency: 'USD' }, headers });
    await world.dispatchAll();
    const rows = (await ask(listBulkRows, { ...of(json), headers })).json.data;
    const [open] = rows.filter(({ status }: { status: string }) => status === 'unknown');
    const params = { agent_reference: open.agent_reference };
    expect((await ask(advanceOrder, { params, headers })).json.status).toBe('refunded');
    await world.dispatchAll();
    expect((await ask(getBulk, { ...of(json), headers })).json).toMatchObject({
      status: 'completed',
      counts: { success: 1, refunded: 1 },
    });
  });
});
