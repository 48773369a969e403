import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { dispatch } from '../../../functions/workers/dispatch.ts';
import { rejected } from '../../../shared/providers/upstream-answer.ts';
import type { OrderKey } from '../../../shared/store/orders.ts';
import { readOrder } from '../../../shared/store/orders.ts';
import { call } from '../../support/call.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

let world: TestWorld;
let merchant: TestMerchant;
let key: OrderKey;

beforeEach(async () => {
  world = await testWorld({ dispatches: false });
  merchant = await aMerchant(world);
  await sell(world);
  key = { merchantId: merchant.id, mode: 'live', agentReference: 'one' };
  await call(world, createOrder, {
    headers: { ...merchant.headers(), prefer: 'respond-async' },
    body: { product_id: 100, target: '0772279099', amount: 5, agent_reference: 'one' },
  });
});

afterAll(stopEngine);

async function shown() {
  const reply = await call(world, getOrder, { headers: merchant.headers(), params: { agent_reference: 'one' } });
  return reply.json;
}

describe('dispatch', () => {
  it('of a message that comes ten times at once calls the provider once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => dispatch(world, key)));
    expect(world.upstream.sends).toHaveLength(1);
    expect((await shown()).status).toBe('success');
  });

  it('of a message that comes again after the order was decided changes nothing', async () => {
    await dispatch(world, key);
    const before = await shown();
    world.advance(3_600_000);
    await dispatch(world, key);
    expect(await shown()).toEqual(before);
    expect(world.upstream.sends).toHaveLength(1);
  });

  it('records a certain rejection whose words are emoji, and refunds', async () => {
    world.upstream.script = [rejected('invalid_target', `a${'😀'.repeat(700)}`)];
    await dispatch(world, key);
    expect(await shown()).toMatchObject({ status: 'refunded', failure: { code: 'invalid_target' } });
    const order = await readOrder(world, key);
    expect(order?.attempts).toMatchObject([{ outcome: 'rejected', evidence: `a${'😀'.repeat(599)}` }]);
  });

  it('that finds a claim whose holder is still at work leaves it alone', async () => {
    world.upstream.script = [
      async () => {
        await dispatch(world, key);
        return { kind: 'success', receipt: {}, evidence: '' };
      },
    ];
    await dispatch(world, key);
    expect((await shown()).timeline.map((event: { status: string }) => event.status)).toEqual([
      'pending',
      'pending',
      'success',
    ]);
  });

  it('that could not reach the provider gives the claim back, and the sweep tries again later', async () => {
    world.upstream.script = [{ kind: 'unsent', evidence: 'connection refused' }];
    await dispatch(world, key);
    expect(await shown()).toMatchObject({ status: 'pending', final: false });
    world.messages.length = 0;
    await world.sweep();
    await world.dispatchAll();
    expect((await shown()).status).toBe('success');
    expect(world.upstream.vends).toHaveLength(1);
  });

  it('by a process that was frozen between its claim and its call does not call', async () => {
    world.fault = (command) => {
      if (command === 'PutCommand') world.advance(11_000);
      return undefined;
    };
    await dispatch(world, key);
    expect(world.upstream.sends).toHaveLength(0);
    expect((await shown()).status).toBe('pending');
  });

  it.each([
    ['is written', 0, 'order.success', { ms: 0 }],
    ['cannot be written', 2, 'provider.outcome_not_written', { outcome: 'success' }],
  ])('logs what the call came to once where that %s', async (_what, failingPut, event, fields) => {
    const lines: [string, object | undefined][] = [];
    const log = (name: string, about?: object) => lines.push([name, about]);
    Object.assign(world.log, { info: log, error: log });
    let puts = 0;
    world.fault = (command) => {
      if (command === 'PutCommand') puts += 1;
      return command === 'PutCommand' && puts === failingPut ? new Error('killed') : undefined;
    };
    await dispatch(world, key).catch(() => undefined);
    expect(lines).toEqual([[event, expect.objectContaining({ provider: 'hotrecharge', ...fields })]]);
  });

  it('that dies between its call and its record leaves an order that is asked about and never sent again', async () => {
    let puts = 0;
    world.fault = (command) => {
      if (command !== 'PutCommand') return undefined;
      puts += 1;
      return puts > 1 ? new Error('killed') : undefined;
    };
    await expect(dispatch(world, key)).rejects.toThrow('killed');
    world.fault = undefined;
    await dispatch(world, key);
    expect((await shown()).status).toBe('pending');
    world.advance(95_000);
    await dispatch(world, key);
    expect((await shown()).status).toBe('unknown');
    await world.sweep();
    expect((await shown()).status).toBe('success');
    expect(world.upstream.sends).toHaveLength(1);
  });

  it('records an outcome that comes after the claim was given up', async () => {
    world.upstream.script = [
      async (recharge) => {
        await world.sweep(3);
        world.upstream.vends.push(recharge.reference);
        return { kind: 'success', receipt: { providerRef: 'late' }, evidence: '' };
      },
    ];
    await dispatch(world, key);
    expect(await shown()).toMatchObject({ status: 'success', provider_ref: 'late' });
  });

  it('of an order that does not exist fails its message, so that it ends in the dead letters', async () => {
    await expect(dispatch(world, { ...key, agentReference: 'none' })).rejects.toThrow('no order');
  });
});

