import { describe, expect, it } from '@jest/globals';
import { getBulk } from '../../../functions/bulk/get-bulk.ts';
import { retryBulk } from '../../../functions/bulk/retry-bulk.ts';
import { adjustWallet } from '../../../shared/flows/wallet/adjust-wallet.ts';
import {
  ask,
  create,
  file,
  freshMerchantForEachTest,
  merchant,
  netone,
  of,
  settle,
  sheet,
  world,
} from '../../support/bulk-set-up.ts';
import { airtimeUsd, aProduct } from '../../support/products.ts';
import { sell } from '../../support/world.ts';

const funds = { amountMinor: 100_000, reason: 'Deposit', by: 'test' };

freshMerchantForEachTest();

const airtimeZwg = aProduct({ id: 101, name: 'Airtime ZWG', currency: 'ZWG' });
const mtnUganda = aProduct({
  ...{ id: 256_001, name: 'MTN UGX', network: 'MTN', country: 'UG', currency: 'UGX' },
  ...{ minMinor: 500, maxMinor: 1_000_000, stepMinor: 1 },
});

describe('the same file under the same reference is another batch', () => {
  it.each([
    ['product', { product_id: 100 }, { product_id: 200 }],
    ['currency', { currency: 'USD' }, { currency: 'ZWG' }],
    ['acceptance', { product_id: 100, accept: 'valid_rows' }, { product_id: 100, accept: 'all_or_nothing' }],
    ['webhooks', { product_id: 100, row_webhooks: true }, { product_id: 100, row_webhooks: false }],
  ])('with another default %s: refused, and nothing of the second is sent', async (_name, first, second) => {
    await sell(world, airtimeUsd, netone, airtimeZwg);
    await adjustWallet(world, { merchantId: merchant.id, mode: 'live', currency: 'ZWG' }, funds);
    const { status } = await create(file(2), first);
    expect(status).toBe(202);
    expect((await create(file(2), first)).status).toBe(200);
    const other = await create(file(2), second);
    expect([other.status, other.json.code]).toEqual([422, 'reference_reused']);
  });
});

it('a retry in a currency without cents sends the amounts of before', async () => {
  await sell(world, mtnUganda);
  await adjustWallet(world, { merchantId: merchant.id, mode: 'live', currency: 'UGX' }, funds);
  world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
  const { json } = await create(sheet(['+256772123456,5000']));
  await settle();
  const retry = await ask(retryBulk, of(json));
  expect(retry.json.amounts).toMatchObject([{ currency: 'UGX', total: 5000 }]);
  await settle();
  expect(world.upstream.sends.map(({ amountMinor }) => amountMinor)).toEqual([5000, 5000]);
  expect((await ask(getBulk, of(retry.json))).json.counts.success).toBe(1);
});
