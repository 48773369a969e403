import { worker } from '../../shared/aws/worker.ts';
import { elapsed, SECOND } from '../../shared/domain/time.ts';
import { watchBalance } from '../../shared/flows/wallet/watch-balances.ts';
import type { Delivered } from '../../shared/flows/webhooks/deliver-event.ts';
import { deliverDue, putOffDue } from '../../shared/flows/webhooks/deliver-event.ts';
import type { EventSource } from '../../shared/flows/webhooks/publish-events.ts';
import { publishEvents } from '../../shared/flows/webhooks/publish-events.ts';
import { batchesWithEvents } from '../../shared/store/batches.ts';
import { dueDeliveries } from '../../shared/store/deliveries.ts';
import { ordersWithEvents } from '../../shared/store/orders.ts';
import { topupsWithEvents } from '../../shared/store/topups.ts';
import { dueWatches } from '../../shared/store/watches.ts';
import type { World } from '../../shared/world.ts';

/** Leaves room below the function's timeout for the attempts that are under way. */
const RUN_MS_MAX = 40 * SECOND;
const READ_PER_SHARD = 250;
const AT_ONCE = 25;
const AT_ONCE_PER_ENDPOINT = 5;

/** One message: one order or top-up with events to hand on. */
export function sendEvents(world: World, message: EventSource): Promise<void> {
  return publishEvents(world, message);
}

/** Hands on what no message brought, looks at balances that are watched, then tries what is due again. */
export async function sendDue(world: World): Promise<void> {
  const startedAt = world.now();
  const isTimeLeft = () => elapsed(startedAt, world.now()) < RUN_MS_MAX;
  const orders = await ordersWithEvents(world, startedAt, READ_PER_SHARD);
  const topups = await topupsWithEvents(world, startedAt, READ_PER_SHARD);
  const batches = await batchesWithEvents(world, startedAt, READ_PER_SHARD);
  const sources: EventSource[] = [
    ...orders,
    ...topups.map((topupId) => ({ topupId })),
    ...batches.map((batchId) => ({ batchId })),
  ];
  while (sources.length > 0 && isTimeLeft()) {
    await Promise.all(sources.splice(0, AT_ONCE).map((source) => guarded(world, publishEvents(world, source))));
  }
  const watches = await dueWatches(world, startedAt, READ_PER_SHARD);
  while (watches.length > 0 && isTimeLeft()) {
    await Promise.all(watches.splice(0, AT_ONCE).map((watch) => guarded(world, watchBalance(world, watch))));
  }
  let due: { id: string; receiver: string }[];
  do {
    due = await dueDeliveries(world, startedAt, READ_PER_SHARD);
    const receivers = Object.values(Object.groupBy(due, ({ receiver }) => receiver));
    await Promise.all(receivers.map((own) => deliverAll(world, own?.map(({ id }) => id) ?? [], isTimeLeft)));
    // A dead endpoint's backlog may lie before what others wait for.
  } while (due.length >= READ_PER_SHARD && isTimeLeft());
}

/**
 * Everything due that fails together, beside all other. The oldest shows whether there is an answer; where there is
 * none, the rest is put off untried, so that a host that hangs costs one attempt and not one for each event.
 */
async function deliverAll(world: World, ids: readonly string[], isTimeLeft: () => boolean): Promise<void> {
  const [oldest, ...rest] = ids;
  if (oldest === undefined) return;
  let isAnswering = (await guarded(world, deliverDue(world, oldest))) !== 'not_delivered';
  while (rest.length > 0 && isTimeLeft()) {
    const deliver = isAnswering ? deliverDue : putOffDue;
    const some = rest.splice(0, isAnswering ? AT_ONCE_PER_ENDPOINT : AT_ONCE);
    const results = await Promise.all(some.map((id) => guarded<Delivered | undefined>(world, deliver(world, id))));
    if (results.includes('not_delivered')) isAnswering = false;
  }
}

/** One that fails stays due and does not stop the others. */
async function guarded<T>(world: World, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    world.log.error('webhook.failed', {}, error);
    return undefined;
  }
}

export const handler = worker({ onMessage: sendEvents, onSchedule: sendDue });
