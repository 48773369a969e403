import { describe, expect, it } from '@jest/globals';
import { getAccountBalance } from '../../../functions/pesaway/get-account-balance.ts';
import { queryTransaction } from '../../../functions/pesaway/query-transaction.ts';
import { sendAirtime } from '../../../functions/pesaway/send-airtime.ts';
import { routes } from '../../../shared/manifest/routes.ts';
import { call } from '../../support/call.ts';
import { granted } from '../../support/granted.ts';
import { freshMerchantForEachTest, merchant, sample, world } from '../../support/pesaway-set-up.ts';

freshMerchantForEachTest();

describe('asking', () => {
  it('every function has what it is granted, and needs no more', async () => {
    const headers = { ...merchant.headers(), 'x-region': 'ke' };
    const said = await call(granted(world, routes.sendAirtime.access), sendAirtime, { headers, body: sample });
    expect(said.status).toBe(200);
    const asked = { TransactionReference: '202511051829' };
    const found = await call(granted(world, routes.queryTransaction.access), queryTransaction, {
      headers,
      body: asked,
    });
    expect(found.status).toBe(200);
    const held = await call(granted(world, routes.getAccountBalance.access), getAccountBalance, { headers });
    expect(held.status).toBe(200);
  });
});
