import { expect, it } from '@jest/globals';
import { applyCallback } from '../../../shared/domain/order-life.ts';
import { changeOrder } from '../../../shared/flows/orders/change-order.ts';
import {
  freshMerchantForEachTest,
  orderOf,
  results,
  send,
  settle,
  upstream,
  world,
} from '../../support/pesaway-set-up.ts';

freshMerchantForEachTest();

it('a delivery after the refund has two results, each of its own moment, also where both are published late', async () => {
  upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
  await send();
  // The order is dispatched; the events of it wait.
  const [dispatching] = world.messages.splice(0);
  if (dispatching) world.messages.push(dispatching);
  await world.dispatchAll();
  world.messages.length = 0;
  const delivered = { kind: 'success', receipt: {}, evidence: '' } as const;
  const order = await orderOf('202511051829');
  await changeOrder(world, order, (now) => applyCallback(now, delivered, world.now()));
  expect((await orderOf('202511051829')).outbox).toHaveLength(2);
  await settle();
  expect(results().map(({ ResultCode }) => ResultCode)).toEqual([2001, 0]);
});
