import type { RefusalReason } from '../../domain/health.ts';
import { BALANCE_FRESH_MS, probeIntervalOf } from '../../domain/health.ts';
import { messageOf } from '../../domain/message-of.ts';
import type { Order, Outcome } from '../../domain/order.ts';
import type { Hold } from '../../domain/order-life.ts';
import { DISPATCH_GRACE_MS } from '../../domain/order-life.ts';
import type { Instant } from '../../domain/time.ts';
import { earlier, elapsed, plus, SECOND } from '../../domain/time.ts';
import { METRICS } from '../../manifest/metrics.ts';
import type { Provider } from '../../providers/provider.ts';
import {
  endBalanceProbe,
  readHealth,
  recordFailure,
  recordSendTime,
  recover,
  refuse,
  saveBalances,
  takeBalanceProbe,
  takeProbe,
} from '../../store/health.ts';
import type { World } from '../../world.ts';
import { recordAnswer } from './keep-pace.ts';
import { isLow, recordLow } from './prefunded-balance.ts';
import { rechargeOf } from './recharge-of.ts';

const PROBE_MS_MAX = 20 * SECOND;
const PROBE_POLL_MS = 2 * SECOND;

/**
 * Why an order must wait: its provider is down or refuses us, or our account there does not cover it. `undefined` when
 * it may be sent now. Of test orders those wait whose own number asks for it: what a tester provokes in the sandbox
 * must not stop others.
 */
export async function findHold(
  world: World,
  provider: Provider,
  order: Pick<Order, 'mode'> | Order,
): Promise<Hold | undefined> {
  if (order.mode === 'test') {
    const isHeld = 'id' in order && provider.isDownFor?.(rechargeOf(order));
    return isHeld ? holdFor(world, 'held') : undefined;
  }
  const state = await probeIfDown(world, provider);
  if (state === 'up') return (await isCovered(world, provider, order)) ? undefined : holdFor(world, 'uncovered');
  const { reason } = await readHealth(world, provider.name);
  return holdFor(world, reason === undefined ? 'held' : 'refuses_us');
}

function holdFor(world: World, note: Hold['note']): Hold {
  return { until: plus(world.now(), DISPATCH_GRACE_MS), note };
}

/**
 * Whether a provider's breaker is open. Whoever has the right to probe asks for our balance, which sells nothing, and
 * closes the breaker if that is answered. That another process has the right says nothing yet about the provider.
 */
export async function probeIfDown(world: World, provider: Provider): Promise<'up' | 'down' | 'probed by another'> {
  const { openSince } = await readHealth(world, provider.name);
  if (openSince === undefined) return 'up';
  if (!(await takeProbe(world, provider.name))) return 'probed by another';
  try {
    await provider.balances();
    await recover(world, provider.name, 'probe');
    return 'up';
  } catch (error) {
    const reason = messageOf(error);
    world.log.warn('provider.still_down', { provider: provider.name, since: openSince, reason });
    return 'down';
  }
}

/**
 * Whether a provider is down, for work on many orders at once: it waits for the result of a probe that another process
 * makes and, where that was begun before the provider answered again, for the next; not after `endsAt`.
 */
export async function isStillDown(world: World, provider: Provider, endsAt?: Instant): Promise<boolean> {
  const intervalMs = probeIntervalOf(await readHealth(world, provider.name));
  const until = earlier(endsAt, plus(world.now(), intervalMs + PROBE_MS_MAX));
  let state = await probeIfDown(world, provider);
  while (state === 'probed by another' && world.now() < until) {
    await world.sleep(PROBE_POLL_MS);
    state = await probeIfDown(world, provider);
  }
  return state !== 'up';
}

/**
 * Whether our account at the provider covers an order, as far as we know. While a balance is low it is read once a
 * minute; a figure that could not be read for five minutes holds nothing back.
 */
