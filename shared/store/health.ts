import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ProviderName } from '../domain/catalogue.ts';
import { defined } from '../domain/defined.ts';
import type { Health } from '../domain/health.ts';
import { FAILURE_COUNT_MAX, PROBE_INTERVAL_MS } from '../domain/health.ts';
import { elapsed, plus, SECOND } from '../domain/time.ts';
import type { World } from '../world.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';

/** Circuit breakers, one item per provider. They only decide whether an order is sent now or later. */

const HEALTH: Shape<Health> = { failureCount: 'number' };

/** How stale the state in a process may be: it saves a read per order, and bounds the sends into an outage. */
const FRESH_MS = 2 * SECOND;

/** A provider's health, at most two seconds old. */
export async function readHealth(world: World, provider: ProviderName): Promise<Health> {
  const remembered = world.memo.get(memoKey(provider)) as { at: string; health: Health } | undefined;
  if (remembered && elapsed(remembered.at, world.now()) < FRESH_MS) return remembered.health;
  const answer = await world.db.send(new GetCommand({ TableName: world.table('health'), Key: { pk: provider } }));
  return remember(world, provider, answer.Item);
}

/** Counts a send without a clear answer. The tenth in a row opens the breaker. */
export async function recordFailure(world: World, provider: ProviderName): Promise<void> {
  const health = await update(world, provider, { update: 'ADD failureCount :one', values: { ':one': 1 } });
  if (!health || health.failureCount < FAILURE_COUNT_MAX || health.openSince !== undefined) return;
  const opened = await update(world, provider, {
    update: 'SET openSince = :now, probeAt = :next',
    condition: 'attribute_not_exists(openSince)',
    values: { ':now': world.now(), ':next': plus(world.now(), PROBE_INTERVAL_MS) },
  });
  if (opened) world.log.error('provider.down', { provider, failureCount: opened.failureCount });
}

/** Closes the breaker and resets its failure count after a clear answer. Writes nothing where nothing failed. */
export async function recover(world: World, provider: ProviderName): Promise<void> {
  const { failureCount, openSince } = await readHealth(world, provider);
  if (failureCount === 0 && openSince === undefined) return;
  await update(world, provider, {
    update: 'SET failureCount = :zero REMOVE openSince, probeAt',
    values: { ':zero': 0 },
  });
  if (openSince !== undefined) world.log.warn('provider.up', { provider, since: openSince });
}

/** Claims the next probe of a provider whose breaker is open. One caller in ten seconds gets it. */
export async function takeProbe(world: World, provider: ProviderName): Promise<boolean> {
  const taken = await update(world, provider, {
    update: 'SET probeAt = :next',
    condition: 'attribute_exists(openSince) AND probeAt <= :now',
    values: { ':now': world.now(), ':next': plus(world.now(), PROBE_INTERVAL_MS) },
  });
  return taken !== undefined;
}

async function update(
  world: World,
  provider: ProviderName,
  change: { update: string; condition?: string; values: Record<string, unknown> },
): Promise<Health | undefined> {
  try {
    const answer = await world.db.send(
      new UpdateCommand({
        TableName: world.table('health'),
        Key: { pk: provider },
        UpdateExpression: change.update,
        ...defined({ ConditionExpression: change.condition }),
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
  const health: Health = item ? fromItem('provider health', HEALTH, item) : { failureCount: 0 };
  world.memo.set(memoKey(provider), { at: world.now(), health });
  return health;
}

function memoKey(provider: ProviderName): string {
  return `health ${provider}`;
}
