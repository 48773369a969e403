import { describe, expect, it } from '@jest/globals';
import { getAccountBalance } from '../../../functions/pesaway/get-account-balance.ts';
import { call } from '../../support/call.ts';
import { ask, freshMerchantForEachTest, merchant, world } from '../../support/pesaway-set-up.ts';
import { aMerchant } from '../../support/world.ts';

freshMerchantForEachTest();

describe('a balance without region and currency', () => {
  it('is that of the only wallet of a region that was ever used', async () => {
    const shillings = await aMerchant(world, { USD: 500, UGX: 700 });
    const reply = await call(world, getAccountBalance, { headers: shillings.headers() });
    expect(reply.json).toMatchObject({ code: '200.001', Currency: 'UGX', Balance: '700.00' });
    const misled = { ...shillings.headers(), 'x-region': 'gh' };
    expect((await call(world, getAccountBalance, { headers: misled })).json.code).toBe('400.002');
  });

  it('is refused where there are several, or none', async () => {
    const none = await aMerchant(world, { USD: 500 });
    for (const headers of [merchant.headers(), none.headers()]) {
      expect((await call(world, getAccountBalance, { headers })).json.code).toBe('400.002');
    }
  });
});

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
