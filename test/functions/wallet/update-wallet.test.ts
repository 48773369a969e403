import { beforeEach, describe, expect, it } from '@jest/globals';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { updateWallet } from '../../../functions/wallet/update-wallet.ts';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import { addEndpoint } from '../../../shared/flows/webhooks/add-endpoint.ts';
import { dueWatches } from '../../../shared/store/watches.ts';
import type { World } from '../../../shared/world.ts';
import { call } from '../../support/call.ts';
import { OPERATOR } from '../../support/origin.ts';
import { callBack, freshWalletForEachTest, HOUR, merchant, paid, start, world } from '../../support/topup-set-up.ts';
import { sell } from '../../support/world.ts';

freshWalletForEachTest({ USD: 1000 });

describe('a low balance', () => {
  let heard: { type: string; data: { object: Record<string, unknown> } }[];
  const order = async (amount: number) => {
    const content = { product_id: 100, target: '0772279099', amount, agent_reference: `o${Math.random()}` };
    await call(world, createOrder, { headers: { ...merchant.headers(), prefer: 'respond-async' }, body: content });
  };
  const threshold = (low_balance_threshold: number | string | null, on: World = world) =>
    call(on, updateWallet, {
      headers: merchant.headers(),
      params: { currency: 'USD' },
      body: { low_balance_threshold },
    });
  const look = async () => {
    world.advance(2 * 60_000);
    await sendDue(world);
    await sendDue(world);
  };

  beforeEach(async () => {
    await sell(world);
    heard = [];
    world.outboundAnswer = (request) => {
      heard.push(JSON.parse(request.body ?? ''));
      return { status: 200, headers: {}, body: '' };
    };
    const owner = { merchantId: merchant.id, mode: 'live' } as const;
    await addEndpoint(world, owner, { url: 'https://merchant.example/hook', events: ['wallet.low_balance'] }, OPERATOR);
  });

  it('is published once for each time the balance falls below it', async () => {
    expect((await threshold(5)).json).toEqual({ currency: 'USD', balance: 10, low_balance_threshold: 5 });
    await order(4);
    await look();
    expect(heard).toEqual([]);
    await order(2);
    await order(1);
    await look();
    world.advance(HOUR);
    await look();
    expect(
      heard.map((event) => [event.type, event.data.object.balance, event.data.object.low_balance_threshold]),
    ).toEqual([['wallet.low_balance', 4, 5]]);
    await start({ amount: 25, currency: 'USD', reference: 'again' });
    world.gateway.finding = paid;
    await callBack();
    for (let n = 0; n < 25; n += 1) await order(1);
    await look();
    expect(heard).toHaveLength(2);
  });

  it('is published once when two sweeps check at once, or one dies before it has noted that', async () => {
    await threshold(5);
    await order(6);
    world.advance(2 * 60_000);
    await Promise.all([sendDue(world), sendDue(world)]);
    await look();
    expect(heard).toHaveLength(1);
  });

  it.each(['before', 'after'] as const)('is set, and published once, when an answer is lost %s', async (moment) => {
    const lose = (command: string) => {
      let isLost = false;
      world.fault = (name) => {
        if (isLost || name !== command) return undefined;
        isLost = true;
        return moment;
      };
    };
    lose('PutCommand');
    expect((await threshold(5)).json).toMatchObject({ low_balance_threshold: 5 });
    world.fault = undefined;
    await order(6);
    world.advance(2 * 60_000);
    lose('PutCommand');
    await sendDue(world);
    world.fault = undefined;
    await look();
    expect(heard).toHaveLength(1);
  });

  it('that two set at once is one of both', async () => {
    const { promise: bothHaveRead, resolve } = Promise.withResolvers<void>();
    let writers = 0;
    const send = async (command: object) => {
      if (command.constructor.name === 'TransactWriteCommand') {
        writers += 1;
        if (writers === 2) resolve();
        await bothHaveRead;
      }
      return world.db.send(command as never);
    };
    const racing = { ...world, db: { send } as never };
    const replies = await Promise.all([threshold(5, racing), threshold(6, racing)]);
    expect(replies.map((reply) => reply.status).toSorted()).toEqual([200, 503]);
  });

  const shown = () => heard.map(({ data }) => [data.object.balance, data.object.low_balance_threshold]);

  it('that it is below already is published by the next sweep, once, however often it is set', async () => {
    await order(6);
    await threshold(5);
    await threshold(5);
    await Promise.all([sendDue(world), sendDue(world)]);
    await threshold(5);
    await look();
    expect(shown()).toEqual([[4, 5]]);
    await order(1);
    await look();
    expect(shown()).toEqual([[4, 5]]);
    await threshold(20);
    await threshold(8);
    await look();
    expect(shown().slice(1)).toEqual([[3, 8]]);
  });

  it('that it fell below before is not lost when the same is set again before the sweep', async () => {
    await threshold(5);
    await order(6);
    await threshold(5);
    await look();
    expect(shown()).toEqual([[4, 5]]);
    await threshold(6);
    await look();
    expect(shown()).toEqual([
      [4, 5],
      [4, 6],
    ]);
  });

  it('that is set for a wallet without an entry is published too', async () => {
    await call(world, updateWallet, {
      headers: merchant.headers(),
      params: { currency: 'ZWG' },
      body: { low_balance_threshold: 5 },
    });
    await look();
    expect(shown()).toEqual([[0, 5]]);
    expect(heard[0]?.data.object.entry_id).toBeNull();
  });

  it.each(['before', 'after'] as const)(
    'that it is below is published once when an answer is lost %s',
    async (moment) => {
      await order(6);
      for (const step of [() => threshold(5), () => sendDue(world)]) {
        let isLost = false;
        world.fault = (name) => {
          if (isLost || name !== 'PutCommand') return undefined;
          isLost = true;
          return moment;
        };
        await step();
        world.fault = undefined;
      }
      await look();
      expect(shown()).toEqual([[4, 5]]);
    },
  );

  it('that is taken back is no news', async () => {
    await threshold(5);
    expect((await threshold(null)).json.low_balance_threshold).toBeNull();
    world.advance(HOUR);
    expect(await dueWatches(world, 'live', world.now(), 10)).toEqual([]);
    await order(6);
    await look();
    expect(heard).toEqual([]);
    expect((await threshold('5,0')).json).toMatchObject({ status: 400, param: 'low_balance_threshold' });
  });
});
