import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { getWallet } from '../../../functions/wallet/get-wallet.ts';
import { sendToManualReview } from '../../../shared/domain/order-life.ts';
import { commit, readOrder } from '../../../shared/store/orders.ts';
import { call } from '../../support/call.ts';
import { UnitCounter } from '../../support/count-units.ts';
import { freshMerchantForEachTest, merchant, move, world } from '../../support/ledger-set-up.ts';
import { aMerchant, sell } from '../../support/world.ts';

freshMerchantForEachTest();

describe('a wallet', () => {
  it('says that what is in doubt is not known rather than a sum of a part', async () => {
    await move(500);
    const pages = {
      ...world,
      db: {
        send: async (command: { input: { IndexName?: string; ExclusiveStartKey?: unknown } }) => {
          delete command.input.ExclusiveStartKey;
          const answer = await world.db.send(command as never);
          return command.input.IndexName === 'doubt'
            ? { ...(answer as object), LastEvaluatedKey: { pk: 'x' } }
            : answer;
        },
      } as never,
    };
    const { json } = await call(pages, getWallet, { headers: merchant.headers() });
    expect(json.wallets).toMatchObject([{ currency: 'USD', balance: 5, in_doubt: null }]);
  });

  const shown = async (of = merchant) => (await call(world, getWallet, { headers: of.headers() })).json.wallets;

  const place = async (agent_reference: string, amount: number, headers = merchant.headers()) =>
    call(world, createOrder, {
      headers: { ...headers, prefer: 'respond-async' },
      body: { product_id: 100, target: '0772279099', amount, agent_reference },
    });

  it('shows what orders took that may come back and are not decided in time', async () => {
    const funded = await aMerchant(world, { USD: 10_000 });
    await sell(world);
    world.upstream.script = [{ kind: 'unclear', evidence: '' }];
    await place('a', 5, funded.headers());
    expect(await shown(funded)).toMatchObject([{ balance: 95, in_doubt: 0 }]);
    await world.dispatchAll();
    await place('b', 2.5, funded.headers());
    expect(await shown(funded)).toMatchObject([{ balance: 92.5, in_doubt: 5 }]);
    await world.dispatchAll();
    expect(await shown(funded)).toMatchObject([{ balance: 92.5, in_doubt: 5 }]);
    world.upstream.finding = { kind: 'rejected', failure: 'invalid_target', evidence: '' };
    await world.sweep();
    expect(await shown(funded)).toMatchObject([{ balance: 97.5, in_doubt: 0 }]);
  });

  it('costs five read units at most, however many orders others have due', async () => {
    await move(500);
    const counter = new UnitCounter(world);
    const units = async () => (await counter.during(() => shown())).read;
    const alone = await units();
    expect(alone).toBeLessThanOrEqual(5);
    for (let part = 0; part < 40; part += 1) {
      const puts = Array.from({ length: 25 }, (_, n) => ({
        PutRequest: {
          Item: {
            pk: `m#live#${part}-${n}`,
            dueShard: n % 4,
            dueAt: world.now(),
            doubtPk: 'm#live',
            listSk: `x${part}${n}`,
          },
        },
      }));
      await world.db.send(new BatchWriteCommand({ RequestItems: { [world.table('orders')]: puts } }));
    }
    expect(await units()).toBe(alone);
  });

  it('counts orders in manual review, and nothing of another mode, merchant or currency', async () => {
    const funded = await aMerchant(world, { USD: 10_000, KES: 5_000 });
    const other = await aMerchant(world, { USD: 10_000 });
    await sell(world);
    await place('mine', 5, funded.headers());
    await place('play', 3, funded.headers('test'));
    await place('theirs', 2, other.headers());
    for (const [merchantId, mode, agentReference] of [
      [funded.id, 'live', 'mine'],
      [funded.id, 'test', 'play'],
      [other.id, 'live', 'theirs'],
    ] as const) {
      const order = await readOrder(world, { merchantId, mode, agentReference });
      if (!order) throw new Error('it was placed');
      expect(await commit(world, sendToManualReview(order, 'a test', world.now()))).toMatchObject({ kind: 'done' });
    }
    expect(await shown(funded)).toMatchObject([
      { currency: 'USD', in_doubt: 5 },
      { currency: 'KES', in_doubt: 0 },
    ]);
    const play = await call(world, getWallet, { headers: funded.headers('test') });
    expect(play.json.wallets).toMatchObject([
      { currency: 'USD', in_doubt: 3 },
      { currency: 'KES', in_doubt: 0 },
    ]);
  });
});
