import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ProviderName } from '../domain/catalogue.ts';
import { defined } from '../domain/defined.ts';
import type { BalanceFigure, Health, KnownDelivery, RefusalReason } from '../domain/health.ts';
import {
  BALANCE_INTERVAL_MS,
  FAILURE_COUNT_MAX,
  PROBE_INTERVAL_MS,
  probeIntervalOf,
  REFUSED_PROBE_INTERVAL_MS,
} from '../domain/health.ts';
import type { Ramp } from '../domain/pace.ts';
import { startOfRamp } from '../domain/pace.ts';
import type { Sends } from '../domain/send-times.ts';
import { saysTheSame, together, withSend } from '../domain/send-times.ts';
import { elapsed, plus, SECOND } from '../domain/time.ts';
import type { World } from '../world.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';

/** Circuit breakers, one item per provider. They only decide whether an order is sent now or later. */

const HEALTH: Shape<Health> = { failureCount: 'number', balances: 'object', deliveries: 'object' };

/** What is kept by account are attributes of their own, so that two writers of two accounts do not undo each other. */
const BALANCE = 'balance ';
const DELIVERY = 'delivery ';

const RAMP = 'rampPerSecond = :perSecond, rampAt = :at, rampSince = :rampSince';

/** How stale the state in a process may be: it saves a read per order, and bounds the sends into an outage. */
const FRESH_MS = 2 * SECOND;

/** A provider's health, at most two seconds old, or as old as it may be. */
export async function readHealth(world: World, provider: ProviderName, ageMsMax = FRESH_MS): Promise<Health> {
  const remembered = world.memo.get(memoKey(provider)) as { at: string; health: Health } | undefined;
  if (remembered && elapsed(remembered.at, world.now()) < ageMsMax) return remembered.health;
  const answer = await world.db.send(
    new GetCommand({ TableName: world.table('health'), Key: { pk: provider }, ConsistentRead: ageMsMax === 0 }),
  );
  return remember(world, provider, answer.Item);
}

/** Counts a send without a clear answer. The tenth in a row opens the breaker. */
export async function recordFailure(world: World, provider: ProviderName): Promise<void> {
  const health = await updateHealth(world, provider, { update: 'ADD failureCount :one', values: { ':one': 1 } });
  if (!health || health.failureCount < FAILURE_COUNT_MAX || health.openSince !== undefined) return;
  const opened = await updateHealth(world, provider, {
    update: 'SET openSince = :now, probeAt = :next',
    condition: 'attribute_not_exists(openSince)',
    values: { ':now': world.now(), ':next': plus(world.now(), PROBE_INTERVAL_MS) },
  });
  if (opened) world.log.error('provider.down', { provider, failureCount: opened.failureCount });
}

/**
 * Notes how long a send took. What is stored is written only when this process has seen that it no longer holds, so a
 * steady provider costs no write; of two processes that write at once, the later one counts.
 */
export async function recordSendTime(world: World, provider: ProviderName, ms: number): Promise<void> {
  const key = `send times ${provider}`;
  const at = world.now();
  const seen = withSend((world.memo.get(key) as Sends | undefined) ?? {}, ms, at);
  world.memo.set(key, seen);
  const known = await readHealth(world, provider);
  const next = together(known, seen, at);
  if (saysTheSame(known, next, at)) return;
  const { sendMs, slowSendAt } = next;
  await updateHealth(world, provider, {
    update: `SET sendMs = :times${slowSendAt ? ', slowSendAt = :slowAt' : ''}`,
    values: { ':times': sendMs, ...defined({ ':slowAt': slowSendAt }) },
  });
  world.memo.delete(key);
}

