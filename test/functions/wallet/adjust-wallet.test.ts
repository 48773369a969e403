import { describe, expect, it } from '@jest/globals';
import { adjustWallet, isLargeAdjustment } from '../../../shared/flows/wallet/adjust-wallet.ts';
import { listWallet } from '../../../shared/store/ledger.ts';
import { freshMerchantForEachTest, walletOf, world } from '../../support/ledger-set-up.ts';

freshMerchantForEachTest();

const deposit = (amountMinor = 500, currency: 'USD' | 'KES' = 'USD') =>
  adjustWallet(world, walletOf(currency), { amountMinor, reason: 'Deposit', by: 'ruth', reference: 'bank 17' });

const entries = async () => (await listWallet(world, walletOf(), { limit: 10 })).entries;

describe('an adjustment under a reference', () => {
  it('is one entry: the same again, also by two at once, finds the entry that is there', async () => {
    const both = await Promise.all([deposit(), deposit()]);
    expect(new Set(both.map(({ id }) => id)).size).toBe(1);
    expect(await deposit()).toEqual(both[0]);
    expect(await entries()).toHaveLength(1);
    expect((await entries())[0]).toMatchObject({ amountMinor: 500, description: 'Deposit (ruth, bank 17)' });
  });

  it('is refused with another amount or for another wallet', async () => {
    await deposit();
    await expect(deposit(501)).rejects.toThrow('the reference bank 17 was used for USD 5.00, entry 1');
    await expect(deposit(500, 'KES')).rejects.toThrow('was used for USD 5.00');
    expect(await entries()).toHaveLength(1);
  });

  it.each(['before', 'after'] as const)('is one entry when the answer is lost %s the write', async (when) => {
    let isLost = false;
    world.fault = (command) => {
      if (command !== 'TransactWriteCommand' || isLost) return undefined;
      isLost = true;
      return when;
    };
    expect(await deposit()).toMatchObject({ seq: 1, balanceAfterMinor: 500 });
    expect(isLost).toBe(true);
    expect(await entries()).toHaveLength(1);
  });

  it('that debits more than there is writes nothing, and its reference stays free', async () => {
    await expect(deposit(-1)).rejects.toThrow('the wallet holds only USD 0.00');
    expect(await deposit()).toMatchObject({ amountMinor: 500 });
  });
});

it('an adjustment is large from a thousand dollars on, and alike in other currencies', () => {
  expect([99_999, 100_000, -100_000].map((minor) => isLargeAdjustment(minor, 'USD'))).toEqual([false, true, true]);
  expect(isLargeAdjustment(3_500_000, 'UGX')).toBe(true);
});
