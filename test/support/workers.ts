import { dispatch } from '../../functions/workers/dispatch.ts';
import { keepRequests } from '../../functions/workers/keep-requests.ts';
import { reconcile } from '../../functions/workers/reconcile.ts';
import { advanceBatches, runBulk } from '../../functions/workers/run-bulk.ts';
import { sendEvents } from '../../functions/workers/webhook-sender.ts';
import type { QueueMessage, World } from '../../shared/world.ts';

type Run = (world: World, message: never) => Promise<void>;

/** The queues that are not a provider's. */
const RUNS: Readonly<Record<string, Run>> = { webhooks: sendEvents, bulk: runBulk, requests: keepRequests };

/** Runs the worker of each message, all at the same time. */
export async function runMessages(world: World, messages: readonly { queue: string; message: QueueMessage }[]) {
  const run = ({ queue, message }: (typeof messages)[number]) =>
    (RUNS[queue] ?? dispatch)(world, message.body as never);
  await Promise.all(messages.map(run));
}

/** What the schedules run on orders and batches. */
export async function runSchedules(world: World): Promise<void> {
  await reconcile(world);
  await advanceBatches(world);
}
