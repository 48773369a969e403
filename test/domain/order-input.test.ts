import { describe, expect, it } from '@jest/globals';
import type { Campaign } from '../../shared/domain/campaign.ts';
import { newCampaign } from '../../shared/domain/campaign.ts';
import type { Product } from '../../shared/domain/catalogue.ts';
import { eraseOrder } from '../../shared/domain/erasure.ts';
import type { Order } from '../../shared/domain/order.ts';
import type { OrderInput } from '../../shared/domain/order-input.ts';
import { checkInput, firstDifference, isProblem, readPhone } from '../../shared/domain/order-input.ts';
import { accept } from '../../shared/domain/order-life.ts';
import { checkPayout } from '../../shared/domain/payout-input.ts';
import { FAILING_TEST_NUMBER } from '../../shared/domain/phone.ts';
import { FIRST_SECRET } from '../../shared/domain/rotation.ts';
import { aProduct } from '../support/products.ts';
import { initial, START } from './orders.ts';

const input: OrderInput = { productId: 100, target: '0772279099', amount: '5.00', agentReference: 'r' };
const products = [
  aProduct({}),
  aProduct({ id: 101, network: 'NetOne' }),
  aProduct({ id: 102, available: false }),
  aProduct({ id: 103, kind: 'zesa', targetType: 'meter', network: 'ZESA' }),
  aProduct({ id: 104, country: 'KE', currency: 'KES', network: 'Safaricom' }),
];
const catalogue: ReadonlyMap<number, Product> = new Map(products.map((each) => [each.id, each]));

describe('an order input', () => {
  it('passes as what is ordered and who delivers it', () => {
    expect(checkInput(catalogue, 'live', input)).toMatchObject({
      request: { msisdn: '+263772279099', amountMinor: 500, currency: 'USD' },
      fulfilment: { provider: 'hotrecharge', network: 'Econet' },
    });
  });

  it('of a test key goes to the sandbox, and may name the number that fails', () => {
    const failing = { ...input, target: FAILING_TEST_NUMBER };
    expect(checkInput(catalogue, 'test', failing)).toMatchObject({ fulfilment: { provider: 'sandbox' } });
    expect(checkInput(catalogue, 'live', failing)).toMatchObject({ code: 'invalid_target' });
  });

  it.each<[Partial<OrderInput>, string, string]>([
    [{ productId: 9 }, 'product_not_found', 'product_id'],
    [{ productId: 102 }, 'product_unavailable', 'product_id'],
    [{ target: 'x' }, 'invalid_target', 'target'],
    [{ productId: 101 }, 'invalid_target', 'target'],
    [{ productId: 103, target: '123' }, 'invalid_target', 'target'],
    [{ amount: '1e3' }, 'invalid_amount', 'amount'],
    [{ amount: '5.001' }, 'invalid_amount', 'amount'],
    [{ amount: 0.05 }, 'invalid_amount', 'amount'],
    [{ amount: 301 }, 'invalid_amount', 'amount'],
  ])('with %j is a problem: %s of %s', (changes, code, param) => {
    const checked = checkInput(catalogue, 'live', { ...input, ...changes });
    expect(isProblem(checked)).toBe(true);
    expect(checked).toMatchObject({ code, param, detail: expect.stringMatching(/^\S.*\.$/) });
  });
});

describe('a request under the reference of an order', () => {
  const order: Order = accept(initial, START).order;
  const hash = (text: string) => `hash of ${text}`;

  it.each<[Partial<OrderInput>, string | undefined]>([
    [{}, undefined],
    [{ target: '+263 77 227 9099', amount: 5 }, undefined],
    [{ productId: 101 }, 'product_id'],
    [{ target: '0772279098' }, 'target'],
    [{ target: 'x' }, 'target'],
    [{ amount: '5.01' }, 'amount'],
    [{ customSms: 'Hi' }, 'custom_sms'],
    [{ resultsUrl: 'https://example.com' }, undefined],
  ])('with %j differs in %s', (changes, field) => {
    expect(firstDifference(order, { ...input, ...changes }, hash)).toBe(field);
    // Erasing its personal data makes no repeat another order, and no other order a repeat.
    const { after } = eraseOrder(order, hash, order.createdAt);
    expect(firstDifference(after, { ...input, ...changes }, hash)).toBe(field);
  });

  it('is also compared with a text that was erased', () => {
    const { after } = eraseOrder({ ...order, customSms: 'Hello' }, hash, START);
    expect(JSON.stringify(after)).not.toMatch(/"(Hello|0772279099|\+263772279099)"/);
    expect(firstDifference(after, { ...input, customSms: 'Hello' }, hash)).toBeUndefined();
    expect(firstDifference(after, { ...input, customSms: 'Hallo' }, hash)).toBe('custom_sms');
    expect(firstDifference(after, input, hash)).toBe('custom_sms');
  });
});

it.each([
  ['0772279099', undefined, '+263772279099'],
  ['254712345678', undefined, '+254712345678'],
  ['0712345678', 'KE', '+254712345678'],
  ['+263772279099', 'KE', undefined],
  ['12345678901', undefined, undefined],
] as const)('%s in %s is the number %s', (text, country, msisdn) => {
  expect(readPhone(text, country)?.msisdn).toBe(msisdn);
});

describe('a payout input', () => {
  const terms = { name: 'Survey', budgetMinor: 1000, isPaused: false, countries: [], mayRetryFailed: false };
  const rules = { needsTimestamp: false, allowsApiKey: false, isOncePerNumber: false, ...FIRST_SECRET };
  const aCampaign = (changes: Partial<Campaign>): Campaign => ({
    ...newCampaign(
      { ...terms, ...rules, id: 'cmp_1', merchantId: 'mer_1', mode: 'live', currency: 'USD', amountMinor: 100 },
      START,
    ),
    ...changes,
  });
  const asked = { target: '0772279099', agentReference: 'r' };

  it("is paid in the campaign's amount, with the airtime of the number's network", () => {
    expect(checkPayout(catalogue, aCampaign({}), asked)).toMatchObject({
      request: { productId: 100, amountMinor: 100 },
      fulfilment: { network: 'Econet' },
    });
  });

  it.each<[Partial<Campaign>, object, string]>([
    [{ productId: 9 }, {}, 'product_not_found'],
    [{ productId: 102 }, {}, 'product_unavailable'],
    [{ countries: ['KE'] }, {}, 'invalid_target'],
    [{}, { target: '+254712345678' }, 'invalid_target'],
    [{}, { amount: 2 }, 'invalid_amount'],
  ])('under %j with %j is a problem: %s', (changes, request, code) => {
    expect(checkPayout(catalogue, aCampaign(changes), { ...asked, ...request })).toMatchObject({ code });
  });
});
