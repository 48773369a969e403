import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { dispatch } from '../../../functions/workers/dispatch.ts';
import type { OrderKey } from '../../../shared/store/orders.ts';
import { readOrder } from '../../../shared/store/orders.ts';
import { call } from '../../support/call.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

let world: TestWorld;
let merchant: TestMerchant;
let key: OrderKey;

beforeEach(async () => {
  world = await testWorld({ publicUrl: 'https://api.example' });
  merchant = await aMerchant(world);
  await sell(world);
  key = { merchantId: merchant.id, mode: 'live', agentReference: 'one' };
  await call(world, createOrder, {
    headers: { ...merchant.headers(), prefer: 'respond-async' },
    body: { product_id: 100, target: '0772279099', amount: 5, agent_reference: 'one' },
  });
});

afterAll(stopEngine);

const throttled = () => Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });

describe('what a call needs is made before its order is claimed', () => {
  it('a signing key that is throttled once costs nothing: the order is sent minutes later, once', async () => {
    let failures = 1;
    Object.assign(world.upstream, { readCallback: async () => undefined });
    Object.assign(world, {
      secret: async () => {
        failures -= 1;
        if (failures >= 0) throw throttled();
        return 'key';
      },
    });
    await dispatch(world, key);
    expect(await readOrder(world, key)).toMatchObject({ status: 'pending', attempts: [{ outcome: 'unsent' }] });
    expect(world.upstream.sends).toHaveLength(0);
    await world.sweep(2);
    await world.dispatchAll();
    expect(await readOrder(world, key)).toMatchObject({ status: 'success' });
    expect(world.upstream.vends).toHaveLength(1);
    expect(world.upstream.sends[0]?.callbackUrl).toMatch(/^https:\/\/api\.example\/callbacks\//);
  });

  it('nothing is read or written between the claim and the call', async () => {
    const steps: string[] = [];
    Object.assign(world.upstream, { readCallback: async () => undefined });
    Object.assign(world, { secret: async () => `key ${steps.push('secret')}` });
    world.fault = (command, input) => {
      const { Item } = input as { Item?: { status?: string } };
      steps.push(`${command} ${Item?.status ?? ''}`.trim());
      return undefined;
    };
    world.upstream.script = [
      async () => {
        steps.push('call');
        return { kind: 'success', receipt: {}, evidence: 'ok' };
      },
    ];
    await dispatch(world, key);
    expect(steps).toContain('secret');
    expect(steps[steps.indexOf('call') - 1]).toBe('PutCommand dispatching');
  });

  it('an adapter that throws while it prepares leaves the order pending, with growing gaps', async () => {
    const gaps: number[] = [];
    for (let tries = 0; tries < 4; tries += 1) {
      world.upstream.preparations = [throttled()];
      await dispatch(world, key);
      const { dueAt = '' } = (await readOrder(world, key)) ?? {};
      gaps.push((Date.parse(dueAt) - Date.parse(world.now())) / 1000);
    }
    expect(gaps).toEqual([10, 20, 40, 80]);
    const order = await readOrder(world, key);
    expect(order?.timeline.map(({ status }) => status)).toEqual(['pending', 'pending']);
    expect(world.upstream.sends).toHaveLength(0);
  });

  it('a target that is refused while the call is prepared is refunded, with the evidence', async () => {
    world.upstream.preparations = [{ kind: 'rejected', failure: 'invalid_target', evidence: 'no such meter' }];
    await dispatch(world, key);
    expect(await readOrder(world, key)).toMatchObject({
      status: 'refunded',
      failure: 'invalid_target',
      attempts: [{ outcome: 'rejected', evidence: 'no such meter' }],
    });
  });

  it('is recorded once by two workers at once, and once where an answer is lost', async () => {
    const { upstream } = world;
    const met = Promise.withResolvers<void>();
    let preparing = 0;
    const prepare = async () => {
      preparing += 1;
      if (preparing === 2) met.resolve();
      await met.promise;
      throw throttled();
    };
    const alone = upstream.prepare;
    Object.assign(upstream, { prepare });
    await Promise.all([dispatch(world, key), dispatch(world, key)]);
    Object.assign(upstream, { prepare: alone });
    expect((await readOrder(world, key))?.attempts).toHaveLength(1);
    let lost = 0;
    world.fault = (command) => {
      lost += command === 'PutCommand' ? 1 : 0;
      return command === 'PutCommand' && lost === 1 ? 'after' : undefined;
    };
    world.upstream.preparations = [throttled()];
    await dispatch(world, key);
    expect(lost).toBeGreaterThan(0);
    expect((await readOrder(world, key))?.attempts).toHaveLength(2);
  });
});
