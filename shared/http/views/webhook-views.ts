import { defined } from '../../domain/defined.ts';
import type { Listener } from '../../domain/listener.ts';
import { isListener } from '../../domain/listener.ts';
import type { Delivery, Endpoint } from '../../domain/webhook.ts';
import { EVENT_TYPES, referenceIn } from '../../domain/webhook.ts';
import { viewActor } from './actor-views.ts';

/** Webhook endpoints and deliveries as merchants see them. They never contain a secret. */

export function viewEndpoint(endpoint: Endpoint) {
  const { disabled, failing } = endpoint;
  return {
    id: endpoint.id,
    mode: endpoint.mode,
    url: endpoint.url || null,
    description: endpoint.description ?? null,
    events: endpoint.events.length > 0 ? endpoint.events : EVENT_TYPES,
    enabled: disabled === undefined,
    disabled_at: disabled?.at ?? null,
    disabled_reason: disabled?.reason ?? null,
    failing_since: failing?.since ?? null,
    listening: isListener(endpoint),
    expires_at: endpoint.listensUntil ?? null,
    retiring_secrets_until: endpoint.retiring.map(({ until }) => until),
    created_at: endpoint.createdAt,
    created_by: viewActor(endpoint.createdBy),
  };
}

/** A listener, as who starts it needs it. */
export function viewListener(listener: Listener) {
  const { id, mode, events, created_at } = viewEndpoint(listener);
  return { endpoint_id: id, mode, event_types: events, created_at, expires_at: listener.listensUntil };
}

/** A delivery with what a POST of it would have: somebody posts it as it is. */
export function viewPolled({ id, event, createdAt }: Delivery, headers: Readonly<Record<string, string>>) {
  return {
    delivery_id: id,
    event_id: event.id,
    event_type: event.type,
    created_at: createdAt,
    headers,
    body: event.body,
  };
}

export function viewDelivery(delivery: Delivery) {
  const { event } = delivery;
  const last = delivery.attempts.at(-1);
  return {
    id: delivery.id,
    endpoint_id: delivery.endpointId,
    event_id: event.id,
    event_type: event.type,
    sequence: event.sequence,
    order_id: event.orderId ?? null,
    ...defined({ agent_reference: referenceIn(event), url: delivery.url }),
    status: delivery.status,
    tries: delivery.tries,
    resends: delivery.resends ?? 0,
    last_status: last?.status ?? null,
    next_try_at: delivery.dueAt ?? null,
    created_at: delivery.createdAt,
    delivered_at: delivery.deliveredAt ?? null,
  };
}

/** A delivery with the event that was sent and the result of each attempt. */
export function viewDeliveryInFull(delivery: Delivery) {
  const attempts = delivery.attempts.map(({ at, latencyMs, status, error, excerpt }) => ({
    at,
    latency_ms: latencyMs,
    status: status ?? null,
    error: error ?? null,
    excerpt: excerpt ?? null,
  }));
  return { ...viewDelivery(delivery), attempts, event: JSON.parse(delivery.event.body) };
}
