import { maskedNumber } from './erasure.ts';
import type { Delivery } from './webhook.ts';

/** A delivery, whose event shows an order, without what the event says of a person. It can still be sent again. */
export function eraseDelivery(delivery: Delivery): Delivery {
  const body = JSON.stringify(JSON.parse(delivery.event.body, eraseShown));
  return { ...eraseExcerpts(delivery), event: { ...delivery.event, body } };
}

/** A delivery without what the merchant's server answered, which may say anything. */
export function eraseExcerpts(delivery: Delivery): Delivery {
  const attempts = delivery.attempts.map(({ excerpt: _excerpt, ...attempt }) => attempt);
  return { ...delivery, attempts, version: delivery.version + 1 };
}

const SHOWN_NUMBERS: ReadonlySet<string> = new Set(['target', 'msisdn', 'PhoneNumber']);
const SHOWN_TEXTS: ReadonlySet<string> = new Set(['custom_sms', 'respondent_id', 'holder', 'tokens']);

function eraseShown(name: string, value: unknown): unknown {
  if (SHOWN_NUMBERS.has(name) && typeof value === 'string') return maskedNumber(value);
  return SHOWN_TEXTS.has(name) ? null : value;
}
