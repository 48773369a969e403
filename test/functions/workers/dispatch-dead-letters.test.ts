import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { giveUp } from '../../../functions/workers/dispatch.ts';
import { listReview, resolveOrder } from '../../../shared/flows/orders/review.ts';
import { verifyLedger } from '../../../shared/flows/wallet/verify-ledger.ts';
import { RECEIVES_MAX } from '../../../shared/manifest/access.ts';
import { listWallet } from '../../../shared/store/ledger.ts';
import type { OrderKey } from '../../../shared/store/orders.ts';
import { call } from '../../support/call.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

let world: TestWorld;
let merchant: TestMerchant;

const decision = { by: 'ruth', reason: 'their statement of 7 May' };

beforeEach(async () => {
  world = await testWorld();
  merchant = await aMerchant(world);
  await sell(world);
});

afterAll(stopEngine);

async function place(reference: string, changes: Record<string, unknown> = {}): Promise<OrderKey> {
  const body = { product_id: 100, target: '0772279099', amount: 5, agent_reference: reference, ...changes };
  const reply = await call(world, createOrder, { headers: { ...merchant.headers(), prefer: 'respond-async' }, body });
  expect(reply.status).toBe(202);
  return { merchantId: merchant.id, mode: 'live', agentReference: reference };
}

async function shown(reference: string) {
  return (await call(world, getOrder, { headers: merchant.headers(), params: { agent_reference: reference } })).json;
}

async function kinds(): Promise<string[]> {
  const wallet = { merchantId: merchant.id, mode: 'live', currency: 'USD' } as const;
  expect((await verifyLedger(world, wallet)).violation).toBeUndefined();
  return (await listWallet(world, wallet, { limit: 100 })).entries.map((entry) => entry.kind).toReversed();
}

describe('a poisoned message', () => {
  it('leaves its order in review with the cause, which an operator can then decide', async () => {
    const key = await place('one');
    await giveUp(world, key, new Error('cannot read the product'));
    expect(await shown('one')).toMatchObject({ status: 'unknown', under_review: true });
    const [evidence] = await listReview(world, 'live');
    expect(evidence?.timeline.at(-1)?.note).toContain('cannot read the product');
    await resolveOrder(world, key, 'refunded', decision);
    expect(await kinds()).toEqual(['adjustment', 'order', 'refund']);
  });

  it('never sends to review an order that may have left us', async () => {
    const key = await place('one');
    world.upstream.script = [{ kind: 'unclear', evidence: '' }];
    await world.dispatchAll();
    await giveUp(world, key, new Error('x'));
    expect((await shown('one')).under_review).toBeUndefined();
  });

  it('is given up at its last receive only, and its neighbours are not repeated', async () => {
    const { onBatch } = await import('../../../shared/aws/worker.ts');
    const record = (body: string, receives: number, messageId: string) => ({
      messageId,
      body: JSON.stringify(body),
      attributes: { ApproximateReceiveCount: String(receives) },
    });
    const given: string[] = [];
    const seen: string[] = [];
    const work = {
      async onMessage(_world: unknown, message: string) {
        seen.push(message);
        if (message.startsWith('bad')) throw new Error('poison');
      },
      async onLastFailure(_world: unknown, message: string) {
        given.push(message);
      },
    };
    const event = {
      Records: [
        record('good', 1, 'm1'),
        record('bad-early', RECEIVES_MAX - 1, 'm2'),
        record('bad-last', RECEIVES_MAX, 'm3'),
      ],
    } as unknown as SQSEvent;
    expect(await onBatch(world, work, event)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm2' }, { itemIdentifier: 'm3' }],
    });
    expect(given).toEqual(['bad-last']);
    expect(seen).toHaveLength(3);
  });
});
