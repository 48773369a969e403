import { worker } from '../../shared/aws/worker.ts';
import type { Mode, WalletId } from '../../shared/domain/ledger.ts';
import { walletKey } from '../../shared/domain/ledger.ts';
import { lowBalance } from '../../shared/domain/occurrence.ts';
import { sha256 } from '../../shared/domain/sha256.ts';
import type { Instant } from '../../shared/domain/time.ts';
import { elapsed, plus, SECOND } from '../../shared/domain/time.ts';
import type { LowBalance, Watch } from '../../shared/domain/watch.ts';
import { crossingsOf, LOW_BALANCE_EVENT, seen } from '../../shared/domain/watch.ts';
import type { WebhookEvent } from '../../shared/domain/webhook.ts';
import { addToNotices } from '../../shared/flows/notices/add-to-notices.ts';
import { putOffFailed } from '../../shared/flows/put-off.ts';
import { deliverEvents } from '../../shared/flows/webhooks/deliver-events.ts';
import { deliverFairly } from '../../shared/flows/webhooks/deliver-fairly.ts';
import type { EventMessage } from '../../shared/flows/webhooks/enqueue-events.ts';
import { publishEvents } from '../../shared/flows/webhooks/publish-events.ts';
import { continueRecovery } from '../../shared/flows/webhooks/recover-endpoint.ts';
import { inEachMode, workThrough } from '../../shared/flows/work-through.ts';
import { viewLowBalance } from '../../shared/http/views/low-balance-views.ts';
import { METRICS } from '../../shared/manifest/metrics.ts';
import { dueByReceiver } from '../../shared/store/deliveries.ts';
import type { Due } from '../../shared/store/due-items.ts';
import { listWallet, readTail } from '../../shared/store/ledger.ts';
import { RECOVERY_LANE } from '../../shared/store/recoveries.ts';
import { dueWatches, readWatch, saveWatch } from '../../shared/store/watches.ts';
import type { World } from '../../shared/world.ts';

/** Leaves a margin below the function's timeout for the attempts in flight. */
const RUN_MS_MAX = 40 * SECOND;
const READ_PER_SHARD = 250;
const AT_ONCE = 25;
/** For test items, beside those of live ones. */
const TEST_AT_ONCE = 5;
/** Deliveries in flight of one run. */
const DELIVERIES_AT_ONCE = 200;
const TEST_DELIVERIES_AT_ONCE = 20;
/** More than a run can send to one. */
const KEPT_PER_RECEIVER = 10_000;
const RECOVERIES_AT_ONCE = 5;
const ENTRIES_PER_PAGE = 500;

/** One message: an order, a top-up or a batch with events to publish. */
export function sendEvents(world: World, { isAgain, ...source }: EventMessage, receives = 1): Promise<void> {
  return publishEvents(world, source, isAgain === true || receives > 1);
}

/**
 * The sweep: checks watched balances, and retries due deliveries. At the same time, because a check waits for servers
 * of merchants too. Events whose message was lost are enqueued again by the sweeps of what they are about.
 */
export function sendDue(world: World): Promise<void> {
  return inEachMode((mode) => sendDueOf(world, mode));
}

async function sendDueOf(world: World, mode: Mode): Promise<void> {
  const startedAt = world.now();
  const parts = await Promise.allSettled([checkBalances(world, mode, startedAt), retryDue(world, mode, startedAt)]);
  for (const part of parts) if (part.status === 'rejected') throw part.reason;
}

async function checkBalances(world: World, mode: Mode, startedAt: Instant): Promise<void> {
  const isTimeLeft = () => elapsed(startedAt, world.now()) < RUN_MS_MAX;
  const onFailure = (error: unknown, { due }: { due: Due }) => putOffFailed(world, 'webhook.failed', due, error);
  const limits = { atOnce: mode === 'live' ? AT_ONCE : TEST_AT_ONCE, isTimeLeft, onFailure };
  const watches = await dueWatches(world, mode, startedAt, READ_PER_SHARD);
  await workThrough(watches, ({ wallet }) => checkBalance(world, wallet), limits);
}

async function retryDue(world: World, mode: Mode, startedAt: Instant): Promise<void> {
  const due = new Map(await dueByReceiver(world, mode, startedAt, KEPT_PER_RECEIVER));
  const recoveries = due.get(RECOVERY_LANE) ?? [];
  due.delete(RECOVERY_LANE);
  const atOnce = mode === 'live' ? DELIVERIES_AT_ONCE : TEST_DELIVERIES_AT_ONCE;
  const endsAt = plus(startedAt, RUN_MS_MAX);
  const onFailure = (error: unknown, { due }: { due: Due }) => putOffFailed(world, 'webhook.failed', due, error);
  const [oldest] = await Promise.all([
    deliverFairly(world, due, { atOnce, endsAt }),
    workThrough(recoveries, ({ id }) => continueRecovery(world, id, endsAt), { atOnce: RECOVERIES_AT_ONCE, onFailure }),
  ]);
  if (mode === 'test') return;
  const age = oldest === undefined ? 0 : elapsed(oldest, world.now()) / SECOND;
  world.log.metric(METRICS.oldestDelivery, Math.round(age));
}

/**
 * Publishes an event for each time a balance fell below its threshold since the last check, or was below it when that
 * was set. The event's id follows from the ledger entry, or from the setting, so a repeated check repeats no event; the
 * position is saved last, so a crash loses none.
 */
async function checkBalance(world: World, wallet: WalletId): Promise<void> {
  const watch = await readWatch(world, wallet);
  if (watch?.dueAt === undefined) return;
  const last = (await readTail(world, wallet))?.seq ?? 0;
  const crossings: LowBalance[] = [];
  for (let below = last + 1; below > watch.seenSeq + 1; ) {
    const page = await listWallet(world, wallet, { belowSeq: below, limit: ENTRIES_PER_PAGE });
    crossings.push(...crossingsOf(watch, page.entries));
    below = page.continueBelow ?? 0;
  }
  const low = [...(watch.setBelow ? [watch.setBelow] : []), ...crossings.toReversed()];
  const events = low.map((found) => lowBalanceEvent(watch, found));
  const clear = async () => {
    await addToNotices(
      world,
      low.map((found) => lowBalance(watch, found, eventIdOf(watch, found))),
    );
    await saveWatch(world, seen(watch, last, world.now()));
  };
  await deliverEvents(world, wallet, events, clear, { isAgain: true });
}

function eventIdOf(watch: Watch, { seq, revision }: LowBalance): string {
  const ofSetting = revision === undefined ? '' : `_${revision}`;
  return `evt_${sha256(walletKey(watch)).slice(0, 20)}_${seq}${ofSetting}`;
}

function lowBalanceEvent(watch: Watch, found: LowBalance): WebhookEvent {
  const { seq: sequence, at: createdAt } = found;
  const id = eventIdOf(watch, found);
  const object = viewLowBalance(watch, found);
  const body = JSON.stringify({ id, type: LOW_BALANCE_EVENT, created_at: createdAt, sequence, data: { object } });
  return { id, type: LOW_BALANCE_EVENT, createdAt, sequence, body };
}

export const handler = worker({ schedule: 'webhook-sender', onMessage: sendEvents, onSchedule: sendDue });
