import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { orderReference } from '../../shared/http/fields.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { viewOrderInFull } from '../../shared/http/views/order-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { readOrder } from '../../shared/store/orders.ts';

/** One order, as its owner sees it. Another merchant's order looks missing. */
export const getOrder = route({
  ...routes.getOrder,
  params: z.object({ agent_reference: orderReference }),
  async run(world, { owner, params }) {
    const order = await readOrder(world, { ...owner, agentReference: params.agent_reference });
    if (!order) throw new Refusal('order_not_found', { param: 'agent_reference' });
    return { status: 200, body: viewOrderInFull(order) };
  },
});

export const handler = lambda(getOrder);
