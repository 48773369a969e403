import { describe, expect, it } from '@jest/globals';
import { getWallet } from '../../../functions/wallet/get-wallet.ts';
import { listLedger } from '../../../functions/wallet/list-ledger.ts';
import { adjustWallet } from '../../../shared/flows/wallet/adjust-wallet.ts';
import { freshShopForEachTest, get, merchant, place, walk, world } from '../../support/list-set-up.ts';

freshShopForEachTest();

describe('the ledger', () => {
  const deposit = (currency: 'USD' | 'ZWG') =>
    adjustWallet(world, { merchantId: merchant.id, mode: 'live', currency }, { amountMinor: 1, reason: 'D', by: 't' });

  it('is walked newest first over all wallets, each entry once, while entries are appended', async () => {
    for (let n = 0; n < 12; n += 1) {
      await place(`usd${n}`);
      if (n % 3 === 0) await place(`zig${n}`, { product_id: 7 });
    }
    const rows = await walk(listLedger, { limit: '4' }, async () => {
      await deposit('USD');
      await deposit('ZWG');
    });
    expect(rows).toHaveLength(12 + 4 + 2);
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
    const times = rows.map((row) => String(row.created_at));
    expect(times).toEqual(times.toSorted().toReversed());
    for (const currency of ['USD', 'ZWG']) {
      const own = rows.filter((row) => row.currency === currency).toReversed();
      expect(own.map((row) => row.seq)).toEqual(own.map((_, index) => index + 1));
      own.slice(1).forEach((row, index) => {
        expect(row.previous_hash).toBe(own[index]?.hash);
      });
    }
  });

  it('is filtered by currency, kind and time', async () => {
    await place('first');
    const from = world.now();
    await place('second');
    const to = world.now();
    await place('third');
    const references = async (query: Record<string, string>) =>
      (await walk(listLedger, query)).map((row) => row.agent_reference ?? row.kind);
    expect(await references({ currency: 'ZWG' })).toEqual(['adjustment']);
    expect(await references({ kind: 'order' })).toEqual(['third', 'second', 'first']);
    expect(await references({ kind: 'order', from })).toEqual(['third', 'second']);
    expect(await references({ currency: 'USD', from, to })).toEqual(['second']);
    expect(await references({ currency: 'USD', to: from, limit: '1' })).toEqual(['first', 'adjustment']);
    expect(await references({ currency: 'KES' })).toEqual([]);
  });

  it('shows signed amounts and balances that add up', async () => {
    await place('one', { amount: 2.5 });
    const [entry] = (await get(listLedger, { currency: 'USD', limit: '1' })).json.data;
    expect(entry).toMatchObject({ kind: 'order', amount: -2.5, balance_after: 997.5, agent_reference: 'one' });
    expect((await get(getWallet)).json.wallets).toEqual([
      { currency: 'USD', balance: 997.5, in_doubt: 0, low_balance_threshold: null },
      { currency: 'ZWG', balance: 500, in_doubt: 0, low_balance_threshold: null },
    ]);
  });
});
