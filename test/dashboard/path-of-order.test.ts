import { expect, it } from '@jest/globals';
import { pathOfOrderId } from '../../dashboard/src/routes/orders/path-of-order.ts';
import { rowOrderId } from '../../shared/domain/batch.ts';
import { composeOrderId, ORDER_ID_BYTES } from '../../shared/domain/order-id.ts';

const ID = composeOrderId('2026-05-07T08:00:00.000Z', new Uint8Array(ORDER_ID_BYTES).fill(7));
const OF_A_ROW = rowOrderId({ id: 'bat_1' }, 2);

it('an order is linked by its id, but for a row of a batch, which nobody finds by it', () => {
  expect(pathOfOrderId(ID)).toBe(`/orders/${ID}`);
  expect(pathOfOrderId(OF_A_ROW)).toBeUndefined();
});

it('a row of a batch is linked by its reference, where that is known', () => {
  expect(pathOfOrderId(OF_A_ROW, 'may/1~2')).toBe('/orders/may%2F1~2');
  expect(pathOfOrderId(ID, 'may/1')).toBe(`/orders/${ID}`);
});
