import { messageOf } from '../../domain/message-of.ts';
import { elapsed } from '../../domain/time.ts';
import type { PaymentFinding, Topup } from '../../domain/topup.ts';
import {
  abandonStart,
  applyPaymentStatus,
  isDecided,
  isQueriedAgain,
  leaveToMessage,
  waitsForOperator,
} from '../../domain/topup.ts';
import { isOverdue } from '../../domain/versioned.ts';
import { METRICS } from '../../manifest/metrics.ts';
import { evidence } from '../../providers/provider.ts';
import { readTopup } from '../../store/topups.ts';
import type { World } from '../../world.ts';
import { countLive } from '../count-live.ts';
import { changeTopup } from '../decide-again.ts';
import { enqueueLostEvents } from '../webhooks/enqueue-events.ts';

/**
 * Advances one due top-up: has its events published, gives up a start that failed, or queries the payment gateway. Safe
 * to run concurrently.
 */
export async function checkDueTopup(world: World, id: string): Promise<void> {
  const topup = await readTopup(world, id);
  if (!topup || topup.dueAt === undefined || topup.dueAt > world.now()) return;
  if (isOverdue(topup.outbox, world.now())) await publishAgain(world, topup);
  const isQueried = !isDecided(topup.status) || (topup.queryAt !== undefined && topup.queryAt <= world.now());
  if (waitsForOperator(topup) || !isQueried) return;
  if (topup.status === 'starting') {
    await changeTopup(world, topup, (current) =>
      current.version === topup.version ? abandonStart(current, world.now()) : undefined,
    );
    return;
  }
  await queryStatus(world, topup);
}

/** Enqueues events that were not published in time, and leaves them to that message while it lives. */
async function publishAgain(world: World, topup: Topup): Promise<void> {
  await enqueueLostEvents(world, topup, { topupId: topup.id });
  await changeTopup(world, topup, (current) =>
    current.version === topup.version ? leaveToMessage(current, world.now()) : undefined,
  );
}

/**
 * The payment gateway notified us: it is queried, even for a top-up that counts as failed. False when its answer was
 * unclear and no sweep will query again: then the notification must be repeated.
 */
export async function checkNotifiedTopup(world: World, id: string): Promise<boolean> {
  const topup = await readTopup(world, id);
  if (topup?.gatewayRef === undefined) return topup?.status !== 'starting';
  const finding = await queryStatus(world, topup);
  return finding.kind !== 'unclear' || isQueriedAgain(topup);
}

async function queryStatus(world: World, topup: Topup): Promise<PaymentFinding> {
  const finding = await query(world, topup);
  if (topup.status === 'success' && finding.kind !== 'paid' && finding.kind !== 'unclear') {
    // A credit is never taken back automatically: `applyPaymentStatus` puts it before an operator.
    countLive(world, topup, METRICS.moneyAnomaly);
    world.log.error('topup.success_denied', { topupId: topup.id, finding: finding.kind });
  }
  await changeTopup(world, topup, (current) => applyPaymentStatus(current, finding, world.now()));
  return finding;
}

async function query(world: World, topup: Topup): Promise<PaymentFinding> {
  const startedAt = world.now();
  let finding: PaymentFinding;
  try {
    finding = await world.payments(topup.mode).check(topup.gatewayRef ?? '');
  } catch (error) {
    world.log.error('payment_gateway.threw', { topupId: topup.id }, error);
    finding = { kind: 'unclear', evidence: evidence(messageOf(error)) };
  }
  world.log.info('payment.queried', {
    topupId: topup.id,
    finding: finding.kind,
    queryCount: topup.queryCount + 1,
    ms: elapsed(startedAt, world.now()),
  });
  return finding;
}
