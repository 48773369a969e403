import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { getAccount } from '../../../functions/account/get-account.ts';
import { sendAirtime } from '../../../functions/pesaway/send-airtime.ts';
import { getWallet } from '../../../functions/wallet/get-wallet.ts';
import { changeTerms } from '../../../shared/flows/account/change-terms.ts';
import { call } from '../../support/call.ts';
import { anotherProcess, letCachesEnd, place, shown } from '../../support/freeze-set-up.ts';
import { OPERATOR } from '../../support/origin.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

/** What a merchant may that an operator has taken out of live mode. */

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld({ publicUrl: 'https://api.example' });
  merchant = await aMerchant(world, { USD: 10_000 });
  await sell(world);
});
afterAll(stopEngine);

const setLive = (isLive: boolean) =>
  changeTerms(world, { merchantId: merchant.id, mode: 'live' }, OPERATOR, (terms) => ({ ...terms, isLive }));

describe('an account that is not live', () => {
  it('takes no new order of a live key, answers what was accepted before, and sends it', async () => {
    await place(world, merchant, 'one');
    await setLive(false);
    const refused = await place(world, merchant, 'two');
    expect([refused.status, refused.json.code, refused.json.retryable]).toEqual([403, 'account_not_live', true]);
    const again = await place(world, merchant, 'one');
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([202, 'true']);
    await world.dispatchAll();
    expect((await shown(world, merchant, 'one')).status).toBe('success');
    expect(world.upstream.vends).toHaveLength(1);
    await setLive(true);
    expect((await place(world, merchant, 'two')).status).toBe(202);
  });

  it('says so and can be read, and its test keys are as ever', async () => {
    await setLive(false);
    const headers = merchant.headers();
    expect((await call(world, getAccount, { headers })).json).toMatchObject({ live: false, frozen: false });
    expect((await call(world, getWallet, { headers })).status).toBe(200);
    const body = { ExternalReference: 'pesa', Amount: 10, PhoneNumber: '254712345678' };
    const test = await call(world, sendAirtime, { headers: { ...merchant.headers('test'), 'x-region': 'ke' }, body });
    expect(test.json.code).not.toBe('403.003');
  });

  it('is so in every process after five seconds', async () => {
    const other = anotherProcess(world);
    expect((await place(other, merchant, 'one')).status).toBe(202);
    await setLive(false);
    letCachesEnd(world);
    expect((await place(other, merchant, 'two')).json.code).toBe('account_not_live');
  });
});
