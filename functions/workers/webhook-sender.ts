import { worker } from '../../shared/aws/worker.ts';
import type { Entry, Mode, WalletId } from '../../shared/domain/ledger.ts';
import { walletKey } from '../../shared/domain/ledger.ts';
import { toMajor } from '../../shared/domain/money.ts';
import { sha256 } from '../../shared/domain/sha256.ts';
import type { Instant } from '../../shared/domain/time.ts';
import { elapsed, SECOND } from '../../shared/domain/time.ts';
import type { Watch } from '../../shared/domain/watch.ts';
import { crosses, LOW_BALANCE_EVENT, seen } from '../../shared/domain/watch.ts';
import type { WebhookEvent } from '../../shared/domain/webhook.ts';
import { putOffFailed } from '../../shared/flows/put-off.ts';
import { backOffDue, deliverDue } from '../../shared/flows/webhooks/deliver-event.ts';
import type { EventSource } from '../../shared/flows/webhooks/enqueue-events.ts';
import { deliverEvents, publishEvents } from '../../shared/flows/webhooks/publish-events.ts';
import { inEachMode, workThrough } from '../../shared/flows/work-through.ts';
import { batchesWithEvents } from '../../shared/store/batches.ts';
import { dueDeliveries } from '../../shared/store/deliveries.ts';
import type { Due } from '../../shared/store/due-items.ts';
import { listWallet, readTail } from '../../shared/store/ledger.ts';
import { ordersWithEvents } from '../../shared/store/orders.ts';
import { topupsWithEvents } from '../../shared/store/topups.ts';
import { dueWatches, readWatch, saveWatch } from '../../shared/store/watches.ts';
import type { World } from '../../shared/world.ts';

/** Leaves a margin below the function's timeout for the attempts in flight. */
const RUN_MS_MAX = 40 * SECOND;
const READ_PER_SHARD = 250;
const AT_ONCE = 25;
/** For test items, beside those of live ones. */
const TEST_AT_ONCE = 5;
const AT_ONCE_PER_RECEIVER = 5;
const ENTRIES_PER_PAGE = 500;

/** One message: an order, a top-up or a batch with events to publish. */
export function sendEvents(world: World, message: EventSource): Promise<void> {
  return publishEvents(world, message);
}

/** The sweep: publishes events whose message was lost, checks watched balances, then retries due deliveries. */
export function sendDue(world: World): Promise<void> {
  return inEachMode((mode) => sendDueOf(world, mode));
}

async function sendDueOf(world: World, mode: Mode): Promise<void> {
  const startedAt = world.now();
  const isTimeLeft = () => elapsed(startedAt, world.now()) < RUN_MS_MAX;
  const onFailure = (error: unknown, { due }: { due: Due }) => putOffFailed(world, 'webhook.failed', due, error);
  const limits = { atOnce: mode === 'live' ? AT_ONCE : TEST_AT_ONCE, isTimeLeft, onFailure };
  const sources = await unpublished(world, mode, startedAt);
  await workThrough(sources, (source) => publishEvents(world, source), limits);
  const watches = await dueWatches(world, mode, startedAt, READ_PER_SHARD);
  await workThrough(watches, ({ wallet }) => checkBalance(world, wallet), limits);
  let due: { id: string; receiver: string; due: Due }[];
  do {
    due = await dueDeliveries(world, mode, startedAt, READ_PER_SHARD);
    const byReceiver = Object.values(Object.groupBy(due, ({ receiver }) => receiver));
    await Promise.all(byReceiver.map((own = []) => deliverToReceiver(world, own, isTimeLeft)));
    // One dead endpoint's backlog may fill the whole read: the deliveries of others come in the next.
  } while (due.length >= READ_PER_SHARD && isTimeLeft());
}

async function unpublished(world: World, mode: Mode, at: Instant): Promise<(EventSource & { due: Due })[]> {
  const orders = await ordersWithEvents(world, mode, at, READ_PER_SHARD);
  const topups = await topupsWithEvents(world, mode, at, READ_PER_SHARD);
  const batches = await batchesWithEvents(world, mode, at, READ_PER_SHARD);
  return [...orders, ...topups, ...batches];
}

/**
 * Delivers what is due to one receiver, the oldest first and alone. If that fails, the rest backs off untried, so that
 * a host that hangs costs one attempt and not one for each event.
 */
async function deliverToReceiver(
  world: World,
  due: readonly { id: string; due: Due }[],
  isTimeLeft: () => boolean,
): Promise<void> {
  const waiting = [...due];
  let atOnce = 1;
  let isAnswering: boolean;
  do {
    const results = await Promise.all(waiting.splice(0, atOnce).map((each) => deliver(world, each)));
    isAnswering = !results.includes('not_delivered');
    atOnce = AT_ONCE_PER_RECEIVER;
  } while (isAnswering && waiting.length > 0 && isTimeLeft());
  if (isAnswering) return;
  const onFailure = (error: unknown, { due }: { due: Due }) => putOffFailed(world, 'webhook.failed', due, error);
  await workThrough(waiting, ({ id }) => backOffDue(world, id), { atOnce: AT_ONCE, isTimeLeft, onFailure });
}

/** A failure of ours, such as a write that never succeeds, puts the delivery off and says nothing of its receiver. */
async function deliver(world: World, { id, due }: { id: string; due: Due }) {
  try {
    return await deliverDue(world, id);
  } catch (error) {
    await putOffFailed(world, 'webhook.failed', due, error);
    return undefined;
  }
}

/**
 * Publishes an event for each time a balance fell below its threshold since the last check. The event's id follows from
 * the ledger entry, so a repeated check repeats no event; the position is saved last, so a crash loses none.
 */
async function checkBalance(world: World, wallet: WalletId): Promise<void> {
  const watch = await readWatch(world, wallet);
  if (watch?.dueAt === undefined) return;
  const last = (await readTail(world, wallet))?.seq ?? 0;
  const crossings: Entry[] = [];
  for (let below = last + 1; below > watch.seenSeq + 1; ) {
    const page = await listWallet(world, wallet, { belowSeq: below, limit: ENTRIES_PER_PAGE });
    crossings.push(...page.entries.filter((entry) => entry.seq > watch.seenSeq && crosses(watch, entry)));
    below = page.continueBelow ?? 0;
  }
  const events = crossings.toReversed().map((entry) => lowBalanceEvent(watch, entry));
  await deliverEvents(world, wallet, events, () => saveWatch(world, seen(watch, last, world.now())));
}

function lowBalanceEvent(watch: Watch, entry: Entry): WebhookEvent {
  const { currency, mode } = watch;
  const id = `evt_${sha256(walletKey(watch)).slice(0, 20)}_${entry.seq}`;
  const object = {
    currency,
    mode,
    balance: toMajor(entry.balanceAfterMinor, currency),
    low_balance_threshold: toMajor(watch.thresholdMinor, currency),
    entry_id: entry.id,
  };
  const { seq: sequence, at: createdAt } = entry;
  const body = JSON.stringify({ id, type: LOW_BALANCE_EVENT, created_at: createdAt, sequence, data: { object } });
  return { id, type: LOW_BALANCE_EVENT, createdAt, sequence, body };
}

export const handler = worker({ onMessage: sendEvents, onSchedule: sendDue });
