import { describe, expect, it } from '@jest/globals';
import { createBulk } from '../../../functions/bulk/create-bulk.ts';
import { getBulk } from '../../../functions/bulk/get-bulk.ts';
import { previewBulk } from '../../../functions/bulk/preview-bulk.ts';
import { advanceBatches, runBulk } from '../../../functions/workers/run-bulk.ts';
import { sendDue, sendEvents } from '../../../functions/workers/webhook-sender.ts';
import { routes } from '../../../shared/manifest/routes.ts';
import { workers } from '../../../shared/manifest/workers.ts';
import { readBatch } from '../../../shared/store/batches.ts';
import { file, freshMerchantForEachTest, merchant, of, world } from '../../support/bulk-set-up.ts';
import { call } from '../../support/call.ts';
import { granted } from '../../support/granted.ts';

freshMerchantForEachTest();

describe('whatever dies or comes twice', () => {
  it('has what it is granted, from the preview to the end', async () => {
    const own = (name: keyof typeof routes) => granted(world, routes[name].access);
    const headers = merchant.headers();
    const preview = await call(own('previewBulk'), previewBulk, { headers, body: { csv: file(2) } });
    expect(preview.status).toBe(200);
    const body = { preview_id: preview.json.preview_id };
    const made = await call(own('createBulk'), createBulk, { headers, body });
    expect(made.status).toBe(202);
    const runner = granted(world, workers.runBulk.access);
    for (const { message } of world.messages.splice(0)) await runBulk(runner, message.body as never);
    await advanceBatches(runner);
    expect((await call(own('getBulk'), getBulk, { headers, ...of(made.json) })).json.status).toBe('completed');
    const sender = granted(world, workers.webhookSender.access);
    for (const { message } of world.messages.splice(0)) await sendEvents(sender, message.body as never);
    await sendDue(sender);
    expect((await readBatch(world, made.json.id))?.outbox).toBeUndefined();
  });
});
