import { describe, expect, it } from '@jest/globals';
import { exportLedger } from '../../../functions/wallet/export-ledger.ts';
import { getStatement } from '../../../functions/wallet/get-statement.ts';
import { getWallet } from '../../../functions/wallet/get-wallet.ts';
import { verifyLedger } from '../../../functions/wallet/verify-ledger.ts';
import { adjustWallet } from '../../../shared/flows/wallet/adjust-wallet.ts';
import { call } from '../../support/call.ts';
import { freshMerchantForEachTest, lines, merchant, move, walletOf, world } from '../../support/ledger-set-up.ts';
import { aMerchant } from '../../support/world.ts';

freshMerchantForEachTest();

describe('nobody but its merchant, in its mode,', () => {
  it('is shown anything of a ledger', async () => {
    await move(500);
    const other = await aMerchant(world, {});
    for (const headers of [merchant.headers('test'), other.headers('live'), other.headers('test')]) {
      const ask = async (endpoint: typeof getStatement | typeof exportLedger | typeof verifyLedger, query = {}) =>
        call(world, endpoint as typeof exportLedger, { headers, query: { currency: 'USD', ...query } });
      expect(lines((await ask(exportLedger)).text)).toHaveLength(1);
      expect((await ask(getStatement, { month: '2026-05' })).json).toMatchObject({ entries: 0, closing_balance: 0 });
      expect((await ask(verifyLedger)).json).toMatchObject({ verified: true, entries: 0 });
      expect((await call(world, getWallet, { headers })).json.wallets).toEqual([]);
    }
  });

  it('play money has accounts of its own', async () => {
    const wallet = { ...walletOf(), mode: 'test' } as const;
    await adjustWallet(world, wallet, { amountMinor: 700, reason: 'x', by: 'test' });
    const headers = merchant.headers('test');
    const shown = await call(world, exportLedger, { headers, query: { currency: 'USD' } });
    expect(shown.headers['content-disposition']).toContain('ledger-test-USD.csv');
    expect(lines(shown.text)[1]).toContain(',7.00,USD,7.00,');
    const query = { currency: 'USD', month: '2026-05' };
    expect((await call(world, getStatement, { headers, query })).json).toMatchObject({ closing_balance: 7 });
    expect((await call(world, verifyLedger, { headers, query: { currency: 'USD' } })).json).toMatchObject({
      entries: 1,
    });
  });
});
