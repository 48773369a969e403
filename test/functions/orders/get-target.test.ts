import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getTarget } from '../../../functions/orders/get-target.ts';
import type { Outcome } from '../../../shared/domain/order.ts';
import { DAY } from '../../../shared/domain/time.ts';
import { routes } from '../../../shared/manifest/routes.ts';
import { call } from '../../support/call.ts';
import { granted } from '../../support/granted.ts';
import { airtimeUsd, aProduct } from '../../support/products.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

const zesa = { id: 41, kind: 'zesa', targetType: 'meter', network: 'ZESA', providerProductId: '41' } as const;

let world: TestWorld;
let merchant: TestMerchant;

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  await sell(world);
});

afterAll(stopEngine);

describe('a target', () => {
  const ask = (target: string, query: Record<string, string> = {}, mode: 'live' | 'test' = 'live') =>
    call(world, getTarget, { headers: merchant.headers(mode), params: { target }, query });

  it('that is a number has its country, network and what can be sent to it', async () => {
    await sell(world, airtimeUsd, aProduct({ id: 101, network: 'Econet' }), aProduct({ id: 103, network: 'Telecel' }));
    const reply = await ask('+263 77 227 9099');
    expect(reply.json).toMatchObject({ type: 'phone', target: '+263772279099', country: 'ZW', network: 'Econet' });
    expect(reply.json.network_is_certain).toBe(true);
    expect(reply.json.products.map((product: { id: number }) => product.id)).toEqual([100, 101]);
  });

  it('with a calling code is of its country, whichever was chosen for numbers without one', async () => {
    await sell(world, airtimeUsd, aProduct({ id: 1, network: 'Safaricom', country: 'KE', currency: 'KES' }));
    for (const text of ['+254712345678', '00254712345678', '254712345678']) {
      const reply = await ask(text, { country: 'ZW' });
      expect(reply.json).toMatchObject({ target: '+254712345678', country: 'KE', network: 'Safaricom' });
    }
    expect((await ask('0772279099', { country: 'KE' })).status).toBe(422);
  });

  it('in a country where numbers move says that the network is a guess, and offers all, likely ones first', async () => {
    const kenya = { country: 'KE', currency: 'KES' } as const;
    await sell(
      world,
      aProduct({ id: 1, network: 'Airtel', ...kenya }),
      aProduct({ id: 2, network: 'Safaricom', ...kenya }),
    );
    const reply = await ask('0712345678', { country: 'KE' });
    expect(reply.json).toMatchObject({ network: 'Safaricom', network_is_certain: false });
    expect(reply.json.products.map((product: { id: number }) => product.id)).toEqual([2, 1]);
  });

  it('that is a meter says who holds it; an unknown one is not found; a provider that does not answer is 503', async () => {
    await sell(
      world,
      aProduct({ id: 41, kind: 'zesa', targetType: 'meter', network: 'ZESA', providerProductId: '41' }),
    );
    expect((await ask('37112345678', {}, 'test')).json.holder).toEqual({
      name: 'T*** M***',
      address: '1*** S*** R*** H***',
      masked: true,
    });
    expect((await ask('37112345001', {}, 'test')).json.code).toBe('meter_not_found');
    world.upstream.lookup = async () => Promise.reject(new Error('timed out'));
    const reply = await ask('37112345678');
    expect([reply.status, reply.json.code, reply.headers['retry-after']]).toEqual([503, 'provider_unavailable', '10']);
  });

  it.each(['hello', '0242700000', '12345', '+4915112345678'])(
    '%s is refused by the name of the field',
    async (target) => {
      const reply = await ask(target);
      expect([reply.status, reply.json.param]).toEqual([422, 'target']);
    },
  );
});

describe("a meter's holder", () => {
  const METER = '37112345678';
  const logged: object[] = [];

  beforeEach(async () => {
    await sell(world, aProduct({ ...zesa, minMinor: 100 }));
    world.upstream.lookup = async () => ({ name: 'Tendai Moyo', address: '12 Samora Machel Ave' });
    logged.length = 0;
    // It waits for tokens whatever else this machine does.
    Object.assign(world, { within: (_ms: number, work: Promise<unknown>) => work });
    Object.assign(world.log, { info: (event: string, fields: object) => logged.push({ event, ...fields }) });
  });

  const look = (meter = METER) =>
    call(granted(world, routes.getTarget.access), getTarget, {
      headers: merchant.headers(),
      params: { target: meter },
    });
  const sellTo = async (outcome: Outcome, reference = 'one') => {
    world.upstream.script = [outcome];
    await call(world, createOrder, {
      headers: { ...merchant.headers(), prefer: 'respond-async' },
      body: { product_id: zesa.id, target: METER, amount: 5, agent_reference: reference },
    });
    await world.dispatchAll();
  };
  const success: Outcome = { kind: 'success', receipt: {}, evidence: '' };
  const shown = { name: 'Tendai Moyo', address: '12 Samora Machel Ave', masked: false };
  const hidden = { name: 'T*** M***', address: '1*** S*** M*** A***', masked: true };

  it('is shown by initials to a merchant that has sold the meter nothing', async () => {
    expect((await look()).json.holder).toEqual(hidden);
  });

  it('is shown to one that delivered to this meter in the last thirty days', async () => {
    await sellTo(success);
    expect((await look()).json.holder).toEqual(shown);
    expect((await look('37112345679')).json.holder).toEqual(hidden);
    const other = await aMerchant(world);
    const reply = await call(world, getTarget, { headers: other.headers(), params: { target: METER } });
    expect(reply.json.holder).toEqual(hidden);
    world.advance(31 * DAY);
    expect((await look()).json.holder).toEqual(hidden);
  });

  it('is not shown for an order that was refunded or could not be paid', async () => {
    await sellTo({ kind: 'rejected', failure: 'invalid_target', evidence: '' });
    await sellTo(success, 'two');
    merchant = await aMerchant(world, { USD: 1 });
    await sellTo(success, 'three');
    expect((await look()).json.holder).toEqual(hidden);
  });

  it('can be asked for sixty times a minute', async () => {
    for (let n = 0; n < 60; n += 1) expect((await look(String(37112345000 + n))).status).toBe(200);
    const reply = await look();
    expect([reply.status, reply.json.code, reply.headers['retry-after']]).toEqual([429, 'rate_limited', '1']);
    const phone = await call(world, getTarget, { headers: merchant.headers(), params: { target: '0772279099' } });
    expect(phone.status).toBe(200);
  });

  it('leaves a keyed hash of the meter in the log, the same for the same meter', async () => {
    await look();
    await look();
    await look('37112345679');
    const tags = logged.filter((line) => 'meter' in line).map((line) => (line as { meter: string }).meter);
    expect(tags).toEqual([expect.stringMatching(/^[\w-]{22}$/), tags[0], expect.not.stringContaining(tags[0] ?? '')]);
    expect(JSON.stringify(logged)).not.toContain('3711234567');
  });
});
