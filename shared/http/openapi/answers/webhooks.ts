import * as z from 'zod/mini';
import { RESULT_EVENT } from '../../../domain/result.ts';
import { DELIVERY_STATUSES, EVENT_TYPES, TEST_EVENT } from '../../../domain/webhook.ts';
import type {
  viewDelivery,
  viewDeliveryInFull,
  viewEndpoint,
  viewListener,
  viewPolled,
} from '../../views/webhook-views.ts';
import { anyEvent } from '../events.ts';
import type { Contract } from '../schema.ts';
import { BODY, CURSOR, named, viewOf } from '../schema.ts';
import * as c from './shared-parts.ts';

/** Webhook endpoints and deliveries. */

const eventType = named('EventType', z.enum(EVENT_TYPES as [string, ...string[]]));

const endpointFields = {
  id: c.text,
  mode: c.mode,
  url: c.maybeText,
  description: c.maybeText,
  events: z.array(z.union([eventType, z.literal(RESULT_EVENT)])),
  enabled: z.boolean(),
  disabled_at: c.maybeInstant,
  disabled_reason: z.nullable(z.enum(['failing', 'gone', 'requested'])),
  failing_since: c.maybeInstant,
  listening: z.boolean(),
  expires_at: c.maybeInstant,
  retiring_secrets_until: z.array(c.instant),
  created_at: c.instant,
  created_by: z.nullable(c.actor),
};
const endpoint = viewOf<ReturnType<typeof viewEndpoint>>()('Endpoint', z.strictObject(endpointFields));
const endpointWithSecret = named('EndpointWithSecret', z.strictObject({ ...endpointFields, secret: c.text }));

const listenerFields = {
  endpoint_id: c.text,
  mode: c.mode,
  event_types: endpointFields.events,
  created_at: c.instant,
  expires_at: c.instant,
};
viewOf<ReturnType<typeof viewListener>>()('Listener', z.strictObject(listenerFields));

const deliveryFields = {
  id: c.text,
  endpoint_id: c.text,
  event_id: c.text,
  event_type: z.union([eventType, z.literal(RESULT_EVENT), z.literal(TEST_EVENT)]),
  sequence: c.count,
  order_id: c.maybeText,
  agent_reference: z.optional(c.text),
  url: z.optional(c.text),
  status: named('DeliveryStatus', z.enum(DELIVERY_STATUSES)),
  tries: c.count,
  resends: c.count,
  last_status: z.nullable(c.count),
  next_try_at: c.maybeInstant,
  created_at: c.instant,
  delivered_at: c.maybeInstant,
};
const delivery = viewOf<ReturnType<typeof viewDelivery>>()('Delivery', z.strictObject(deliveryFields));
const attempt = named(
  'DeliveryAttempt',
  z.strictObject({
    at: c.instant,
    latency_ms: c.count,
    status: z.nullable(c.count),
    error: c.maybeText,
    excerpt: c.maybeText,
  }),
);
const deliveryInFull = viewOf<ReturnType<typeof viewDeliveryInFull>>()(
  'DeliveryInFull',
  z.strictObject({ ...deliveryFields, attempts: z.array(attempt), event: anyEvent }),
);

const polled = viewOf<ReturnType<typeof viewPolled>>()(
  'PolledDelivery',
  z.strictObject({
    delivery_id: c.text,
    event_id: c.text,
    event_type: deliveryFields.event_type,
    created_at: c.instant,
    headers: z.record(z.string(), c.text),
    body: c.text,
  }),
);

const ENDPOINT = 'endpoint_not_found';
const DISABLED = 'endpoint_disabled';
const LISTENING = 'endpoint_listening';

export const webhooksContract = {
  'list-endpoints': {
    answers: { 200: { says: 'All endpoints, in one page.', body: c.pageOf('EndpointPage', endpoint) } },
  },
  'create-endpoint': {
    answers: { 201: { says: 'The endpoint with its secret.', body: endpointWithSecret } },
    refusals: [...BODY, 'endpoint_limit_reached'],
  },
  'get-endpoint': {
    answers: { 200: { says: 'The endpoint.', body: endpoint } },
    refusals: [ENDPOINT],
  },
  'update-endpoint': {
    answers: { 200: { says: 'The changed endpoint.', body: endpoint } },
    refusals: [...BODY, ENDPOINT, LISTENING],
  },
  'delete-endpoint': {
    answers: {
      200: {
        says: 'The endpoint is deleted.',
        body: named('DeletedEndpoint', z.strictObject({ id: c.text, deleted: z.literal(true) })),
      },
    },
    refusals: [ENDPOINT],
  },
  'rotate-secret': {
    answers: { 200: { says: 'The endpoint with its new secret.', body: endpointWithSecret } },
    refusals: [...BODY, ENDPOINT, LISTENING],
  },
  'test-endpoint': {
    answers: { 200: { says: 'The event was sent: the delivery with its result.', body: deliveryInFull } },
    refusals: [...BODY, 'test_mode_only', ENDPOINT, DISABLED],
    counted: true,
  },
  'recover-deliveries': {
    answers: {
      202: {
        says: 'What failed or was held since then is sent again.',
        body: named(
          'Recovery',
          z.strictObject({
            recovered: c.count,
            in_progress: z.boolean(),
            reached: c.maybeInstant,
            next_cursor: z.null(),
          }),
        ),
      },
    },
    refusals: [...BODY, ...CURSOR, ENDPOINT, DISABLED, LISTENING],
    counted: true,
  },
  'list-deliveries': {
    answers: { 200: { says: 'A page of deliveries.', body: c.pageOf('DeliveryPage', delivery) } },
    refusals: CURSOR,
  },
  'get-delivery': {
    answers: { 200: { says: 'The delivery with its event and attempts.', body: deliveryInFull } },
    refusals: ['delivery_not_found'],
  },
  'resend-delivery': {
    answers: { 200: { says: 'The event was sent: the delivery with its result.', body: deliveryInFull } },
    refusals: ['delivery_not_found', ENDPOINT, DISABLED, LISTENING],
    counted: true,
  },
  'create-listener': {
    answers: {
      201: {
        says: 'The listener with its secret.',
        body: named('ListenerWithSecret', z.strictObject({ ...listenerFields, secret: c.text })),
      },
    },
    refusals: [...BODY, 'endpoint_limit_reached', 'test_key_required'],
  },
  'poll-deliveries': {
    answers: {
      200: {
        says: 'What it got after the cursor, oldest first, and where to go on: there always is a next cursor.',
        body: named('PolledPage', z.strictObject({ data: z.array(polled), next_cursor: c.text })),
      },
    },
    refusals: [...CURSOR, 'listener_not_found', 'test_key_required'],
  },
} as const satisfies Record<string, Contract>;
