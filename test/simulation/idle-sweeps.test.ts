import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from '@jest/globals';
import { reconcile } from '../../functions/workers/reconcile.ts';
import { MINUTE, SECOND } from '../../shared/domain/time.ts';
import { dueKeys } from '../../shared/store/due-items.ts';
import { repeats } from '../support/length.ts';
import { virtualWorld } from '../support/virtual-world.ts';
import { isIdle, isVerificationIdle, onlyReading } from './idle-sweeps.ts';
import { ModelDb } from './model-db.ts';
import { simulate } from './simulation.ts';

const NOW = Date.parse('2026-01-01T00:00:00.000Z');
const at = (ms: number) => new Date(NOW + ms).toISOString();

function put(
  model: ModelDb,
  table: 'orders' | 'topups' | 'deliveries' | 'watches' | 'batches' | 'wallets',
  item: object,
) {
  model.execute(new PutCommand({ TableName: table, Item: { pk: 'one', ...item } }));
}

const order = { id: 'ord_1', mode: 'live', provider: 'hotrecharge', status: 'unknown' } as const;

it.each([
  ['orders', 'reconcile'],
  ['topups', 'reconcile'],
  ['deliveries', 'webhook sweep'],
  ['watches', 'webhook sweep'],
  ['batches', 'bulk sweep'],
] as const)('a sweep is not idle while one of the %s is due before it ends: %s', (table, sweep) => {
  const model = new ModelDb();
  expect(isIdle(model, sweep, NOW)).toBe(true);
  put(model, table, { dueShard: 1, dueAt: at(3 * MINUTE) });
  expect(isIdle(model, sweep, NOW)).toBe(true);
  put(model, table, { dueShard: 1, dueAt: at(90 * SECOND) });
  expect(isIdle(model, sweep, NOW)).toBe(false);
  put(model, table, {});
  expect(isIdle(model, sweep, NOW)).toBe(true);
});

it('what waits for a person leaves a sweep idle, but for its events', () => {
  const model = new ModelDb();
  const inReview = { ...order, status: 'review', dueAt: at(0) };
  put(model, 'orders', { dueAt: at(0), ...dueKeys(inReview) });
  expect(isIdle(model, 'reconcile', NOW)).toBe(true);
  put(model, 'orders', { dueAt: at(0), ...dueKeys({ ...inReview, outbox: [{}] }) });
  expect(isIdle(model, 'reconcile', NOW)).toBe(false);
});

it('a sweep is not idle while a lagging index shows a row that is no longer due', () => {
  let now = NOW;
  const model = new ModelDb(undefined, { now: () => now, ms: 3 * SECOND });
  put(model, 'orders', { dueShard: 1, dueAt: at(0) });
  now += MINUTE;
  put(model, 'orders', {});
  expect(isIdle(model, 'reconcile', now)).toBe(false);
  now += 3 * SECOND;
  expect(isIdle(model, 'reconcile', now)).toBe(true);
});

it('a verification is not idle once a wallet is due', () => {
  const model = new ModelDb();
  put(model, 'wallets', { dueShard: 1, dueAt: at(0) });
  expect(isVerificationIdle(model, NOW - 1)).toBe(true);
  expect(isVerificationIdle(model, NOW)).toBe(false);
});

it('an idle sweep reports what it does but read', async () => {
  const found: string[] = [];
  const { world: whole, during } = virtualWorld();
  const world = onlyReading(whole, (effect) => found.push(effect));
  await during(reconcile(world));
  expect(found).toEqual([]);
  await during(world.db.send(new PutCommand({ TableName: world.table('health'), Item: { pk: 'one' } })));
  await during(world.queues.send('webhooks', [{ body: {}, group: 'one' }]));
  expect(found).toEqual(['PutCommand', 'a message to webhooks']);
});

it('a run ends the same with and without the sweeps that have nothing to do', async () => {
  for (const seed of [1, 2, 3, 5].slice(0, repeats({ short: 2, long: 4 }))) {
    const plan = { orders: 10, isTraced: true };
    const [less, all] = [await simulate(seed, plan), await simulate(seed, { ...plan, runsIdleSweeps: true })];
    const sweeps = (run: typeof all) => run.counts.get('sweep: came to its end') ?? 0;
    expect(sweeps(less)).toBeLessThan(sweeps(all));
    expect(all.violations).toEqual([]);
    expect({ ...less, counts: decided(less.counts) }).toEqual({ ...all, counts: decided(all.counts) });
  }
}, 60_000);

/** What was counted but for the sweeps themselves. */
function decided(counts: ReadonlyMap<string, number>) {
  return Object.fromEntries([...counts].filter(([name]) => !/^(sweep|metric)/.test(name)));
}
