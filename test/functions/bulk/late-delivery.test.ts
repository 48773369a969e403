import { describe, expect, it } from '@jest/globals';
import { advanceBatches } from '../../../functions/workers/run-bulk.ts';
import type { Finding, Order } from '../../../shared/domain/order.ts';
import { applyCallback, reverse } from '../../../shared/domain/order-life.ts';
import { changeOrder } from '../../../shared/flows/orders/change-order.ts';
import { adjustWallet } from '../../../shared/flows/wallet/adjust-wallet.ts';
import { readOrder } from '../../../shared/store/orders.ts';
import {
  balance,
  create,
  entries,
  file,
  freshMerchantForEachTest,
  look,
  merchant,
  settle,
  world,
} from '../../support/bulk-set-up.ts';
import { lostAnswer } from '../../support/world.ts';

/**
 * A row that was refused by callback and is delivered after all. Its merchant was debited for it by the batch, which
 * has not refunded it yet: what it still has to refund pays for the row, and no loss is written off meanwhile.
 */

freshMerchantForEachTest();

const rejected = { kind: 'rejected', failure: 'network_refused', evidence: '' } as const;
const delivered = { kind: 'success', receipt: { providerRef: 'late' }, evidence: '' } as const;
const HOUR_MINUTES = 60;

const read = async (row: number) =>
  (await readOrder(world, { merchantId: merchant.id, mode: 'live', agentReference: `may~${row}` })) as Order;

const report = async (row: number, finding: Finding) =>
  changeOrder(world, await read(row), (current) => applyCallback(current, finding, world.now()));

/** A batch of a hundred dollars, which empties the wallet; the first row is refused, the last stays in doubt. */
async function aBatch(rows = 100) {
  world.upstream.script = Array.from(
    { length: rows },
    () => ({ kind: 'accepted', receipt: {}, evidence: '' }) as const,
  );
  world.upstream.finding = { kind: 'in_progress', evidence: '' };
  const { json } = await create(file(rows, String(100 / rows)));
  await settle();
  expect(await balance()).toBe(0);
  await report(2, rejected);
  return json;
}

async function endBatch(rows: number): Promise<void> {
  for (let row = 3; row <= rows + 1; row += 1) await report(row, delivered);
  await world.sweep(HOUR_MINUTES);
  await settle();
  await world.sweep(HOUR_MINUTES);
}

describe('a row that is delivered 30 seconds after it was refused', () => {
  it('is charged to what its batch has still to refund: no loss, no entry, nothing refunded for it', async () => {
    const batch = await aBatch();
    world.advance(30_000);
    await report(2, delivered);
    expect(await read(2)).toMatchObject({ status: 'success', returnedMinor: 100, keptMinor: 100 });
    expect((await read(2)).lossMinor).toBeUndefined();
    await endBatch(100);
    expect(await look(batch)).toMatchObject({ status: 'completed', amounts: [{ total: 100, refunded: 0 }] });
    expect((await entries()).map(({ kind }: { kind: string }) => kind)).toEqual(['batch']);
    expect(await balance()).toBe(0);
  });

  it('is charged once by two callers, and a second row that failed is still refunded', async () => {
    const batch = await aBatch(4);
    await report(3, rejected);
    await Promise.all([report(2, delivered), report(2, delivered), advanceBatches(world)]);
    await report(4, delivered);
    await report(5, delivered);
    await world.sweep(HOUR_MINUTES);
    expect(await look(batch)).toMatchObject({ status: 'completed', amounts: [{ total: 100, refunded: 25 }] });
    expect(await balance()).toBe(25);
  });

  it.each(['before', 'after'] as const)('is charged once when the answer is lost %s the write', async (when) => {
    const batch = await aBatch(4);
    let isLost = false;
    world.fault = (command) => {
      if (command !== 'TransactWriteCommand' || isLost) return undefined;
      isLost = true;
      return when;
    };
    await report(2, delivered);
    expect(isLost).toBe(true);
    expect((await read(2)).keptMinor).toBe(2500);
    await endBatch(4);
    expect(await look(batch)).toMatchObject({ status: 'completed', amounts: [{ refunded: 0 }] });
    expect(await balance()).toBe(0);
  });

  it('stays refunded and due when the database answers nothing: the same news again is applied', async () => {
    await aBatch(4);
    world.fault = (command) => (command === 'TransactWriteCommand' ? lostAnswer() : undefined);
    await expect(report(2, delivered)).rejects.toThrow('gave up');
    world.fault = undefined;
    expect(await read(2)).toMatchObject({ status: 'refunded' });
    await report(2, delivered);
    expect(await read(2)).toMatchObject({ status: 'success', keptMinor: 2500 });
  });

  it('is charged to the wallet once the batch has refunded it', async () => {
    const batch = await aBatch(4);
    await endBatch(4);
    expect(await look(batch)).toMatchObject({ status: 'completed', amounts: [{ refunded: 25 }] });
    await report(2, delivered);
    expect((await read(2)).keptMinor).toBeUndefined();
    expect((await entries())[0]).toMatchObject({ kind: 'correction', amount: -25 });
    expect(await balance()).toBe(0);
  });

  it('is our loss only when neither its batch nor its wallet holds the money', async () => {
    await aBatch(4);
    await endBatch(4);
    const wallet = { merchantId: merchant.id, mode: 'live', currency: 'USD' } as const;
    await adjustWallet(world, wallet, { amountMinor: -2500, reason: 'spent', by: 'test' });
    await report(2, delivered);
    expect(await read(2)).toMatchObject({ status: 'refunded', lossMinor: 2500 });
  });

  it('is returned by an entry when the provider takes it back later', async () => {
    const batch = await aBatch(4);
    await report(2, delivered);
    await changeOrder(world, await read(2), (current) => reverse(current, world.now(), 'Taken back.'));
    await endBatch(4);
    expect(await look(batch)).toMatchObject({ status: 'completed', amounts: [{ refunded: 0 }] });
    expect(await balance()).toBe(25);
  });
});
