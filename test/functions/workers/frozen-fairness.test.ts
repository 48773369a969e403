import { beforeEach, expect, it } from '@jest/globals';
import { reconcile } from '../../../functions/workers/reconcile.ts';
import type { Mode } from '../../../shared/domain/ledger.ts';
import { acceptRow, freeze } from '../../../shared/domain/order-life.ts';
import type { Instant } from '../../../shared/domain/time.ts';
import { HOUR, MINUTE, plus } from '../../../shared/domain/time.ts';
import { freezeMerchant, unfreezeMerchant } from '../../../shared/flows/account/freeze-merchant.ts';
import { createRow } from '../../../shared/store/orders.ts';
import type { World } from '../../../shared/world.ts';
import { initial } from '../../domain/orders.ts';
import { repeats } from '../../support/length.ts';
import { OPERATOR } from '../../support/origin.ts';
import type { VirtualWorld } from '../../support/virtual-world.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

/** What is held for a frozen merchant costs a sweep next to nothing and holds up nobody. */

const HELD = repeats({ short: 2_000, long: 20_000 });
const FROZEN: { merchantId: string; modes: readonly Mode[] } = { merchantId: initial.merchantId, modes: ['live'] };

let virtual: VirtualWorld;
/** It counts what it reads of single items. */
let world: World;
let reads: Map<string, number>;

beforeEach(() => {
  virtual = virtualWorld();
  reads = new Map();
  const send = (command: { constructor: { name: string }; input: { TableName?: string } }) => {
    const table = String(command.input.TableName);
    if (command.constructor.name === 'GetCommand') reads.set(table, (reads.get(table) ?? 0) + 1);
    return (virtual.world.db.send as (command: unknown) => Promise<unknown>)(command);
  };
  world = { ...virtual.world, db: { send } as unknown as World['db'] };
});

async function held(count: number, placedAt: Instant): Promise<void> {
  const orders = Array.from({ length: count }, (_, n) => {
    const row = { ...initial, id: `ord_h${n}`, agentReference: `h${n}`, batchId: 'bat_1', isQuiet: true as const };
    return createRow(virtual.world, freeze(acceptRow(row, placedAt), plus(placedAt, MINUTE)).after);
  });
  await virtual.during(Promise.all(orders));
}

/** Another merchant's order whose message was lost. */
async function lost(): Promise<void> {
  const row = { ...initial, id: 'ord_other', merchantId: 'mer_2', agentReference: 'other', batchId: 'bat_2' };
  await virtual.during(createRow(virtual.world, acceptRow(row, plus(virtual.clock.iso, -5 * MINUTE))));
}

const sent = () => virtual.messages.map(({ message }) => (message.body as { merchantId: string }).merchantId);

it(`beside ${HELD} orders held for a frozen merchant, another one's lost order is sent by the next sweep`, async () => {
  await virtual.during(freezeMerchant(world, FROZEN, OPERATOR, 'A key leaked.'));
  await held(HELD, plus(virtual.clock.iso, -HOUR));
  await lost();
  const dueBefore = virtual.db.items('orders').map(({ dueAt }) => dueAt);
  reads.clear();
  const startedAt = virtual.minute();
  await virtual.during(reconcile(world));
  expect(sent()).toEqual(['mer_2']);
  expect(virtual.minute() - startedAt).toBeLessThan(1);
  // None of the held orders is read or written, and each slot reads the terms once in four seconds.
  expect(reads.get('orders')).toBeLessThan(5);
  expect(reads.get('merchants')).toBeLessThan(60);
  const dueAfter = virtual.db.items('orders').map(({ dueAt }) => dueAt);
  expect(dueAfter.filter((at, n) => at !== dueBefore[n])).toHaveLength(1);
});

it('the first sweep after the freeze enqueues them, as fast as their provider takes orders', async () => {
  await virtual.during(freezeMerchant(world, FROZEN, OPERATOR, 'A key leaked.'));
  await held(500, plus(virtual.clock.iso, -HOUR));
  await virtual.during(reconcile(world));
  expect(sent()).toEqual([]);
  await virtual.during(unfreezeMerchant(world, FROZEN, OPERATOR, 'It was revoked.'));
  await virtual.during(reconcile(world));
  expect(sent()).toHaveLength(500);
});

it('those that are six hours old are refunded meanwhile, beside what others have due', async () => {
  await virtual.during(freezeMerchant(world, FROZEN, OPERATOR, 'A key leaked.'));
  await held(200, plus(virtual.clock.iso, -6 * HOUR));
  await lost();
  await virtual.during(reconcile(world));
  expect(sent()).toEqual(['mer_2']);
  const orders = virtual.db.items('orders').filter(({ merchantId }) => merchantId === initial.merchantId);
  expect(orders.map(({ status, failure }) => [status, failure])).toEqual(
    orders.map(() => ['refunded', 'account_frozen']),
  );
});
