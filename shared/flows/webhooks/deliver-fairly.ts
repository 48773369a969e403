import type { Instant } from '../../domain/time.ts';
import { elapsed } from '../../domain/time.ts';
import { sharerOf } from '../../domain/webhook.ts';
import type { DueDelivery } from '../../store/deliveries.ts';
import type { World } from '../../world.ts';
import { putOffFailed } from '../put-off.ts';
import type { DeliveryResult } from './deliver-event.ts';
import { deliverDue } from './deliver-event.ts';
import { isSlow } from './receiver-speed.ts';

/** What one that takes events gets at once, and the most that one gets that takes long to answer. */
const AT_ONCE_MIN = 10;
/** The most that one gets that answers soon: less than a run has, so that there is room for others. */
const AT_ONCE_MAX = 100;

/** The deliveries of one receiver in a run. */
interface Lane {
  readonly receiver: string;
  /** Counts what all lanes of one merchant have in flight. */
  readonly sharer: { inFlight: number };
  /** Due, the oldest first. */
  readonly waiting: DueDelivery[];
  /** Tried in vain, and due again before the run ends; the first one first. */
  readonly again: (DueDelivery & { readonly at: Instant })[];
  inFlight: number;
  /**
   * One until it has taken a delivery, so that a host that hangs keeps one call waiting and not ten. Then it grows with
   * each success, which doubles it in the time of an answer, and halves with each failure.
   */
  atOnce: number;
  /** While it is backed off: when it may be probed. */
  opensAt?: Instant | undefined;
}

/**
 * Delivers what is due, each receiver at its own speed. A slot is free as soon as its call ends, and goes to the
 * merchant with the fewest calls in flight, and to its receiver with the fewest. So a slow or dead receiver, and one
 * merchant's thousands of them, cost the others nothing but their own slots. What is due again soon is tried again in
 * the same run. A receiver that is backed off keeps its deliveries untouched. Returns since when the oldest delivery is
 * due that it did not come to, apart from those.
 */
export async function deliverFairly(
  world: World,
  due: ReadonlyMap<string, readonly DueDelivery[]>,
  { atOnce, endsAt }: { atOnce: number; endsAt: Instant },
): Promise<Instant | undefined> {
  const lanes = new Set<Lane>();
  const sharers = new Map<string, Lane['sharer']>();
  for (const [receiver, waiting] of due) {
    const sharer = sharers.get(sharerOf(receiver)) ?? { inFlight: 0 };
    sharers.set(sharerOf(receiver), sharer);
    lanes.add({ receiver, sharer, waiting: [...waiting], again: [], inFlight: 0, atOnce: 1 });
  }
  let inFlight = 0;
  let ended = Promise.withResolvers<void>();
  const start = async (lane: Lane, delivery: DueDelivery) => {
    lane.inFlight += 1;
    lane.sharer.inFlight += 1;
    inFlight += 1;
    recordResult(world, lane, delivery, await deliver(world, delivery), endsAt);
    lane.inFlight -= 1;
    lane.sharer.inFlight -= 1;
    inFlight -= 1;
    ended.resolve();
  };
  for (;;) {
    ended = Promise.withResolvers<void>();
    while (inFlight < atOnce && world.now() < endsAt) {
      const lane = nextLane(lanes, world.now());
      const delivery = lane && nextDelivery(world, lane);
      if (!lane || !delivery) break;
      start(lane, delivery);
    }
    const next = nextInstant(lanes);
    if (inFlight > 0) {
      const msToNext = next === undefined ? 0 : elapsed(world.now(), next);
      // A call that hangs keeps no retry of another receiver waiting.
      await (msToNext > 0 ? world.within(msToNext, ended.promise) : ended.promise);
      continue;
    }
    if (next === undefined || next >= endsAt || world.now() >= endsAt) return oldestLeft(lanes, world.now());
    await world.sleep(Math.max(1, elapsed(world.now(), next)));
  }
}

