import { lambda } from '../../shared/aws/lambda.ts';
import { findDelivery } from '../../shared/flows/webhooks/find-webhook.ts';
import { route } from '../../shared/http/route.ts';
import { viewDeliveryInFull } from '../../shared/http/views/webhook-views.ts';
import { deliveryParams } from '../../shared/http/webhook-fields.ts';
import { routes } from '../../shared/manifest/routes.ts';

/** One delivery: the event that is sent, the result of each attempt, and when the next one is due. */
export const getDelivery = route({
  ...routes.getDelivery,
  params: deliveryParams,
  async run(world, { owner, params }) {
    return { status: 200, body: viewDeliveryInFull(await findDelivery(world, owner, params.delivery_id)) };
  },
});

export const handler = lambda(getDelivery);
