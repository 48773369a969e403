import { afterAll, expect, it } from '@jest/globals';
import { createOrder } from '../../functions/orders/create-order.ts';
import { dispatch } from '../../functions/workers/dispatch.ts';
import { readOrder } from '../../shared/store/orders.ts';
import { call } from '../support/call.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../support/world.ts';

/**
 * Found by the simulation, seed 9948 of a million orders: a recharge was sent twice. The first dispatcher could not reach
 * the provider and gave its claim back; the write happened and its answer was lost. Before it tried again, a second
 * dispatcher (the message came twice) took its own claim and called. The first one's retry then met an order that was
 * claimed again, took that claim for its own, and gave it back: a third dispatcher called again.
 */

afterAll(stopEngine);

it('a release whose answer was lost never gives back the claim that came after it', async () => {
  const world = await testWorld();
  const merchant = await aMerchant(world);
  await sell(world);
  const key = { merchantId: merchant.id, mode: 'live', agentReference: 'one' } as const;
  await call(world, createOrder, {
    headers: { ...merchant.headers(), prefer: 'respond-async' },
    body: { product_id: 100, target: '0772279099', amount: 5, agent_reference: 'one' },
  });
  world.messages.length = 0;

  let answers: (value: unknown) => void = () => {};
  const inFlight = new Promise((resolve) => {
    answers = resolve;
  });
  world.upstream.script = [
    { kind: 'unsent', evidence: 'connection refused' },
    async ({ reference }) => {
      world.upstream.vends.push(reference);
      await inFlight;
      return { kind: 'success', receipt: { providerRef: 'p' }, evidence: '' };
    },
  ];
  let second: Promise<void> | undefined;
  world.fault = (command, input) => {
    const { status } = (input as { Item?: { status?: string } }).Item ?? {};
    if (command !== 'PutCommand' || status !== 'pending' || second) return undefined;
    return 'after';
  };
  const pause = world.sleep;
  Object.assign(world, {
    // The first dispatcher waits before it tries again: the second one calls meanwhile.
    async sleep(ms: number) {
      if (!second) {
        second = dispatch(world, key);
        while (world.upstream.sends.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await pause(ms);
    },
  });

  await dispatch(world, key);
  expect((await readOrder(world, key))?.status).toBe('dispatching');
  await dispatch(world, key);
  expect(world.upstream.sends).toHaveLength(2);
  answers(undefined);
  await second;
  expect((await readOrder(world, key))?.status).toBe('success');
  expect(world.upstream.vends).toHaveLength(1);
});
