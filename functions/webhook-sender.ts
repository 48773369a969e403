import { worker } from '../shared/aws/worker.ts';
import { elapsed, SECOND } from '../shared/domain/time.ts';
import { sendNotice } from '../shared/flows/send-notice.ts';
import type { OrderKey } from '../shared/store/orders.ts';
import { dueNotices } from '../shared/store/orders.ts';
import type { World } from '../shared/world.ts';

const RUN_MS_MAX = 30 * SECOND;
const READ_PER_SHARD = 250;
const AT_ONCE = 25;

/** One message: one order whose merchant is to be told. */
export function sendWebhook(world: World, message: OrderKey): Promise<void> {
  return sendNotice(world, message);
}

/** Tells whoever has not been told yet: lost messages, and endpoints that did not take it before. */
export async function sendDueWebhooks(world: World): Promise<void> {
  const startedAt = world.now();
  const due = await dueNotices(world, startedAt, READ_PER_SHARD);
  for (let done = 0; done < due.length && elapsed(startedAt, world.now()) < RUN_MS_MAX; done += AT_ONCE) {
    const results = await Promise.allSettled(due.slice(done, done + AT_ONCE).map((key) => sendNotice(world, key)));
    for (const result of results) {
      if (result.status === 'rejected') world.log.error('webhook.failed', {}, result.reason);
    }
  }
}

export const handler = worker({ onMessage: sendWebhook, onSchedule: sendDueWebhooks });