function oldestLeft(lanes: Iterable<Lane>, now: Instant): Instant | undefined {
  const open = [...lanes].filter(({ opensAt }) => opensAt === undefined || opensAt <= now);
  return open
    .flatMap(({ waiting }) => waiting.map(({ due }) => due.at))
    .reduce<Instant | undefined>((oldest, at) => (oldest === undefined || at < oldest ? at : oldest), undefined);
}

/** A failure of ours, such as a write that never succeeds, puts the delivery off and says nothing of its receiver. */
async function deliver(world: World, { id, due }: DueDelivery): Promise<DeliveryResult> {
  try {
    return await deliverDue(world, id);
  } catch (error) {
    await putOffFailed(world, 'webhook.failed', due, error);
    return { kind: 'not_due' };
  }
}

function recordResult(world: World, lane: Lane, delivery: DueDelivery, result: DeliveryResult, endsAt: Instant): void {
  if (result.kind === 'delivered') {
    const most = isSlow(world, lane.receiver) ? AT_ONCE_MIN : AT_ONCE_MAX;
    lane.atOnce = Math.min(most, Math.max(AT_ONCE_MIN, lane.atOnce + 1));
    lane.opensAt = undefined;
  } else if (result.kind === 'backed_off') {
    lane.atOnce = 1;
    lane.opensAt = result.until;
    lane.waiting.unshift(delivery);
  } else if (result.kind === 'not_delivered') {
    lane.atOnce = Math.max(1, Math.floor(lane.atOnce / 2));
    if (result.dueAt === undefined || result.dueAt >= endsAt) return;
    lane.again.push({ ...delivery, at: result.dueAt });
    lane.again.sort((one, other) => (one.at < other.at ? -1 : 1));
  }
}

/**
 * Among the lanes that may start a call, the one whose merchant has the fewest in flight; of equals the one that has
 * the fewest itself, and then the one that waited longest.
 */
function nextLane(lanes: Set<Lane>, now: Instant): Lane | undefined {
  let best: Lane | undefined;
  for (const lane of lanes) {
    const mayStart = lane.inFlight < lane.atOnce && (lane.opensAt ?? now) <= now && isDue(lane, now);
    if (mayStart && (!best || hasFewer(lane, best))) best = lane;
  }
  if (!best) return undefined;
  lanes.delete(best);
  lanes.add(best);
  return best;
}

function hasFewer(one: Lane, other: Lane): boolean {
  if (one.sharer === other.sharer) return one.inFlight < other.inFlight;
  return one.sharer.inFlight < other.sharer.inFlight;
}

function isDue({ waiting, again }: Lane, now: Instant): boolean {
  const [retry] = again;
  return waiting.length > 0 || (retry !== undefined && retry.at <= now);
}

/**
 * Retries come first, then the oldest. While it is unknown whether a receiver takes anything, any of them: where it can
 * never take some, however many and however old they are, another one must show that it takes the rest.
 */
function nextDelivery(world: World, { waiting, again, atOnce }: Lane): DueDelivery | undefined {
  const [retry] = again;
  if (atOnce === 1 && waiting.length > 0) return waiting.splice(Math.floor(world.random() * waiting.length), 1)[0];
  return retry && retry.at <= world.now() ? again.shift() : waiting.shift();
}

/** When a lane can go on that cannot now. */
function nextInstant(lanes: Iterable<Lane>): Instant | undefined {
  let next: Instant | undefined;
  for (const lane of lanes) {
    const retryAt = lane.waiting.length > 0 ? undefined : lane.again[0]?.at;
    if (lane.waiting.length === 0 && retryAt === undefined) continue;
    const at = [retryAt, lane.opensAt]
      .filter((each) => each !== undefined)
      .sort()
      .at(-1);
    if (at !== undefined && (next === undefined || at < next)) next = at;
  }
  return next;
}
