import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { startTopup } from '../../../functions/wallet/start-topup.ts';
import { readTopup } from '../../../shared/store/topups.ts';
import { call } from '../../support/call.ts';
import {
  body,
  callBack,
  credits,
  freshWalletForEachTest,
  paid,
  show,
  start,
  world,
} from '../../support/topup-set-up.ts';
import { aMerchant, lostAnswer, testWorld } from '../../support/world.ts';

freshWalletForEachTest();

describe('a top-up', () => {
  it('is one payment for one reference, and other content under it is refused by its field', async () => {
    const first = await start();
    const again = await start();
    expect([again.status, again.headers['idempotent-replayed'], again.json]).toEqual([200, 'true', first.json]);
    expect(world.gateway.started).toHaveLength(1);
    for (const [change, param] of [
      [{ amount: 26 }, 'amount'],
      [{ currency: 'ZWG' }, 'currency'],
      [{ return_url: 'https://shop.example/' }, 'return_url'],
    ] as const) {
      const other = await start({ ...body, ...change });
      expect([other.status, other.json.code, other.json.param]).toEqual([422, 'reference_reused', param]);
    }
    const without = { amount: 25, currency: 'USD' };
    expect((await start(without)).json.id).not.toBe((await start(without)).json.id);
  });

  it.each(['before', 'after'] as const)('is one payment when the answer to its making is lost %s', async (moment) => {
    let isLost = false;
    world.fault = (name) => {
      if (isLost || name !== 'PutCommand') return undefined;
      isLost = true;
      return moment === 'before' ? lostAnswer() : moment;
    };
    const begun = await start();
    expect([isLost, begun.status, world.gateway.started.length]).toEqual([true, 201, 1]);
    expect((await start()).json).toEqual(begun.json);
  });

  it('whose page was lost on the way is started again under the same reference', async () => {
    world.gateway.script = [{ kind: 'unclear', evidence: 'timed out' }];
    const lost = await start();
    expect([lost.status, lost.json.code, lost.headers['retry-after']]).toEqual([503, 'payments_unavailable', '10']);
    const again = await start();
    expect([again.status, again.json.redirect_url]).toEqual([200, 'https://pay.example/pay-2']);
    world.gateway.finding = paid;
    await callBack();
    expect(world.gateway.asked).toEqual(['pay-2']);
    expect(await credits()).toHaveLength(1);
  });

  it('that two start at once shows both the same page', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    expect(one.json.redirect_url).toBe(other.json.redirect_url);
    expect(one.json.id).toBe(other.json.id);
  });

  it('that a hundred requests start at once is one payment at the gateway, and one page for all', async () => {
    const busy = await testWorld({ publicUrl: 'https://api.example', clock: 'real' });
    const shop = await aMerchant(busy, {});
    const { gateway } = busy;
    const begin = gateway.start.bind(gateway);
    gateway.start = async (request) => {
      await sleep(300);
      return begin(request);
    };
    const replies = await Promise.all(
      Array.from({ length: 100 }, () => call(busy, startTopup, { headers: shop.headers(), body })),
    );
    expect(gateway.started).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(99);
    expect(new Set(replies.map(({ json }) => json.redirect_url))).toEqual(new Set(['https://pay.example/pay-1']));
  }, 60_000);

  it('whose page was lost is noted as an orphan, for operators only', async () => {
    world.gateway.script = [{ kind: 'unclear', evidence: 'timed out' }];
    await start();
    const { json } = await start();
    expect((await readTopup(world, json.id))?.orphans).toEqual([expect.stringContaining('timed out')]);
    expect(JSON.stringify((await show(json.id)).json)).not.toContain('timed out');
  });

  it('whose starter died is started by the next request once its lease ran out, and noted', async () => {
    world.gateway.start = async () => {
      throw new Error('the process died');
    };
    await start();
    const waiting = await start();
    expect([waiting.status, waiting.json.code]).toEqual([503, 'payments_unavailable']);
    delete (world.gateway as { start?: unknown }).start;
    world.advance(45_000);
    const again = await start();
    expect([again.status, again.json.redirect_url]).toEqual([200, 'https://pay.example/pay-1']);
    expect((await readTopup(world, again.json.id))?.orphans).toEqual([expect.stringContaining('no answer')]);
  });

  it('that a late starter starts a second time shows the first page, and the second payment is noted', async () => {
    const { gateway } = world;
    const begin = gateway.start.bind(gateway);
    let isFirst = true;
    gateway.start = async (request) => {
      if (!isFirst) return begin(request);
      isFirst = false;
      // This request hangs for longer than its lease; another one starts the payment meanwhile.
      world.advance(46_000);
      await start();
      return begin(request);
    };
    const late = await start();
    expect(late.json.redirect_url).toBe('https://pay.example/pay-1');
    expect((await readTopup(world, late.json.id))?.orphans).toEqual([
      expect.stringContaining('no answer'),
      'payment pay-2',
    ]);
  });

  it.each(['before', 'after'] as const)('is one payment when an answer to the lease is lost %s', async (moment) => {
    world.gateway.script = [{ kind: 'unclear', evidence: 'timed out' }];
    await start();
    let isLost = false;
    world.fault = (name) => {
      if (isLost || name !== 'PutCommand') return undefined;
      isLost = true;
      return moment;
    };
    const again = await start();
    expect([isLost, again.status, world.gateway.started.length]).toEqual([true, 200, 2]);
  });

  it('in a debugging deployment charges one cent, and shows both figures', async () => {
    Object.assign(world, { isDebug: true });
    const { json } = await start();
    expect(json).toMatchObject({ amount: 25, charged_amount: 0.01 });
    expect(world.gateway.started[0]?.amountMinor).toBe(1);
    world.gateway.finding = { ...paid, amountMinor: 1 };
    await callBack();
    expect(await credits()).toEqual([['topup', 1, 1]]);
  });

  it('of a test key pays play money into the test wallet', async () => {
    const { json } = await start(body, 'test');
    world.gateway.finding = paid;
    await callBack();
    expect(await credits('test')).toHaveLength(1);
    expect(await credits('live')).toHaveLength(0);
    expect((await show(json.id)).json.code).toBe('topup_not_found');
  });

  it.each(['KES', 'UGX', 'TZS'])(
    'in %s is refused by its own code, with the way to fund that wallet',
    async (currency) => {
      const { status, json } = await start({ ...body, currency });
      expect([status, json.code, json.param, json.retryable]).toEqual([422, 'currency_not_payable', 'currency', false]);
      expect(json.detail).toBe(`A ${currency} wallet cannot be topped up by payment; payments take USD and ZWG.`);
      expect(json.fix).toContain('bank');
      expect(world.gateway.started).toEqual([]);
    },
  );

  it.each([
    [{ amount: 0, currency: 'USD' }, 'amount'],
    [{ amount: 0.99, currency: 'USD' }, 'amount'],
    [{ amount: 100_001, currency: 'USD' }, 'amount'],
    [{ amount: 5.001, currency: 'USD' }, 'amount'],
    [{ amount: '5,50', currency: 'USD' }, 'amount'],
    [{ amount: 500, currency: 'KES' }, 'currency'],
    [{ amount: 5, currency: 'EUR' }, 'currency'],
    [{ currency: 'USD' }, 'amount'],
    [{ ...body, return_url: 'http://10.0.0.1/' }, 'return_url'],
    [{ ...body, reference: 'a b' }, 'reference'],
    [{ ...body, callback: 'x' }, 'callback'],
  ])('is refused in words: %j', async (content, param) => {
    const reply = await start(content);
    expect([Math.floor(reply.status / 100), reply.json.param]).toEqual([4, param]);
    expect(world.gateway.started).toEqual([]);
  });

  it('in a currency without payments has a fix about the currency, not about the amount', async () => {
    const { json } = await start({ ...body, currency: 'KES' });
    expect(json).toMatchObject({
      code: 'currency_not_payable',
      param: 'currency',
      fix: expect.stringContaining('Transfer'),
    });
  });
});

it('a gateway whose secret is not set takes no top-up, and makes none; those there are stay', async () => {
  const before = await start();
  Object.assign(world.gateway, { isOff: async () => true });
  const reply = await start({ ...body, reference: 'another' });
  expect([reply.status, reply.json.code, reply.json.detail]).toEqual([
    422,
    'currency_not_payable',
    'No online payments are set up here.',
  ]);
  expect(world.gateway.started).toHaveLength(1);
  expect((await start()).json).toEqual(before.json);
});
