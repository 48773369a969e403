import { route } from '../shared/api/route.ts';
import { deliveryParams } from '../shared/api/webhook-fields.ts';
import { viewDeliveryInFull } from '../shared/api/webhook-views.ts';
import { lambda } from '../shared/aws/lambda.ts';
import { findDelivery } from '../shared/flows/find-webhook.ts';
import { routes } from '../shared/routes.ts';

/** One delivery: what was sent, how each attempt went, and when the next is. */
export const getDelivery = route({
  ...routes.getDelivery,
  params: deliveryParams,
  async run(world, { owner, params }) {
    return { status: 200, body: viewDeliveryInFull(await findDelivery(world, owner, params.delivery_id)) };
  },
});

export const handler = lambda(getDelivery);
