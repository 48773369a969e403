import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach } from '@jest/globals';
import { exportLedger } from '../../functions/wallet/export-ledger.ts';
import { getStatement } from '../../functions/wallet/get-statement.ts';
import { verifyLedger } from '../../functions/wallet/verify-ledger.ts';
import type { Entry, WalletId } from '../../shared/domain/ledger.ts';
import { append } from '../../shared/domain/ledger.ts';
import type { Currency } from '../../shared/domain/money.ts';
import { plus } from '../../shared/domain/time.ts';
import { adjustWallet } from '../../shared/flows/wallet/adjust-wallet.ts';
import { entryPut } from '../../shared/store/ledger.ts';
import type { World } from '../../shared/world.ts';
import { ModelDb } from '../simulation/model-db.ts';
import { call } from './call.ts';
import type { TestMerchant, TestWorld } from './world.ts';
import { aMerchant, stopEngine, testWorld } from './world.ts';

/** What the tests of ledgers share. `world` and `merchant` are those of the test that runs. */

export const DAY = 24 * 3_600_000;

export let world: TestWorld;

export let merchant: TestMerchant;

export const walletOf = (currency: Currency = 'USD'): WalletId => ({ merchantId: merchant.id, mode: 'live', currency });

export async function move(amountMinor: number, reason = 'x', currency: Currency = 'USD'): Promise<Entry> {
  return adjustWallet(world, walletOf(currency), { amountMinor, reason, by: 'test' });
}

export const statement = async (month: string, currency = 'USD') =>
  call(world, getStatement, { headers: merchant.headers(), query: { currency, month } });

export const csv = (query: Record<string, string>) => call(world, exportLedger, { headers: merchant.headers(), query });

export const lines = (text: string) => text.split('\r\n').slice(0, -1);

export const verified = async (query: Record<string, string> = {}, on: World = world) =>
  call(on, verifyLedger, { headers: merchant.headers(), query: { currency: 'USD', ...query } });

export const penny = { kind: 'adjustment', amountMinor: 1, description: 'x' } as const;

/** A clock that moves on by so much each time it is looked at that every time is up. */
export function slowed(on: World): World {
  let at = on.now();
  return {
    ...on,
    now: () => {
      at = plus(at, 30_000);
      return at;
    },
  };
}

export async function add(model: World, wallet: WalletId, tail: Entry | undefined): Promise<Entry> {
  const id = `ent_${(tail?.seq ?? 0) + 1}`;
  const entry = append(wallet, tail, { id, ...penny }, world.now());
  const { item } = entryPut(entry);
  await model.db.send(new PutCommand({ TableName: 'ledger', Item: item }));
  return entry;
}

/** A ledger too long for a test to write into a real engine, in the model that is held against one. */
export async function longLedger(count: number) {
  const db = new ModelDb().client;
  const model: World = {
    ...world,
    table: (name) => name,
    db: {
      send: (command: { input: { TableName?: string } }) =>
        command.input.TableName === 'ledger' ? db.send(command as never) : world.db.send(command as never),
    } as never,
  };
  const wallet = walletOf();
  let tail: Entry | undefined;
  for (let n = 0; n < count; n += 1) tail = await add(model, wallet, tail);
  return {
    world: { ...model, table: (name: never) => (name === 'ledger' ? 'ledger' : world.table(name)) },
    wallet,
    tail,
  };
}

/** Gives each test a world with a merchant without money. */
export function freshMerchantForEachTest(): void {
  beforeEach(async () => {
    world = await testWorld();
    merchant = await aMerchant(world, {});
  });
  afterAll(stopEngine);
}
