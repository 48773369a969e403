import { describe, expect, it } from '@jest/globals';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { adjustWallet } from '../../../shared/flows/wallet/adjust-wallet.ts';
import { addEndpoint } from '../../../shared/flows/webhooks/add-endpoint.ts';
import { call } from '../../support/call.ts';
import {
  change,
  deliverLate,
  failTwice,
  freshMerchantForEachTest,
  merchant,
  moved,
  orderOf,
  settle,
  show,
  spent,
  world,
} from '../../support/campaign-set-up.ts';
import { aCampaign, pay, respondent } from '../../support/campaigns.ts';
import { OPERATOR } from '../../support/origin.ts';
import { airtimeUsd, aProduct } from '../../support/products.ts';
import { aMerchant, sell, testWorld } from '../../support/world.ts';

freshMerchantForEachTest();

describe('a payout', () => {
  it('is an order, paid from the wallet and counted by its campaign', async () => {
    const campaign = await aCampaign(world, merchant.id, { amount: '1.50' });
    const made = await pay(world, campaign, { respondent_id: 'uuid:7f3a', target: '0772279099' });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      id: expect.stringMatching(/^pay_[a-z0-9]{20}$/),
      campaign_id: campaign.id,
      respondent_id: 'uuid:7f3a',
      status: 'pending',
      target: '0772279099',
      amount: 1.5,
      currency: 'USD',
      order_id: expect.stringMatching(/^ord_/),
      failure: null,
      finalized_at: null,
    });
    const { agent_reference, order_id } = made.json;
    expect(agent_reference).toMatch(new RegExp(`^${campaign.id}~[0-9a-f]{24}$`));
    expect(made.headers.location).toBe(`/api/v1/orders/${agent_reference}`);
    await settle();
    const order = await call(world, getOrder, { headers: merchant.headers(), params: { agent_reference } });
    expect(order.json).toMatchObject({ id: order_id, status: 'success', campaign_id: campaign.id, amount: 1.5 });
    expect(await show(campaign)).toMatchObject({
      spent: 1.5,
      left: 98.5,
      payouts: 1,
      payouts_left: null,
      counts: { pending: 0, success: 1 },
      latest_day: { day: '2026-05-07', spent: 1.5, payouts: 1 },
    });
    expect(await moved()).toBe(150);
  });

  it.each([null, '', undefined])('with %p for its amount is of the amount of its campaign', async (amount) => {
    const campaign = await aCampaign(world, merchant.id, { amount: '1.50' });
    const made = await pay(world, campaign, { respondent_id: 'r-1', target: '0772279099', amount } as never);
    expect([made.status, made.json.amount]).toEqual([201, 1.5]);
    const ranged = await aCampaign(world, merchant.id, { min_amount: 1, max_amount: 2 });
    const refused = await pay(world, ranged, { respondent_id: 'r-1', target: '0772279099', amount } as never);
    expect([refused.status, refused.json.param]).toEqual([422, 'amount']);
  });

  it('is found by the id of its order', async () => {
    const made = await pay(world, await aCampaign(world, merchant.id), respondent(1));
    const params = { agent_reference: made.json.order_id };
    const found = await call(world, getOrder, { headers: merchant.headers(), params });
    expect(found.json).toMatchObject({ id: made.json.order_id, agent_reference: made.json.agent_reference });
  });

  it('is one for one respondent: the same again is the same answer, whatever happened to the campaign', async () => {
    const campaign = await aCampaign(world, merchant.id, { budget: 1 });
    const first = await pay(world, campaign, respondent(1));
    expect((await pay(world, campaign, respondent(2))).json.code).toBe('budget_spent');
    await change(campaign, { paused: true, ends_at: '2026-05-07' });
    const again = await pay(world, campaign, respondent(1));
    expect([again.status, again.headers['idempotent-replayed'], again.json]).toEqual([200, 'true', first.json]);
    const spelt = await pay(world, campaign, { respondent_id: 'r-1', target: '+263 77 200 0001', amount: '1.00' });
    expect([spelt.status, spelt.json.id]).toEqual([200, first.json.id]);
    for (const [content, param] of [
      [respondent(1, { target: '0772279099' }), 'target'],
      [respondent(1, { amount: 2 }), 'amount'],
    ] as const) {
      const other = await pay(world, campaign, content);
      expect([other.status, other.json.code, other.json.param]).toEqual([422, 'reference_reused', param]);
    }
    expect(await moved()).toBe(100);
  });

  it('is one when two ask at once, and when twenty do', async () => {
    const campaign = await aCampaign(world, merchant.id);
    const replies = await Promise.all(Array.from({ length: 20 }, () => pay(world, campaign, respondent(1))));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([...Array(19).fill(200), 201]);
    expect(new Set(replies.map(({ json }) => json.id)).size).toBe(1);
    expect([await moved(), await spent(campaign)]).toEqual([100, [1, 99, 1]]);
  });

  it.each(['before', 'after'] as const)('is one when the answer to its writing is lost %s', async (moment) => {
    const campaign = await aCampaign(world, merchant.id, { budget: 1, one_per_number: true });
    let lost = 0;
    world.fault = (name) => {
      if (name !== 'TransactWriteCommand' || lost > 0) return undefined;
      lost += 1;
      return moment;
    };
    const made = await pay(world, campaign, respondent(1));
    expect([lost, made.status, made.headers['idempotent-replayed']]).toEqual([1, 201, undefined]);
    expect([await moved(), await spent(campaign)]).toEqual([100, [1, 0, 1]]);
  });

  it('is one when the answer is lost and the wallet is empty by it', async () => {
    const poor = await aMerchant(world, { USD: 100 });
    const campaign = await aCampaign(world, poor.id);
    let lost = 0;
    world.fault = (name) => (name === 'TransactWriteCommand' && lost++ === 0 ? 'after' : undefined);
    expect((await pay(world, campaign, respondent(1))).status).toBe(201);
  });

  it('that the wallet does not cover takes nothing, and may be asked for again once it does', async () => {
    const poor = await aMerchant(world, { USD: 150 });
    const campaign = await aCampaign(world, poor.id, { one_per_number: true });
    expect((await pay(world, campaign, respondent(1))).status).toBe(201);
    const refused = await pay(world, campaign, respondent(2));
    expect([refused.status, refused.json.code, refused.json.retryable]).toEqual([402, 'campaign_unfunded', true]);
    const wallet = { merchantId: poor.id, mode: 'live', currency: 'USD' } as const;
    await adjustWallet(world, wallet, { amountMinor: 100, reason: 'Deposit', by: 'test' });
    expect((await pay(world, campaign, respondent(2))).status).toBe(201);
  });

  it('waits as busy when the database keeps refusing, and then nothing was taken', async () => {
    const campaign = await aCampaign(world, merchant.id);
    world.fault = (name) => (name === 'TransactWriteCommand' ? 'before' : undefined);
    const refused = await pay(world, campaign, respondent(1));
    expect([refused.status, refused.json.code, refused.headers['retry-after']]).toEqual([503, 'busy', '1']);
    world.fault = undefined;
    expect(await spent(campaign)).toEqual([0, 100, 0]);
    expect((await pay(world, campaign, respondent(1))).status).toBe(201);
  });
});