/** Opens the breaker at once, with the reason: the provider refuses us, and would refuse every other order too. */
export async function refuse(world: World, provider: ProviderName, reason: RefusalReason): Promise<void> {
  const opened = await updateHealth(world, provider, {
    update: 'SET openSince = :now, reason = :reason, probeAt = :next',
    condition: 'attribute_not_exists(reason)',
    values: { ':now': world.now(), ':reason': reason, ':next': plus(world.now(), REFUSED_PROBE_INTERVAL_MS) },
  });
  if (opened) world.log.error('provider.refuses_us', { provider, reason });
  // Another process opened it; this one forgets that it was closed.
  else forgetHealth(world, provider);
}

/**
 * Closes the breaker and resets its failure count after a clear answer. Writes nothing where nothing failed. Where the
 * provider refuses us, only a probe closes it: a clear answer may be to a send from before.
 */
export async function recover(world: World, provider: ProviderName, by: 'answer' | 'probe'): Promise<void> {
  const { failureCount, openSince, reason } = await readHealth(world, provider);
  if ((failureCount === 0 && openSince === undefined) || (by === 'answer' && reason !== undefined)) return;
  if (openSince === undefined) {
    const reset = { update: 'SET failureCount = :zero', condition: 'attribute_not_exists(openSince)' };
    if (await updateHealth(world, provider, { ...reset, values: { ':zero': 0 } })) return;
    // Another process has opened it.
    forgetHealth(world, provider);
    return recover(world, provider, by);
  }
  const { rampPerSecond, rampAt } = startOfRamp(world.now());
  const closed = await updateHealth(world, provider, {
    update: `SET failureCount = :zero, upSince = :at, ${RAMP} REMOVE openSince, probeAt, reason`,
    condition: by === 'answer' ? 'openSince = :since AND attribute_not_exists(reason)' : 'openSince = :since',
    values: { ':zero': 0, ':since': openSince, ':perSecond': rampPerSecond, ':at': rampAt, ':rampSince': rampAt },
  });
  if (closed) world.log.warn('provider.up', { provider, since: openSince });
  else forgetHealth(world, provider);
}

/** Replaces the ramp, unless somebody else has done so since it was read; an empty one is over. */
export async function saveRamp(world: World, provider: ProviderName, before: Ramp, after: Ramp): Promise<void> {
  const seen = { ':seenPerSecond': before.rampPerSecond, ':seenAt': before.rampAt };
  const set = { ':perSecond': after.rampPerSecond, ':at': after.rampAt, ':rampSince': after.rampSince };
  const saved = await updateHealth(world, provider, {
    update: after.rampAt === undefined ? 'REMOVE rampPerSecond, rampAt, rampSince' : `SET ${RAMP}`,
    condition: 'rampAt = :seenAt AND rampPerSecond = :seenPerSecond',
    values: after.rampAt === undefined ? seen : { ...seen, ...set },
  });
  if (!saved) forgetHealth(world, provider);
}

type Balances = readonly { readonly account: string; readonly balanceMinor: number }[];

/** Remembers what accounts hold, for the orders that they are to pay for. */
export function saveBalances(world: World, provider: ProviderName, balances: Balances): Promise<void> {
  return setBalances(world, provider, balances, '');
}

/** Remembers what a reading found, which is nothing where it failed, and ends it. */
export function endBalanceProbe(world: World, provider: ProviderName, balances: Balances): Promise<void> {
  return setBalances(world, provider, balances, 'REMOVE balancesReadSince');
}

async function setBalances(world: World, provider: ProviderName, balances: Balances, rest: string): Promise<void> {
  const at = world.now();
  const names = Object.fromEntries(balances.map(({ account }, n) => [`#b${n}`, BALANCE + account]));
  const values = Object.fromEntries(balances.map(({ balanceMinor }, n) => [`:b${n}`, { balanceMinor, at }]));
  const sets = balances.map((_, n) => `#b${n} = :b${n}, `).join('');
  await updateHealth(world, provider, {
    update: `SET ${sets}balancesAt = :next ${rest}`,
    ...(balances.length > 0 ? { names } : {}),
    values: { ...values, ':next': plus(at, BALANCE_INTERVAL_MS) },
  });
}

