import { worker } from '../../shared/aws/worker.ts';
import { messageOf } from '../../shared/domain/message-of.ts';
import type { Instant } from '../../shared/domain/time.ts';
import { elapsed, SECOND } from '../../shared/domain/time.ts';
import {
  canaryBody,
  findDebit,
  findDelivery,
  ownEndpoint,
  placeOrder,
  repeatOrder,
} from '../../shared/flows/canary/canary-steps.ts';
import { METRICS } from '../../shared/manifest/metrics.ts';
import { saveCanaryRun } from '../../shared/store/canary.ts';
import type { World } from '../../shared/world.ts';

/**
 * A test order as a merchant's server would send it, by the public address: it ends well, its reference is not sold
 * twice, its debit is in the ledger, and its webhook arrives. That it was delivered says that its receiver, which is
 * ours, found the signature right. A step that fails ends the run, which all the same has come to its end.
 */
export async function canaryOrder(world: World): Promise<void> {
  const startedAt = world.now();
  const body = canaryBody(startedAt);
  let what = '';
  let orderId: string | undefined;
  const step = async <T>(name: string, since: Instant, work: () => Promise<T>): Promise<T> => {
    what = name;
    const done = await work();
    world.log.metric(METRICS.canarySeconds, elapsed(since, world.now()) / SECOND, { step: name });
    return done;
  };
  let isSound = false;
  try {
    what = 'endpoint';
    const endpointId = await ownEndpoint(world);
    const placedAt = world.now();
    const id = await step('order', placedAt, () => placeOrder(world, body));
    orderId = id;
    await step('replay', world.now(), () => repeatOrder(world, body, id));
    await step('ledger', world.now(), () => findDebit(world, id));
    await step('webhook', placedAt, () => findDelivery(world, endpointId, id));
    isSound = true;
    world.log.info('canary.sound', { orderId, ms: elapsed(startedAt, world.now()) });
  } catch (error) {
    world.log.error('canary.failed', { what, reason: messageOf(error), orderId });
  }
  world.log.metric(METRICS.canarySuccess, isSound ? 1 : 0);
  await saveCanaryRun(world, isSound);
}

export const handler = worker({ onSchedule: canaryOrder });