describe('a payout that failed', () => {
  const rejected = { kind: 'rejected', failure: 'network_refused', evidence: '' } as const;

  it('stays what it is, unless the campaign lets it be tried again', async () => {
    const campaign = await aCampaign(world, merchant.id);
    world.upstream.script = [rejected];
    await pay(world, campaign, respondent(1));
    await settle();
    const again = await pay(world, campaign, respondent(1));
    expect([again.status, again.json.status, again.json.failure.code]).toEqual([200, 'refunded', 'network_refused']);
    await change(campaign, { retry_failed: true });
    const retried = await pay(world, campaign, respondent(1));
    expect([retried.status, retried.json.status]).toEqual([201, 'pending']);
    expect(retried.json.agent_reference).toMatch(/~2$/);
    expect(retried.json.id).not.toBe(again.json.id);
    await settle();
    const done = await pay(world, campaign, respondent(1));
    expect([done.status, done.json.status, done.json.id]).toEqual([200, 'success', retried.json.id]);
    expect([await spent(campaign), await moved()]).toEqual([[1, 99, 1], 100]);
  });

  it('is tried again to another number, once, however many ask at once', async () => {
    const campaign = await aCampaign(world, merchant.id, { retry_failed: true, one_per_number: true });
    world.upstream.script = [rejected];
    await pay(world, campaign, respondent(1));
    await settle();
    const target = '0772279099';
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => pay(world, campaign, { respondent_id: 'r-1', target })),
    );
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(7);
    expect(await moved()).toBe(100);
  });

  it('is not tried again behind an earlier try that was delivered after all', async () => {
    const campaign = await aCampaign(world, merchant.id, { retry_failed: true });
    await failTwice(campaign, respondent(1));
    await deliverLate(campaign, 'r-1');
    const third = await pay(world, campaign, respondent(1));
    expect([third.status, third.json.status]).toEqual([200, 'success']);
    expect([await spent(campaign), await moved()]).toEqual([[1, 99, 1], 100]);
  });

  it('is tried five times at most', async () => {
    const campaign = await aCampaign(world, merchant.id, { retry_failed: true });
    world.upstream.script = Array(6).fill(rejected);
    for (let tries = 1; tries <= 6; tries += 1) {
      expect((await pay(world, campaign, respondent(1))).status).toBe(tries > 5 ? 200 : 201);
      await settle();
    }
    expect(await moved()).toBe(0);
  });
});

