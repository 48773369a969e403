import type { Mode } from '../../domain/ledger.ts';
import { paceOf, rampAfter } from '../../domain/pace.ts';
import type { Instant } from '../../domain/time.ts';
import { SECOND } from '../../domain/time.ts';
import { QUEUES } from '../../manifest/access.ts';
import type { Provider } from '../../providers/provider.ts';
import { readHealth, saveRamp } from '../../store/health.ts';
import type { CallKind } from '../../store/pace.ts';
import { backlogMs, takeCalls } from '../../store/pace.ts';
import type { World } from '../../world.ts';

/**
 * Keeps all our processes together to the calls a second that a provider takes. Four fifths of them are handed out by
 * the provider's health item, some at a time. One fifth is shared out evenly beforehand, and all while nobody has asked
 * for more lately: so a process that sends now and then costs no write. While a provider recovers, and for status
 * queries, all are handed out.
 *
 * At worst, all that may be saved up is called in the same second: of each process that may send (`SENDERS`) what it
 * has in a second, at least one call, and of what is handed out that of `LATE_MS_MAX` before. That second has four
 * times the rate and `SENDERS` calls. When an idle provider becomes busy, processes may take two seconds to learn of
 * it, in which it is called 1.8 times as fast as it allows. Where the rate falls, they also take two, and what was
 * handed out for two more is still called. Else it is the rate. Not counted are the control queries of `not-found.ts`,
 * one for each account and run, and the probes of the breaker.
 */

const SHARED_OUT = 0.2;
const IDLE_MS = 3 * SECOND;
/** The processes that send at the same time, at most: dispatchers, runners of batches and their sweep. */
const SENDERS = QUEUES['dispatch-hotrecharge'].concurrencyMax + QUEUES.bulk.concurrencyMax + 4;
const TAKEN_MAX = 10;
/** What was handed out is called this much too late at most, and else given up. */
const LATE_MS_MAX = SECOND;
/** Nothing is handed out or kept for later than this: what is, was reckoned before the clock was set back. */
const AHEAD_MS_MAX = 3 * SECOND;
const ASK_MS_MAX = SECOND;
const GROWING_MS = 300;
const POLL_MS = 10;

/** What one process has of one provider's calls. */
interface Share {
  /** Moments that were handed out to this process, in ms since 1970. */
  readonly calls: number[];
  waiting: number;
  /** Somebody in this process asks for more. */
  askingUntil: number;
  askedAt: number;
  /** How many it asks for, where fewer wait. */
  block: number;
  /** When its own share has grown to a call. */
  ownAt: number;
  /** When it may enqueue the next order. */
  enqueueAt: number;
}

/** Waits until a provider may be called. Orders of test keys keep to no pace. */
export async function waitForCall(
  world: World,
  provider: Provider,
  { kind, mode, until }: { kind: CallKind; mode: Mode; until: Instant },
): Promise<'at once' | 'after a wait' | 'not in time'> {
  if (mode === 'test') return 'at once';
  const share = shareOf(world, provider, kind);
  if (kind === 'sends' && (await takeOwn(world, provider, share))) return 'at once';
  share.waiting += 1;
  try {
    while (world.now() < until) {
      const now = nowOf(world);
      const next = share.calls.shift();
      if (next !== undefined && (next < now - LATE_MS_MAX || next > now + AHEAD_MS_MAX)) continue;
      if (next !== undefined) {
        if (next <= nowOf(world)) return 'at once';
        await world.sleep(next - now);
        return 'after a wait';
      }
      // One asks for all. Not for ever: what asked may have died.
      if (share.askingUntil > now) await world.sleep(POLL_MS);
      else await ask(world, provider, kind, share);
    }
    return 'not in time';
  } finally {
    share.waiting -= 1;
  }
}

/**
 * Waits until an order may be put on its queue: no faster than its provider may be called, and not while those that
 * call it wait. So what a sweep enqueues is sent soon, however much there is. False if not before `until`.
 */
