import { beforeEach, describe, expect, it } from '@jest/globals';
import { sendEvents } from '../../../functions/workers/webhook-sender.ts';
import { markPublished } from '../../../shared/domain/order-publishing.ts';
import type { Payout } from '../../../shared/domain/payout.ts';
import { isPayout } from '../../../shared/domain/payout.ts';
import { changeOrder } from '../../../shared/flows/orders/change-order.ts';
import { countPublished } from '../../../shared/store/payout-counts.ts';
import { freshMerchantForEachTest, merchant, orderOf, show, world } from '../../support/campaign-set-up.ts';
import type { Known } from '../../support/campaigns.ts';
import { aCampaign, pay, respondent } from '../../support/campaigns.ts';

/** A campaign counts each payout once, whatever dies or comes twice between the count and the put of the payout. */

freshMerchantForEachTest();

let campaign: Known;

beforeEach(async () => {
  campaign = await aCampaign(world, merchant.id);
});

/** A payout that was delivered, and whose events nobody has published. */
async function paid(n: number): Promise<Payout> {
  await pay(world, campaign, respondent(n));
  await world.dispatchAll();
  world.messages.length = 0;
  const order = await orderOf(campaign, `r-${n}`);
  if (!isPayout(order)) throw new Error('no payout');
  return order;
}

const publish = ({ merchantId, mode, agentReference }: Payout) =>
  sendEvents(world, { merchantId, mode, agentReference });
const counts = async () => (await show(campaign)).counts;

/** All in one item, as those of one shard are. */
const inOneItem = (payout: Payout): Payout => ({ ...payout, id: 'ord_0' });

/** The last step of its publisher. */
const publishWithoutCount = (payout: Payout) => changeOrder(world, payout, (current) => markPublished(current, 1));

describe('a payout is counted once', () => {
  it('by two publishers at once', async () => {
    const payout = await paid(1);
    await Promise.all([publish(payout), publish(payout)]);
    expect(await counts()).toEqual({ pending: 0, success: 1 });
  });

  it('beside another of its item, which is counted at the same moment', async () => {
    const [one, other] = [inOneItem(await paid(1)), inOneItem(await paid(2))];
    let isCounting = false;
    const { db } = world;
    const send = db.send.bind(db) as (command: unknown) => Promise<unknown>;
    // Before the first one's counts are written, the second one's are.
    const between = async (command: { constructor: { name: string }; input: { TableName?: string } }) => {
      if (command.constructor.name === 'PutCommand' && !isCounting) {
        isCounting = true;
        await countPublished(world, other, 1);
      }
      return send(command);
    };
    await countPublished({ ...world, db: { send: between } as unknown as typeof db }, one, 1);
    expect(isCounting).toBe(true);
    expect(await counts()).toEqual({ pending: 0, success: 2 });
  });

  it('where its publisher died after the count, before or after others of its item', async () => {
    const payouts = [await paid(1), await paid(2)];
    const [one, other] = payouts.map(inOneItem) as [Payout, Payout];
    await countPublished(world, one, 1);
    await countPublished(world, other, 1);
    await countPublished(world, one, 1);
    expect(await counts()).toEqual({ pending: 0, success: 2 });
  });

  it.each(['before', 'after'] as const)('where any answer of its publisher is lost %s the write', async (moment) => {
    for (let lost = 0, isDone = false; !isDone; lost += 1) {
      const payout = await paid(lost);
      let commands = 0;
      world.fault = () => {
        commands += 1;
        return commands === lost + 1 ? moment : undefined;
      };
      await publish(payout).catch(() => undefined);
      isDone = commands <= lost;
      world.fault = undefined;
      await publish(payout);
      expect(await counts()).toEqual({ pending: 0, success: lost + 1 });
    }
  });

  it('where its item has forgotten what is published, and a publisher is slow', async () => {
    const slow = await paid(0);
    await countPublished(world, inOneItem(slow), 1);
    const others = [];
    for (let n = 1; n <= 12; n += 1) others.push(await paid(n));
    for (const other of others) {
      await countPublished(world, inOneItem(other), 1);
      // Its own item takes the event out; the count is there already.
      await publishWithoutCount(other);
    }
    await countPublished(world, inOneItem(slow), 1);
    expect((await counts()).success).toBe(13);
    await publishWithoutCount(slow);
    for (let n = 13; n <= 24; n += 1) {
      const other = await paid(n);
      await countPublished(world, inOneItem(other), 1);
      await publishWithoutCount(other);
    }
    await countPublished(world, inOneItem(slow), 1);
    expect((await counts()).success).toBe(25);
  });
});
