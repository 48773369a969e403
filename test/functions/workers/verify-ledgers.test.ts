import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { verifyLedgers } from '../../../functions/workers/verify-ledgers.ts';
import type { Entry } from '../../../shared/domain/ledger.ts';
import { entryPut } from '../../../shared/store/ledger.ts';
import type { World } from '../../../shared/world.ts';
import { freshMerchantForEachTest, merchant, move, slowed, walletOf, world } from '../../support/ledger-set-up.ts';

freshMerchantForEachTest();

/** One run an hour later, and what it published. */
async function run(on: World = world, minutes = 60) {
  world.advance(minutes * 60_000);
  const errors: { event: string; fields: object | undefined }[] = [];
  const metrics: number[] = [];
  world.calls.length = 0;
  await verifyLedgers({
    ...on,
    log: {
      ...world.log,
      error: (event, fields) => errors.push({ event, fields }),
      metric: (name, value) => (name === 'BrokenLedgers' ? metrics.push(value) : 0),
    },
  });
  return { errors, broken: metrics, reads: world.calls.filter((name) => name === 'QueryCommand').length };
}

const overwrite = (entry: Entry, change: object) =>
  world.db.send(new PutCommand({ TableName: world.table('ledger'), Item: { ...entryPut(entry).item, ...change } }));

describe('the verification of ledgers', () => {
  it('finds every wallet by its first entry, and nothing wrong', async () => {
    await move(500);
    await move(500, 'x', 'KES');
    expect(await run()).toMatchObject({ errors: [], broken: [0] });
  });

  it('names the first entry that was changed, and says so in every run until it is right', async () => {
    await move(500);
    const entry = await move(20);
    await move(7);
    await overwrite(entry, { amountMinor: 30 });
    const fields = { merchantId: merchant.id, mode: 'live', currency: 'USD', seq: 2 };
    for (let n = 0; n < 3; n += 1) {
      const { errors, broken } = await run(world, 10);
      expect(broken).toEqual([1]);
      expect(errors).toMatchObject([{ event: 'ledger.broken', fields }]);
    }
    await overwrite(entry, {});
    expect(await run()).toMatchObject({ errors: [], broken: [0] });
  });

  it('goes on from the last verified entry: a change of it, or its removal, is noticed', async () => {
    await move(500);
    const last = await move(20);
    expect((await run()).broken).toEqual([0]);
    await overwrite(last, { description: 'other', hash: 'f'.repeat(64) });
    const { errors, broken } = await run();
    expect([broken, errors[0]?.fields]).toEqual([[1], expect.objectContaining({ seq: 2 })]);
  });

  it('reads only what is new: as much for a wallet with thousand entries as for one with three', async () => {
    for (let n = 0; n < 3; n += 1) await move(1);
    await run();
    await move(1);
    const { reads } = await run();
    for (let n = 0; n < 40; n += 1) await move(1);
    await run();
    await move(1);
    expect((await run()).reads).toBe(reads);
    // A wallet that is not due is not read at all.
    expect((await run(world, 1)).reads).toBeLessThan(reads);
  });

  it('that runs out of time goes on in the next run', async () => {
    for (let n = 0; n < 5; n += 1) await move(1);
    expect((await run(slowed(world))).broken).toEqual([0]);
    await overwrite(await move(1), { amountMinor: 2 });
    expect((await run(world, 1)).broken).toEqual([1]);
  });

  it('by two runs at once, or with a lost answer, is noted once and says the same', async () => {
    const entry = await move(500);
    await overwrite(entry, { amountMinor: 400 });
    let puts = 0;
    world.fault = (command) => (command === 'PutCommand' && puts++ % 2 === 0 ? 'after' : undefined);
    const [one, other] = await Promise.all([run(), run()]);
    world.fault = undefined;
    expect([one.broken, other.broken].flat()).toContain(1);
    expect((await run(world, 10)).broken).toEqual([1]);
  });

  it('does not count test wallets in the alarm, and logs them', async () => {
    const { adjustWallet } = await import('../../../shared/flows/wallet/adjust-wallet.ts');
    const wallet = { ...walletOf(), mode: 'test' } as const;
    await overwrite(await adjustWallet(world, wallet, { amountMinor: 5, reason: 'x', by: 't' }), { amountMinor: 6 });
    const { errors, broken } = await run();
    expect([broken, errors.length]).toEqual([[0], 1]);
  });
});
