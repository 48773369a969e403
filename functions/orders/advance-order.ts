import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { COUNTED_ROWS_MAX } from '../../shared/domain/batch.ts';
import type { Order } from '../../shared/domain/order.ts';
import { enqueueBatch } from '../../shared/flows/bulk/enqueue-batch.ts';
import { advanceOrder as advance } from '../../shared/flows/orders/advance-order.ts';
import { orderReference } from '../../shared/http/fields.ts';
import { requireAdmission } from '../../shared/http/limits.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { viewOrderInFull } from '../../shared/http/views/order-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { readBatch } from '../../shared/store/batches.ts';
import { findOrderById, readOrder } from '../../shared/store/orders.ts';
import type { World } from '../../shared/world.ts';

const query = z.strictObject({
  to: z.optional(z.literal('final', { error: 'must be final, or left out for one answer.' })),
});

/**
 * Does not wait for the sandbox: its next answer about a test order is due now and handled before this answers, with
 * `to=final` all of them up to the one that decides the order. An order that awaits none is answered as it is.
 */
export const advanceOrder = route({
  ...routes.advanceOrder,
  params: z.object({ agent_reference: orderReference }),
  query,
  async run(world, { owner, params, query }) {
    await requireAdmission(world, owner, 'orders');
    const { agent_reference: agentReference } = params;
    const found =
      (await readOrder(world, { ...owner, agentReference })) ?? (await findOrderById(world, owner, agentReference));
    const order = found && (await advance(world, found, { isToFinal: query.to === 'final' }));
    if (!order) throw new Refusal('order_not_found', { param: 'agent_reference' });
    await countInBatch(world, order);
    return { status: 200, body: viewOrderInFull(order, world.now()), log: { orderId: order.id } };
  },
});

/** Has the batch of a row counted: it reads its rows where nobody else waits for it. */
async function countInBatch(world: World, { batchId }: Order): Promise<void> {
  const batch = batchId === undefined ? undefined : await readBatch(world, batchId);
  if (batch && batch.rows <= COUNTED_ROWS_MAX) await enqueueBatch(world, batch, [{}]);
}

export const handler = lambda(advanceOrder);
