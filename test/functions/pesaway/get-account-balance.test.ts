import { describe, expect, it } from '@jest/globals';
import { getAccountBalance } from '../../../functions/pesaway/get-account-balance.ts';
import { ask, freshMerchantForEachTest } from '../../support/pesaway-set-up.ts';

freshMerchantForEachTest();

describe('asking', () => {
  it('a balance: of the region, or of the currency that is named', async () => {
    expect((await ask(getAccountBalance, '')).json).toEqual({
      code: '200.001',
      ResponseDescription: 'Success. Request accepted for processing',
      Currency: 'KES',
      Balance: '10000.00',
      AvailableBalance: '10000.00',
    });
    const named = await ask(getAccountBalance, { MerchantCode: '44444', Currency: 'ugx' });
    expect(named.json).toMatchObject({ Currency: 'UGX', Balance: '1000000.00' });
    expect((await ask(getAccountBalance, { Currency: 'EUR' })).json.code).toBe('400.004');
    expect((await ask(getAccountBalance, '', { 'x-region': '' })).json.code).toBe('400.002');
  });
});
