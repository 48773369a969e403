import { lambda } from '../../shared/aws/lambda.ts';
import { ATTEMPT_LEASE_MS, asNew } from '../../shared/domain/webhook.ts';
import { attempt } from '../../shared/flows/webhooks/deliver-event.ts';
import { findDelivery, findEnabledEndpoint } from '../../shared/flows/webhooks/find-webhook.ts';
import { requireAdmission } from '../../shared/http/limits.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { viewDeliveryInFull } from '../../shared/http/views/webhook-views.ts';
import { deliveryParams } from '../../shared/http/webhook-fields.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { saveDelivery } from '../../shared/store/deliveries.ts';

/** Sends the same event again now, whether it was delivered or not. If that fails, all its retries start over. */
export const resendDelivery = route({
  ...routes.resendDelivery,
  params: deliveryParams,
  async run(world, { owner, params }) {
    const delivery = await findDelivery(world, owner, params.delivery_id);
    const endpoint = await findEnabledEndpoint(world, owner, delivery.endpointId, 'any');
    await requireAdmission(world, owner, delivery.isTest ? 'test_events' : 'resends');
    const again = asNew(delivery, world.now(), ATTEMPT_LEASE_MS);
    if (!(await saveDelivery(world, again))) {
      throw new Refusal('busy', { detail: 'It is being sent at this moment.', headers: { 'retry-after': '10' } });
    }
    return { status: 200, body: viewDeliveryInFull(await attempt(world, again, endpoint)) };
  },
});

export const handler = lambda(resendDelivery);