describe('a campaign that pays each number once', () => {
  it('refuses another respondent with it, in any spelling, until its payout has failed', async () => {
    const campaign = await aCampaign(world, merchant.id, { one_per_number: true });
    world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
    await pay(world, campaign, { respondent_id: 'a', target: '0772279099' });
    const refused = await pay(world, campaign, { respondent_id: 'b', target: '+263772279099' });
    expect([refused.status, refused.json.code, refused.json.param]).toEqual([409, 'already_paid', 'target']);
    await settle();
    expect((await pay(world, campaign, { respondent_id: 'b', target: '263772279099' })).status).toBe(201);
    expect((await pay(world, campaign, { respondent_id: 'c', target: '0772279099' })).json.code).toBe('already_paid');
  });

  it('refuses it to others also when what was delivered late lies behind later tries and holders', async () => {
    const campaign = await aCampaign(world, merchant.id, { retry_failed: true, one_per_number: true });
    const { target } = respondent(1);
    await failTwice(campaign, respondent(1));
    world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
    expect((await pay(world, campaign, { respondent_id: 'r-2', target })).status).toBe(201);
    await settle();
    await deliverLate(campaign, 'r-1');
    expect((await pay(world, campaign, { respondent_id: 'r-3', target })).json.code).toBe('already_paid');
    expect((await pay(world, campaign, { respondent_id: 'r-2', target })).json.code).toBe('already_paid');
    expect(await moved()).toBe(100);
  });

  it('pays one of two respondents who come with it at once', async () => {
    const campaign = await aCampaign(world, merchant.id, { one_per_number: true });
    const ask = (n: number) => pay(world, campaign, { respondent_id: `r-${n}`, target: '0772279099' });
    const replies = await Promise.all(Array.from({ length: 8 }, (_, n) => ask(n)));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([201, ...Array(7).fill(409)]);
  });
});

describe('a request is refused', () => {
  const rows: [
    what: string,
    terms: object,
    content: object,
    status: number,
    code: string,
    param: string | undefined,
  ][] = [
    ['before the start', { starts_at: '2026-05-08' }, {}, 409, 'campaign_not_started', undefined],
    ['after the end', { ends_at: '2026-05-07' }, {}, 409, 'campaign_ended', undefined],
    ['while paused', { paused: true }, {}, 409, 'campaign_paused', undefined],
    ['for a landline', {}, { target: '0242700000' }, 422, 'invalid_target', 'target'],
    ['for another country', {}, { target: '+254712345678' }, 422, 'invalid_target', 'target'],
    ['for a country not on the list', { countries: ['KE'] }, {}, 422, 'invalid_target', 'target'],
    ['for what is no number', {}, { target: 'x' }, 422, 'invalid_target', 'target'],
    ['for another amount', {}, { amount: 2 }, 422, 'invalid_amount', 'amount'],
    ['for no amount', { min_amount: 1, max_amount: 3 }, {}, 422, 'invalid_amount', 'amount'],
    ['below the bounds', { min_amount: 1, max_amount: 3 }, { amount: 0.99 }, 422, 'invalid_amount', 'amount'],
    ['above the bounds', { min_amount: 1, max_amount: 3 }, { amount: 3.01 }, 422, 'invalid_amount', 'amount'],
    ['for half a cent', { min_amount: 1, max_amount: 3 }, { amount: '1.005' }, 422, 'invalid_amount', 'amount'],
    ['for what is no amount', { min_amount: 1, max_amount: 3 }, { amount: '1e0' }, 422, 'invalid_amount', 'amount'],
    ['for more than any amount', { min_amount: 1, max_amount: 3 }, { amount: 1e14 }, 422, 'invalid_amount', 'amount'],
    ['without a respondent', {}, { respondent_id: undefined }, 400, 'invalid_request', 'respondent_id'],
    [
      'for a respondent of control characters',
      {},
      { respondent_id: 'a\u0000' },
      400,
      'invalid_request',
      'respondent_id',
    ],
    ['for half a character', {}, { respondent_id: '\ud800' }, 400, 'invalid_request', 'respondent_id'],
    ['with a field that is none', {}, { product_id: 100 }, 400, 'invalid_request', 'product_id'],
  ];
  it.each(rows)('%s', async (_what, terms, content, status, code, param) => {
    const campaign = await aCampaign(world, merchant.id, terms);
    const refused = await pay(world, campaign, { respondent_id: 'r-1', target: '0772279099', ...content });
    expect([refused.status, refused.json.code]).toEqual([status, code]);
    expect(refused.json.param).toBe(param);
    expect(await moved()).toBe(0);
  });

  it('where the network is not sold, and where the one product is no more', async () => {
    const world2 = await testWorld();
    const { id } = await aMerchant(world2);
    await sell(world2, aProduct({ id: 7, network: 'Econet' }));
    const byNetwork = await aCampaign(world2, id);
    const netOne = await pay(world2, byNetwork, { respondent_id: 'r', target: '0712345678' });
    expect([netOne.status, netOne.json.code]).toEqual([422, 'product_not_found']);
    const fixed = await aCampaign(world2, id, { product_id: 7 });
    const wrongNetwork = await pay(world2, fixed, { respondent_id: 'r', target: '0712345678' });
    expect([wrongNetwork.status, wrongNetwork.json.code]).toEqual([422, 'invalid_target']);
    await sell(world2, aProduct({ id: 8 }));
    world2.memo.clear();
    const gone = await pay(world2, fixed, { respondent_id: 'r', target: '0772279099' });
    expect([gone.status, ['product_not_found', 'product_unavailable'].includes(gone.json.code)]).toEqual([422, true]);
  });

  it('with a body that is too large, no JSON, or none', async () => {
    const campaign = await aCampaign(world, merchant.id);
    expect((await pay(world, campaign, `"${'x'.repeat(17_000)}"`)).json.code).toBe('body_too_large');
    expect((await pay(world, campaign, '{')).json.code).toBe('malformed_json');
    expect((await pay(world, campaign, '')).json.param).toBe('respondent_id');
  });
});

