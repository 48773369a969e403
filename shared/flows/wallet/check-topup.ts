import { messageOf } from '../../domain/message-of.ts';
import { elapsed } from '../../domain/time.ts';
import type { PaymentFinding, Topup } from '../../domain/topup.ts';
import { abandonStart, applyPaymentStatus } from '../../domain/topup.ts';
import { METRICS } from '../../manifest/metrics.ts';
import { evidence } from '../../providers/provider.ts';
import { readTopup } from '../../store/topups.ts';
import type { World } from '../../world.ts';
import { changeTopup } from './change-topup.ts';

/** Does what is owed on one due top-up: gives up a start that never was, or asks the gateway. Safe beside others. */
export async function checkDueTopup(world: World, id: string): Promise<void> {
  const topup = await readTopup(world, id);
  if (!topup || topup.dueAt === undefined || topup.dueAt > world.now() || topup.status === 'review') return;
  if (topup.status === 'starting') {
    await changeTopup(world, topup, (now) =>
      now.version === topup.version ? abandonStart(now, world.now()) : undefined,
    );
    return;
  }
  await look(world, topup);
}

/**
 * Somebody says that there is news: the gateway is asked, also about a top-up that counts as failed. False when it
 * could not tell and nobody will ask again: the news must come once more.
 */
export async function checkNotifiedTopup(world: World, id: string): Promise<boolean> {
  const topup = await readTopup(world, id);
  if (topup?.gatewayRef === undefined) return topup?.status !== 'starting';
  const finding = await look(world, topup);
  return finding.kind !== 'unclear' || topup.status === 'pending';
}

async function look(world: World, topup: Topup): Promise<PaymentFinding> {
  const finding = await ask(world, topup);
  if (topup.status === 'success' && finding.kind !== 'paid' && finding.kind !== 'unclear') {
    // Money that was credited is never taken back by a machine.
    world.log.metric(METRICS.moneyAnomaly, 1);
    world.log.error('topup.success_denied', { topupId: topup.id, finding: finding.kind });
  }
  await changeTopup(world, topup, (now) => applyPaymentStatus(now, finding, world.now()));
  return finding;
}

async function ask(world: World, topup: Topup): Promise<PaymentFinding> {
  const startedAt = world.now();
  let finding: PaymentFinding;
  try {
    finding = await world.payments(topup.mode).check(topup.gatewayRef ?? '');
  } catch (error) {
    world.log.error('gateway.threw', { topupId: topup.id }, error);
    finding = { kind: 'unclear', evidence: evidence(messageOf(error)) };
  }
  world.log.info('payment.asked', {
    topupId: topup.id,
    finding: finding.kind,
    queryCount: topup.queryCount + 1,
    ms: elapsed(startedAt, world.now()),
  });
  return finding;
}
