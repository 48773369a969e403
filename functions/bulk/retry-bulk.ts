import { lambda } from '../../shared/aws/lambda.ts';
import type { Batch, RowInput } from '../../shared/domain/batch.ts';
import { retryReference } from '../../shared/domain/batch.ts';
import { isFailed } from '../../shared/domain/batch-life.ts';
import { defined } from '../../shared/domain/defined.ts';
import { formatAmount } from '../../shared/domain/money.ts';
import { sha256 } from '../../shared/domain/sha256.ts';
import { CHUNKS_AT_ONCE_MAX, findBatch, walkRows } from '../../shared/flows/bulk/batch-rows.ts';
import { createBatch } from '../../shared/flows/bulk/create-batch.ts';
import { planBatch } from '../../shared/flows/bulk/plan-batch.ts';
import { REPLAYED } from '../../shared/flows/orders/place-order.ts';
import { batchParams } from '../../shared/http/bulk-fields.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { viewBatch } from '../../shared/http/views/batch-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import type { World } from '../../shared/world.ts';

/**
 * Creates a batch of the rows that failed, once this one has ended; repeated, it answers with the same batch. Rows that
 * were cancelled or left out are not in it, and rows that can no longer be sent are left out of it.
 */
export const retryBulk = route({
  ...routes.retryBulk,
  params: batchParams,
  async run(world, { owner, origin, params }) {
    const batch = await findBatch(world, owner, params.batch_id);
    if (batch.status === 'running') throw new Refusal('batch_running', { param: 'batch_id' });
    const reference = retryReference(batch.reference);
    const { batch: retry, isReplay } = await createBatch(
      world,
      owner,
      {
        reference,
        contentHash: sha256(JSON.stringify(['retry', batch.id])),
        accept: 'valid_rows',
        hasRowWebhooks: batch.hasRowWebhooks,
        retryOf: batch.id,
        createdBy: origin.by,
      },
      async () => planBatch(world, owner, await failedRows(world, batch), { reference, defaults: {} }),
    );
    return {
      status: isReplay ? 200 : 202,
      body: viewBatch(retry, world.now()),
      headers: { location: `/api/v1/bulk/${retry.id}`, ...(isReplay ? REPLAYED : {}) },
    };
  },
});

/** As they were ordered before, under new references. */
async function failedRows(world: World, batch: Batch): Promise<RowInput[]> {
  const failed: RowInput[] = [];
  for await (const rows of walkRows(world, batch, { atOnce: CHUNKS_AT_ONCE_MAX })) {
    for (const { row, state, order } of rows) {
      if (!row.order || !isFailed(state, order)) continue;
      const { target, amountMinor, productId, currency, customSms } = row.order;
      failed.push({
        row: row.row,
        target,
        amount: formatAmount(amountMinor, currency),
        productId: String(productId),
        ...defined({ customSms }),
        problems: [],
      });
    }
  }
  if (failed.length === 0) throw new Refusal('nothing_to_retry', { param: 'batch_id' });
  return failed;
}

export const handler = lambda(retryBulk);
