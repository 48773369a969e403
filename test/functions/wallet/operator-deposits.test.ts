import { afterAll, beforeEach, expect, it } from '@jest/globals';
import type { Currency } from '../../../shared/domain/money.ts';
import { adjustWallet } from '../../../shared/flows/wallet/adjust-wallet.ts';
import { listWallet } from '../../../shared/store/ledger.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, stopEngine, testWorld } from '../../support/world.ts';

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world, {});
});
afterAll(stopEngine);

const walletIn = (currency: Currency) => ({ merchantId: merchant.id, mode: 'live', currency }) as const;
const adjust = (amountMinor: number, currency: Currency = 'USD') =>
  adjustWallet(world, walletIn(currency), { amountMinor, reason: `Deposit of ${amountMinor}`, by: 'ruth' });

async function amounts(currency: Currency = 'USD'): Promise<number[]> {
  const { entries } = await listWallet(world, walletIn(currency), { limit: 100 });
  return entries.map(({ amountMinor }) => amountMinor).toReversed();
}

it('an operator credits and debits, down to nothing and no further, and each entry says who did and why', async () => {
  const entry = await adjust(500);
  expect(entry).toMatchObject({ kind: 'adjustment', amountMinor: 500, balanceAfterMinor: 500 });
  expect(entry.description).toContain('ruth');
  expect(entry.description).toContain('Deposit of 500');
  await adjust(-500);
  await expect(adjust(-1)).rejects.toThrow('the wallet holds only USD 0.00');
  expect(await amounts()).toEqual([500, -500]);
});

it('a deposit whose answer was lost is credited once, and so are two at once', async () => {
  let lost = 1;
  world.fault = (command) => {
    if (command !== 'TransactWriteCommand' || lost === 0) return undefined;
    lost -= 1;
    return 'after';
  };
  await adjust(700);
  expect(lost).toBe(0);
  expect(await amounts()).toEqual([700]);
  await Promise.all([adjust(1), adjust(2)]);
  expect((await amounts()).toSorted((a, b) => a - b)).toEqual([1, 2, 700]);
});

it('wallets of other currencies stay as they were', async () => {
  await adjust(300, 'UGX');
  expect([await amounts('UGX'), await amounts('USD'), await amounts('KES')]).toEqual([[300], [], []]);
});