async function isCovered(world: World, provider: Provider, order: Pick<Order, 'mode'> | Order): Promise<boolean> {
  const account = 'id' in order ? provider.paysFrom?.(order) : undefined;
  if (!('id' in order) || account === undefined) return true;
  const figure = (await readHealth(world, provider.name)).balances.get(account);
  if (!figure || !isLow(figure.balanceMinor, order.currency)) return true;
  if (await takeBalanceProbe(world, provider.name)) await readBalances(world, provider);
  else await whileBalancesAreRead(world, provider);
  const { balanceMinor, at } = (await readHealth(world, provider.name)).balances.get(account) ?? figure;
  return balanceMinor >= order.amountMinor || elapsed(at, world.now()) >= BALANCE_FRESH_MS;
}

/** Reads our balances there, and lets go who waits for them. */
async function readBalances(world: World, provider: Provider): Promise<void> {
  let balances: Awaited<ReturnType<Provider['balances']>> = [];
  try {
    balances = await provider.balances();
  } catch (error) {
    world.log.warn('provider.balance_not_read', { provider: provider.name, reason: messageOf(error) });
  }
  await endBalanceProbe(world, provider.name, balances);
}

/** Waits for the figures that somebody else reads at present: those from before say nothing about our account now. */
async function whileBalancesAreRead(world: World, provider: Provider): Promise<void> {
  let { balancesReadSince } = await readHealth(world, provider.name, 0);
  // Whoever reads them may have died.
  while (balancesReadSince !== undefined && elapsed(balancesReadSince, world.now()) < PROBE_MS_MAX) {
    await world.sleep(PROBE_POLL_MS);
    ({ balancesReadSince } = await readHealth(world, provider.name));
  }
}

/** Counts a send's outcome for the breaker: anything but a clear answer is a failure, and a refusal of us opens it. */
export async function recordOutcome(world: World, provider: Provider, order: Order, outcome: Outcome): Promise<void> {
  if (order.mode === 'test') return;
  try {
    if (outcome.kind === 'refuses_us') await recordRefusal(world, provider, order, outcome.reason);
    else if (outcome.kind === 'unclear' || outcome.kind === 'unsent') await recordFailure(world, provider.name);
    else await recover(world, provider.name, 'answer');
    if (outcome.kind === 'success') await recordBalance(world, provider, order, outcome.balanceMinor);
    const sentAt = order.attempts.at(-1)?.startedAt;
    const isClear = outcome.kind !== 'unclear' && outcome.kind !== 'unsent';
    const startedAt = (outcome.kind === 'unclear' && sentAt) || world.now();
    if (outcome.kind !== 'refuses_us') await recordAnswer(world, provider, { isClear, startedAt });
    // What was only accepted is decided later, by a callback or a query.
    if (sentAt !== undefined && ['success', 'rejected', 'unclear'].includes(outcome.kind)) {
      await recordSendTime(world, provider.name, elapsed(sentAt, world.now()));
    }
  } catch (error) {
    // The order's outcome is written already; a missing health count must not fail its message.
    world.log.error('provider.health_not_recorded', { provider: provider.name }, error);
  }
}

/** An empty account holds back only the orders that it pays for; any other reason holds back all. */
async function recordRefusal(world: World, provider: Provider, order: Order, reason: RefusalReason): Promise<void> {
  world.log.metric(METRICS.providerRefusesUs, 1, { provider: provider.name });
  const account = reason === 'balance' ? provider.paysFrom?.(order) : undefined;
  if (account === undefined) return refuse(world, provider.name, reason);
  const known = (await readHealth(world, provider.name)).balances.get(account)?.balanceMinor;
  const balanceMinor = Math.min(known ?? order.amountMinor - 1, order.amountMinor - 1);
  world.log.error('provider.refuses_us', { provider: provider.name, reason, account });
  await saveBalances(world, provider.name, [{ account, balanceMinor }]);
}

/** Remembers a balance while it is low, and once more when it no longer is. */
async function recordBalance(
  world: World,
  provider: Provider,
  order: Order,
  balanceMinor: number | undefined,
): Promise<void> {
  const account = provider.paysFrom?.(order);
  if (account === undefined || balanceMinor === undefined) return;
  const known = (await readHealth(world, provider.name)).balances.get(account);
  const wasLow = known !== undefined && isLow(known.balanceMinor, order.currency);
  if (!wasLow && !isLow(balanceMinor, order.currency)) return;
  await saveBalances(world, provider.name, [{ account, balanceMinor }]);
  recordLow(world, provider, account, isLow(balanceMinor, order.currency));
}
