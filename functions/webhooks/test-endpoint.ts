import { lambda } from '../../shared/aws/lambda.ts';
import { ATTEMPT_LEASE_MS, newDelivery, TEST_EVENT } from '../../shared/domain/webhook.ts';
import { attempt } from '../../shared/flows/webhooks/deliver-event.ts';
import { findEnabledEndpoint } from '../../shared/flows/webhooks/find-webhook.ts';
import { requireAdmission } from '../../shared/http/limits.ts';
import { route } from '../../shared/http/route.ts';
import { viewDeliveryInFull } from '../../shared/http/views/webhook-views.ts';
import { endpointParams } from '../../shared/http/webhook-fields.ts';
import { newId } from '../../shared/id.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { saveDelivery } from '../../shared/store/deliveries.ts';

/** Sends one signed test event now, once, whichever events the endpoint is subscribed to. */
export const testEndpoint = route({
  ...routes.testEndpoint,
  params: endpointParams,
  async run(world, { owner, params }) {
    const endpoint = await findEnabledEndpoint(world, owner, params.endpoint_id);
    await requireAdmission(world, owner, 'test_events');
    const at = world.now();
    const id = newId(world, 'evt');
    const object = { message: 'This is a test.', endpoint_id: endpoint.id, mode: endpoint.mode };
    const body = JSON.stringify({ id, type: TEST_EVENT, created_at: at, sequence: 1, data: { object } });
    const event = { id, type: TEST_EVENT, createdAt: at, sequence: 1, body };
    const delivery = { ...newDelivery(endpoint, event, at, { leaseMs: ATTEMPT_LEASE_MS }), isTest: true };
    await saveDelivery(world, delivery);
    return { status: 200, body: viewDeliveryInFull(await attempt(world, delivery, endpoint)) };
  },
});

export const handler = lambda(testEndpoint);