it('every message delivered twice, dispatchers killed between claim and result: one vend each, the rest unknown, then resolved', async () => {
  const references = Array.from({ length: 40 }, (_, n) => `m${n}`);
  for (const agentReference of references) {
    await call(world, createOrder, {
      headers: { ...merchant.headers(), prefer: 'respond-async' },
      body: { product_id: 100, target: '0772279099', amount: 1, agent_reference: agentReference },
    });
  }
  // Every second dispatcher dies after the provider delivered and before it wrote that down.
  let settlements = 0;
  world.fault = (command, input) => {
    const item = (input as { Item?: { attempts?: { outcome?: string }[] } }).Item;
    if (command !== 'PutCommand' || item?.attempts?.at(-1)?.outcome === undefined) return undefined;
    settlements += 1;
    return settlements % 2 === 0 ? new Error('killed') : undefined;
  };
  const keys = references.map((agentReference) => ({ ...key, agentReference }));
  await Promise.allSettled([...keys, ...keys].map((each) => dispatch(world, each)));
  world.fault = undefined;
  world.messages.length = 0;
  const statuses = async () => {
    const replies = references.map((agent_reference) =>
      call(world, getOrder, { headers: merchant.headers(), params: { agent_reference } }),
    );
    return (await Promise.all(replies)).map((reply) => reply.json.status);
  };
  expect((await statuses()).filter((status) => status === 'pending')).toHaveLength(20);
  await world.sweep();
  expect((await statuses()).filter((status) => status === 'unknown')).toHaveLength(20);
  await world.sweep();
  expect(new Set(await statuses())).toEqual(new Set(['success']));
  expect(world.upstream.vends).toHaveLength(40);
  expect(new Set(world.upstream.vendCounts().values())).toEqual(new Set([1]));
});

it('a provider that answers slowly does not keep another one’s orders', async () => {
  world.upstream.script = [() => new Promise(() => {})];
  const stuck = dispatch(world, key);
  await call(world, createOrder, {
    headers: { ...merchant.headers('test'), prefer: 'respond-async' },
    body: { product_id: 100, target: '0772279099', amount: 1, agent_reference: 'other' },
  });
  await dispatch(world, { ...key, mode: 'test', agentReference: 'other' });
  const params = { agent_reference: 'other' };
  expect((await call(world, getOrder, { headers: merchant.headers('test'), params })).json.status).toBe('success');
  expect((await shown()).status).toBe('pending');
  stuck.catch(() => undefined);
});
