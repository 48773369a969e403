import { lambda } from '../../shared/aws/lambda.ts';
import { SENT_AFTER_CANCEL_MAX } from '../../shared/domain/batch.ts';
import { cancelBatch } from '../../shared/domain/batch-life.ts';
import { findBatch } from '../../shared/flows/bulk/batch-rows.ts';
import { enqueueBatch } from '../../shared/flows/bulk/enqueue-batch.ts';
import { changeBatch } from '../../shared/flows/decide-again.ts';
import { batchParams } from '../../shared/http/bulk-fields.ts';
import { route } from '../../shared/http/route.ts';
import { viewBatch } from '../../shared/http/views/batch-views.ts';
import { routes } from '../../shared/manifest/routes.ts';

/**
 * Stops rows that were not sent yet; those that were sent run to their end. Each lane reads the batch before each group
 * of rows, so the answer names how many may still be sent: the groups that had begun. The money of the stopped rows is
 * refunded once the last row is decided. Cancelling again, or too late, changes nothing.
 */
export const cancelBulk = route({
  ...routes.cancelBulk,
  params: batchParams,
  async run(world, { owner, params }) {
    const batch = await findBatch(world, owner, params.batch_id);
    const after = await changeBatch(world, batch, (current) => cancelBatch(current, world.now()));
    if (after.status === 'running') await enqueueBatch(world, after, [{}]);
    const isOpen = after.status === 'running';
    const bound = { rows_still_sent_max: isOpen ? Math.min(SENT_AFTER_CANCEL_MAX, after.rows) : 0 };
    return { status: isOpen ? 202 : 200, body: { ...viewBatch(after, world.now()), ...bound } };
  },
});

export const handler = lambda(cancelBulk);
