import { RESULT_EVENT } from '../../domain/result.ts';
import type { Instant } from '../../domain/time.ts';
import type { Endpoint, WebhookEvent } from '../../domain/webhook.ts';
import type { World } from '../../world.ts';
import { signEvent, signResult } from './sign-event.ts';
import { activeSecrets, shownSecrets } from './signing-secrets.ts';

/** The headers of an event that is sent to an endpoint at this instant, by posting or polling: the same for both. */
export async function deliveryHeaders(
  world: World,
  event: WebhookEvent,
  endpoint: Endpoint,
  at: Instant,
): Promise<Record<string, string>> {
  return {
    'content-type': 'application/json',
    'user-agent': 'Airtime-Webhooks/1',
    ...signEvent(event, await activeSecrets(world, 'webhook', endpoint), at),
    ...(event.type === RESULT_EVENT ? signResult(event.body, await shownSecrets(world, endpoint)) : {}),
  };
}