export async function waitToEnqueue(
  world: World,
  provider: Provider,
  { mode, until }: { mode: Mode; until: Instant },
): Promise<boolean> {
  if (mode === 'test') return true;
  const share = shareOf(world, provider, 'sends');
  while (world.now() < until) {
    const aheadMs = await backlogMs(world, provider.name, 'sends');
    const { perSecond } = await pace(world, provider, 'sends');
    const now = nowOf(world);
    if (share.enqueueAt > now + AHEAD_MS_MAX) share.enqueueAt = now;
    const at = Math.max(now, share.enqueueAt);
    // Not far ahead: the pace may grow meanwhile.
    if (aheadMs > SECOND || at > now + SECOND) {
      await world.sleep(SECOND / 4);
      continue;
    }
    share.enqueueAt = at + SECOND / perSecond;
    await world.sleep(at - now);
    return true;
  }
  return false;
}

/** Counts an answer for the pace of a provider that recovers. Writes nothing where none does, and never throws. */
export async function recordAnswer(
  world: World,
  provider: Provider,
  answer: { isClear: boolean; startedAt: Instant },
): Promise<void> {
  try {
    const before = await readHealth(world, provider.name);
    const { sendsPerSecondMax, queriesPerSecondMax } = provider.capabilities;
    const after = rampAfter(before, answer, Math.max(sendsPerSecondMax, queriesPerSecondMax), world.now());
    if (after) await saveRamp(world, provider.name, before, after);
  } catch (error) {
    // What was answered must not be lost for it.
    world.log.error('provider.health_not_recorded', { provider: provider.name }, error);
  }
}

async function pace(world: World, { name, capabilities }: Provider, kind: CallKind) {
  const max = kind === 'sends' ? capabilities.sendsPerSecondMax : capabilities.queriesPerSecondMax;
  return paceOf(await readHealth(world, name), max, world.now());
}

/** Whether this process makes the call from its own share. */
async function takeOwn(world: World, provider: Provider, share: Share): Promise<boolean> {
  const { perSecond, isRamping } = await pace(world, provider, 'sends');
  const now = nowOf(world);
  if (isRamping || share.ownAt > now) return false;
  const isIdle = (await backlogMs(world, provider.name, 'sends')) < -IDLE_MS;
  const gapMs = (SENDERS * SECOND) / ((isIdle ? 1 : SHARED_OUT) * perSecond);
  const saved = Math.max(1, Math.floor(perSecond / SENDERS));
  share.ownAt = Math.max(share.ownAt, now - (saved - 1) * gapMs) + gapMs;
  return true;
}

/** Takes calls for all in this process who wait for one. */
async function ask(world: World, provider: Provider, kind: CallKind, share: Share): Promise<void> {
  const sinceMs = nowOf(world) - share.askedAt;
  // Who asks often takes more, ahead of need, and who does not takes no more than is used.
  if (sinceMs < GROWING_MS) share.block = Math.min(2 * share.block, TAKEN_MAX);
  else if (sinceMs > LATE_MS_MAX) share.block = 1;
  share.askedAt = nowOf(world);
  share.askingUntil = share.askedAt + ASK_MS_MAX;
  try {
    const { perSecond, isRamping } = await pace(world, provider, kind);
    const handedOut = isRamping || kind === 'queries' ? perSecond : (1 - SHARED_OUT) * perSecond;
    if (isRamping) share.block = 1;
    // Of half a second at most, so that other processes have some too.
    const count = Math.max(1, Math.min(Math.max(share.waiting, share.block), TAKEN_MAX, Math.floor(handedOut / 2)));
    const gapMs = SECOND / handedOut;
    const waitMs = await takeCalls(world, provider.name, { kind, count, gapMs });
    if (waitMs === undefined) return world.sleep(ASK_MS_MAX * (0.25 + 0.5 * world.random()));
    const first = nowOf(world) + waitMs;
    for (let place = 0; place < count; place += 1) share.calls.push(first + place * gapMs);
  } finally {
    share.askingUntil = 0;
  }
}

function shareOf(world: World, { name }: Provider, kind: CallKind): Share {
  const key = `${kind} ${name}`;
  const share = (world.memo.get(key) as Share | undefined) ?? {
    calls: [],
    waiting: 0,
    askingUntil: 0,
    askedAt: 0,
    block: 1,
    ownAt: 0,
    enqueueAt: 0,
  };
  world.memo.set(key, share);
  return share;
}

function nowOf(world: World): number {
  return Date.parse(world.now());
}
