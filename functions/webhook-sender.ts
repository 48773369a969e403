import { worker } from '../shared/aws/worker.ts';
import { elapsed, SECOND } from '../shared/domain/time.ts';
import { deliverDue, putOffDue } from '../shared/flows/deliver-event.ts';
import { handOnEvents } from '../shared/flows/hand-on-events.ts';
import { dueDeliveries } from '../shared/store/deliveries.ts';
import type { OrderKey } from '../shared/store/orders.ts';
import { ordersWithEvents } from '../shared/store/orders.ts';
import type { World } from '../shared/world.ts';

/** Leaves room below the function's timeout for the attempts that are under way. */
const RUN_MS_MAX = 40 * SECOND;
const READ_PER_SHARD = 250;
const AT_ONCE = 25;
const AT_ONCE_PER_ENDPOINT = 5;

/** One message: one order with events to hand on. */
export function sendEvents(world: World, message: OrderKey): Promise<void> {
  return handOnEvents(world, message);
}

/** Hands on what no message brought, then tries what is due again. */
export async function sendDue(world: World): Promise<void> {
  const startedAt = world.now();
  const isTimeLeft = () => elapsed(startedAt, world.now()) < RUN_MS_MAX;
  const orders = await ordersWithEvents(world, startedAt, READ_PER_SHARD);
  while (orders.length > 0 && isTimeLeft()) {
    await Promise.all(orders.splice(0, AT_ONCE).map((key) => guarded(world, handOnEvents(world, key))));
  }
  const due = await dueDeliveries(world, startedAt, READ_PER_SHARD);
  const byEndpoint = Object.values(Object.groupBy(due, ({ endpointId }) => endpointId));
  await Promise.all(byEndpoint.map((own) => deliverAll(world, own?.map(({ id }) => id) ?? [], isTimeLeft)));
}

/**
 * Everything due of one endpoint, beside all others. The oldest shows whether it answers; where it does not, the rest
 * is put off untried, so that an endpoint that hangs costs one attempt and not one for each event.
 */
async function deliverAll(world: World, ids: readonly string[], isTimeLeft: () => boolean): Promise<void> {
  let isAnswering = true;
  let size = 1;
  for (
    let done = 0;
    done < ids.length && isTimeLeft();
    done += size, size = isAnswering ? AT_ONCE_PER_ENDPOINT : AT_ONCE
  ) {
    const some = ids.slice(done, done + size);
    const work = isAnswering ? some.map((id) => deliverDue(world, id)) : some.map((id) => putOffDue(world, id));
    const results = await Promise.all(work.map((each) => guarded<unknown>(world, each)));
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
