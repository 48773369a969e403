import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Order } from '../../shared/domain/order.ts';
import { walletOf } from '../../shared/domain/order.ts';
import { accept, refuse } from '../../shared/domain/order-life.ts';
import type { Shape } from '../../shared/store/from-item.ts';
import { fromItem } from '../../shared/store/from-item.ts';
import { readTail } from '../../shared/store/ledger.ts';
import { fund, readOrder } from '../../shared/store/orders.ts';
import { initial } from '../domain/orders.ts';
import type { TestWorld } from '../support/world.ts';
import { aMerchant, stopEngine, testWorld } from '../support/world.ts';

interface Thing {
  readonly id: string;
  readonly version: number;
  readonly tags: readonly string[];
  readonly limit?: number;
}

const THING: Shape<Thing> = { id: 'string', version: 'number', tags: 'object' };
const whole = { pk: 'thing#1', id: 'thing_1', version: 3, tags: [] };

describe('fromItem', () => {
  it('returns the object without the attributes of the store', () => {
    const keys = { sk: 's', listPk: 'm', listSk: 'c', dueShard: 1, dueFor: 'query', doubtPk: 'm', campaignPk: 'cmp' };
    expect(fromItem('thing', THING, { ...whole, ...keys, expiresAt: 9, writeId: 'wri_1', limit: 5 })).toEqual({
      id: 'thing_1',
      version: 3,
      tags: [],
      limit: 5,
    });
  });

  it.each([
    ['version', undefined, 'stored thing thing#1 is incomplete or of an older format: no number "version"'],
    ['version', '3', 'no number "version"'],
    ['version', Number.NaN, 'no number "version"'],
    ['id', undefined, 'no string "id"'],
    ['tags', null, 'no object "tags"'],
  ])('refuses an item whose %s is %p', (name, value, message) => {
    expect(() => fromItem('thing', THING, { ...whole, [name]: value })).toThrow(message);
  });

  it('does not compile without every number that the type requires', () => {
    // @ts-expect-error `version` is missing.
    const shape: Shape<Thing> = { id: 'string' };
    expect(shape).toBeDefined();
  });
});

describe('a stored order', () => {
  afterAll(stopEngine);

  it.each([
    ['number', 'queryCount'],
    ['number', 'notFoundCount'],
    ['number', 'version'],
    ['number', 'amountMinor'],
    ['string', 'status'],
  ])('without its %s %s is refused', async (type, name) => {
    const world = await testWorld();
    const order = await anOrder(world);
    const Key = { pk: `${order.merchantId}#live#${order.agentReference}` };
    const { Item } = await world.db.send(new GetCommand({ TableName: world.table('orders'), Key }));
    const { [name]: value, ...rest } = Item ?? {};
    const older = { ...rest, [`old_${name}`]: value };
    await world.db.send(new PutCommand({ TableName: world.table('orders'), Item: older }));
    await expect(readOrder(world, order)).rejects.toThrow(
      `stored order ${Key.pk} is incomplete or of an older format: no ${type} "${name}"`,
    );
  });

  it('without the key that holds its id is refused', async () => {
    const world = await testWorld();
    const order = await anOrder(world);
    const Key = { pk: `${order.merchantId}#live#${order.agentReference}` };
    const { Item } = await world.db.send(new GetCommand({ TableName: world.table('orders'), Key }));
    const { listSk: _, ...rest } = Item ?? {};
    await world.db.send(new PutCommand({ TableName: world.table('orders'), Item: rest }));
    await expect(readOrder(world, order)).rejects.toThrow('no string "id"');
  });

  it('is read as it was written', async () => {
    const world = await testWorld();
    const order = await anOrder(world);
    expect(await readOrder(world, order)).toEqual(order);
    expect(await readTail(world, walletOf(order))).toMatchObject({ orderId: order.id, balanceAfterMinor: 9_500 });
  });
});

async function anOrder(world: TestWorld): Promise<Order> {
  const merchant = await aMerchant(world);
  const own = { ...initial, merchantId: merchant.id };
  const refused = refuse(own, 'insufficient_funds', world.now());
  return (await fund(world, { ...accept(own, world.now()), refused })).order;
}
