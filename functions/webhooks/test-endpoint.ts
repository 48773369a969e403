import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { isListener } from '../../shared/domain/listener.ts';
import type { Instant } from '../../shared/domain/time.ts';
import type { Endpoint, WebhookEvent } from '../../shared/domain/webhook.ts';
import {
  ATTEMPT_LEASE_MS,
  EVENT_TYPES,
  newDelivery,
  TEST_EVENT,
  TEST_EVENT_PREFIX,
} from '../../shared/domain/webhook.ts';
import { attempt } from '../../shared/flows/webhooks/deliver-event.ts';
import { findReceiver } from '../../shared/flows/webhooks/find-webhook.ts';
import { sampleObject } from '../../shared/flows/webhooks/sample-events.ts';
import { requireAdmission } from '../../shared/http/limits.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { viewDeliveryInFull } from '../../shared/http/views/webhook-views.ts';
import { endpointParams } from '../../shared/http/webhook-fields.ts';
import { newId } from '../../shared/id.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { saveDelivery } from '../../shared/store/deliveries.ts';
import { keepDelivery } from '../../shared/store/kept-deliveries.ts';

const TYPES = [TEST_EVENT, ...EVENT_TYPES];

const body = z.strictObject({
  type: z.optional(z.enum(TYPES as [string, ...string[]], { error: `must be one of ${TYPES.join(', ')}.` })),
});

/**
 * Sends one signed test event now, once, whichever events the endpoint is subscribed to. In test mode it may be of any
 * type, about an object that does not exist. A live endpoint gets a `webhook.test` alone, which is about the endpoint:
 * whoever verifies a signature and acts on what an order's event says must never act on a sample.
 */
export const testEndpoint = route({
  ...routes.testEndpoint,
  params: endpointParams,
  body,
  async run(world, { owner, params, body: { type = TEST_EVENT } }) {
    const endpoint = await findReceiver(world, owner, params.endpoint_id);
    if (type !== TEST_EVENT && endpoint.mode !== 'test') throw new Refusal('test_mode_only', { param: 'type' });
    await requireAdmission(world, owner, 'test_events');
    const at = world.now();
    const event = testEvent(endpoint, { id: newId(world, TEST_EVENT_PREFIX), type, at });
    const delivery = { ...newDelivery(endpoint, event, at, { leaseMs: ATTEMPT_LEASE_MS }), isTest: true };
    if (isListener(endpoint)) {
      await keepDelivery(world, delivery);
      return { status: 200, body: viewDeliveryInFull(delivery) };
    }
    await saveDelivery(world, delivery);
    return { status: 200, body: viewDeliveryInFull(await attempt(world, delivery, endpoint)) };
  },
});

function testEvent(endpoint: Endpoint, { id, type, at }: { id: string; type: string; at: Instant }): WebhookEvent {
  const { mode } = endpoint;
  const plain = { message: 'This is a test.', endpoint_id: endpoint.id, mode };
  const object = sampleObject(type, endpoint, at) ?? plain;
  const body = JSON.stringify({ id, type, created_at: at, sequence: 1, mode, data: { object } });
  return { id, type, createdAt: at, sequence: 1, body };
}

export const handler = lambda(testEndpoint);
