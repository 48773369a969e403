import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { orderReference } from '../../shared/http/fields.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { viewOrderInFull } from '../../shared/http/views/order-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { findOrderById, readOrder } from '../../shared/store/orders.ts';

/** One order by its reference or else by its id, as its owner sees it. Another merchant's order looks missing. */
export const getOrder = route({
  ...routes.getOrder,
  params: z.object({ agent_reference: orderReference }),
  async run(world, { owner, params }) {
    const { agent_reference: agentReference } = params;
    const byReference = await readOrder(world, { ...owner, agentReference });
    const order = byReference ?? (await findOrderById(world, owner, agentReference));
    if (!order) throw new Refusal('order_not_found', { param: 'agent_reference' });
    return { status: 200, body: viewOrderInFull(order, world.now()) };
  },
});

export const handler = lambda(getOrder);