describe('the product', () => {
  it('is that of the network of the number, in the currency and the countries of the campaign', async () => {
    const network = { provider: 'hotrecharge', stepMinor: 1 } as const;
    const kenya = { country: 'KE', currency: 'KES', minMinor: 100, maxMinor: 100_000, ...network } as const;
    await sell(
      world,
      airtimeUsd,
      aProduct({ id: 11, network: 'Safaricom', ...kenya }),
      aProduct({ id: 12, network: 'Airtel', ...kenya }),
    );
    await adjustWallet(
      world,
      { merchantId: merchant.id, mode: 'live', currency: 'KES' },
      { amountMinor: 100_000, reason: 'x', by: 'x' },
    );
    const campaign = await aCampaign(world, merchant.id, { currency: 'KES', amount: 50, budget: 1000 });
    for (const [n, target, productId] of [
      [1, '0712345678', 11],
      [2, '+254733123456', 12],
    ] as const) {
      expect((await pay(world, campaign, { respondent_id: `r-${n}`, target })).status).toBe(201);
      expect((await orderOf(campaign, `r-${n}`)).productId).toBe(productId);
    }
  });
});

describe('events', () => {
  it('payout.success and payout.failed show the payout, beside those of its order', async () => {
    await addEndpoint(
      world,
      { merchantId: merchant.id, mode: 'live' },
      { url: 'https://survey.example/hook' },
      OPERATOR,
    );
    const heard: { type: string; data: { object: Record<string, unknown> }; id: string }[] = [];
    world.outboundAnswer = ({ body = '' }) => {
      heard.push(JSON.parse(body));
      return { status: 200, headers: {}, body: '' };
    };
    const campaign = await aCampaign(world, merchant.id);
    world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
    const failed = await pay(world, campaign, respondent(1));
    // One after the other: of two that are sent side by side either may be the one that is rejected.
    await settle();
    const paid = await pay(world, campaign, respondent(2));
    await settle();
    await settle();
    const events = heard.map(({ type, data: { object } }) => [type, object.id, object.status]);
    expect(events.toSorted()).toEqual(
      [
        ['order.failed', failed.json.order_id, 'refunded'],
        ['order.success', paid.json.order_id, 'success'],
        ['payout.failed', failed.json.id, 'refunded'],
        ['payout.success', paid.json.id, 'success'],
      ].toSorted(),
    );
    expect(new Set(heard.map(({ id }) => id)).size).toBe(4);
    const object = heard.find(({ type }) => type === 'payout.failed')?.data.object;
    expect(object).toMatchObject({ campaign_id: campaign.id, respondent_id: 'r-1', failure: { retryable: true } });
  });
});
