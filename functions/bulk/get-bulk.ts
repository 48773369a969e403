import { lambda } from '../../shared/aws/lambda.ts';
import { chunksOf } from '../../shared/domain/batch.ts';
import { sumUp } from '../../shared/domain/batch-life.ts';
import { findBatch } from '../../shared/flows/bulk/batch-rows.ts';
import { batchParams } from '../../shared/http/bulk-fields.ts';
import { route } from '../../shared/http/route.ts';
import { viewBatch } from '../../shared/http/views/batch-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { readChunkProgress } from '../../shared/store/batches.ts';

/** One batch, with its current progress. */
export const getBulk = route({
  ...routes.getBulk,
  params: batchParams,
  async run(world, { owner, params }) {
    const batch = await findBatch(world, owner, params.batch_id);
    if (batch.status !== 'running') return { status: 200, body: viewBatch(batch, world.now()) };
    const chunks = Array.from({ length: chunksOf(batch) }, (_, chunk) => chunk);
    const { counts } = sumUp(batch, await readChunkProgress(world, batch.id, chunks));
    return { status: 200, body: viewBatch(batch, world.now(), counts) };
  },
});

export const handler = lambda(getBulk);