/** Notes that a provider has no credentials, or has some again. Writes nothing where that is noted already. */
export async function setOff(world: World, provider: ProviderName, isOff: boolean): Promise<void> {
  const { offSince } = await readHealth(world, provider);
  if (isOff === (offSince !== undefined)) return;
  const change = isOff
    ? { update: 'SET offSince = :now', condition: 'attribute_not_exists(offSince)', values: { ':now': world.now() } }
    : {
        update: 'SET failureCount = :zero, upSince = :now REMOVE offSince',
        values: { ':zero': 0, ':now': world.now() },
      };
  await updateHealth(world, provider, change);
}

/** Remembers an order that an account delivered. */
export async function saveDelivery(
  world: World,
  provider: ProviderName,
  account: string,
  delivery: KnownDelivery,
): Promise<void> {
  await updateHealth(world, provider, {
    update: 'SET #delivery = :delivery',
    names: { '#delivery': DELIVERY + account },
    values: { ':delivery': delivery },
  });
}

/** Claims the next reading of the balances while one of them is low. One caller a minute gets it. */
export async function takeBalanceProbe(world: World, provider: ProviderName): Promise<boolean> {
  const taken = await updateHealth(world, provider, {
    update: 'SET balancesAt = :next, balancesReadSince = :now',
    condition: 'balancesAt <= :now',
    values: { ':now': world.now(), ':next': plus(world.now(), BALANCE_INTERVAL_MS) },
  });
  return taken !== undefined;
}

/** Claims the next probe of a provider whose breaker is open. One caller in ten seconds gets it, or in a minute. */
export async function takeProbe(world: World, provider: ProviderName): Promise<boolean> {
  const interval = probeIntervalOf(await readHealth(world, provider));
  const taken = await updateHealth(world, provider, {
    update: 'SET probeAt = :next',
    condition: 'attribute_exists(openSince) AND probeAt <= :now',
    values: { ':now': world.now(), ':next': plus(world.now(), interval) },
  });
  return taken !== undefined;
}

/** The next read is of the table. */
export function forgetHealth(world: World, provider: ProviderName): void {
  world.memo.delete(memoKey(provider));
}

/** The health after a change; `undefined` where its condition did not hold. */
export async function updateHealth(
  world: World,
  provider: ProviderName,
  change: { update: string; condition?: string; names?: Record<string, string>; values: Record<string, unknown> },
): Promise<Health | undefined> {
  try {
    const answer = await world.db.send(
      new UpdateCommand({
        TableName: world.table('health'),
        Key: { pk: provider },
        UpdateExpression: change.update,
        ...defined({ ConditionExpression: change.condition, ExpressionAttributeNames: change.names }),
        ExpressionAttributeValues: change.values,
        ReturnValues: 'ALL_NEW',
      }),
    );
    return remember(world, provider, answer.Attributes);
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return undefined;
    throw error;
  }
}

function remember(world: World, provider: ProviderName, item: Record<string, unknown> | undefined): Health {
  const health = toHealth(item ?? {});
  world.memo.set(memoKey(provider), { at: world.now(), health });
  return health;
}

function toHealth(item: Record<string, unknown>): Health {
  const balances = byAccount<BalanceFigure>(item, BALANCE);
  const deliveries = byAccount<KnownDelivery>(item, DELIVERY);
  // A provider that only ever refused us has no count yet.
  return fromItem('provider health', HEALTH, { failureCount: 0, ...item, balances, deliveries });
}

function byAccount<T>(item: Record<string, unknown>, prefix: string): Map<string, T> {
  const entries = Object.entries(item).filter(([name]) => name.startsWith(prefix));
  return new Map(entries.map(([name, value]) => [name.slice(prefix.length), value as T]));
}

function memoKey(provider: ProviderName): string {
  return `health ${provider}`;
}
