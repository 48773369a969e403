import { expect, it } from '@jest/globals';
import { createPayout } from '../../../functions/campaigns/create-payout.ts';
import type { Order } from '../../../shared/domain/order.ts';
import { applyCallback, applySendOutcome, claim } from '../../../shared/domain/order-life.ts';
import { addCampaign } from '../../../shared/flows/campaigns/add-campaign.ts';
import { changeOrder } from '../../../shared/flows/orders/change-order.ts';
import { adjustWallet } from '../../../shared/flows/wallet/adjust-wallet.ts';
import { plainSignature } from '../../../shared/flows/webhooks/sign-event.ts';
import { serveOpen } from '../../../shared/http/pipeline.ts';
import { readCampaign } from '../../../shared/store/campaigns.ts';
import { saveCatalogue } from '../../../shared/store/catalogue.ts';
import { toOrder } from '../../../shared/store/orders.ts';
import type { World } from '../../../shared/world.ts';
import { capabilities } from '../../domain/orders.ts';
import { SAMPLE_PRODUCT } from '../../simulation/sample-product.ts';
import { BUSY_WALLET, busyWorld } from '../../support/busy-world.ts';
import { OPERATOR } from '../../support/origin.ts';

/** A payout that waits in its wallet's line rests on what was read before: if that changes, it is decided again. */

const REJECTED = { kind: 'rejected', failure: 'invalid_target', evidence: '217' } as const;
const DELIVERED = { kind: 'success', receipt: {}, evidence: '' } as const;

it('a second try of a respondent is not paid once the first proves delivered', async () => {
  const busy = busyWorld(1);
  const { campaign, secret } = await busy.finish(
    busy.inProcess(async (world) => {
      await saveCatalogue(world, 'hotrecharge', [SAMPLE_PRODUCT]);
      await adjustWallet(world, BUSY_WALLET, { amountMinor: 10_000, reason: 'Deposit', by: 'test' });
      const terms = { name: 'Survey', currency: 'USD', budget: 50, amount: 1, retry_failed: true } as const;
      return addCampaign(world, BUSY_WALLET, terms, OPERATOR);
    }),
  );
  const body = JSON.stringify({ respondent_id: 'person', target: '0772279099' });
  const pay = (world: World) =>
    serveOpen(world, createPayout, {
      method: 'POST',
      path: createPayout.path,
      params: { campaign_id: campaign.id },
      query: {},
      headers: { 'x-airtime-signature': plainSignature(secret, body) },
      body,
      requestId: 'req_1',
    });
  const change = (order: Order, decide: Parameters<typeof changeOrder>[2]) =>
    changeOrder(busy.process(), order, decide).then((changed) => changed.order);

  expect((await busy.finish(pay(busy.process()))).status).toBe(201);
  const [first] = busy.model.items('orders').map(toOrder) as [Order];
  const at = busy.clock.iso;
  const sent = await busy.finish(change(first, (each) => claim(each, 'att_1', capabilities, at)));
  const refunded = await busy.finish(change(sent, (each) => applySendOutcome(each, REJECTED, capabilities, at)));
  expect(refunded.status).toBe('refunded');

  // While the second try is written, the first is charged again; the second loses its race, and goes to the line.
  const world = busy.process();
  let isFirst = true;
  const send = async (command: { constructor: { name: string } }) => {
    if (command.constructor.name === 'TransactWriteCommand' && isFirst) {
      isFirst = false;
      await change(refunded, (each) => applyCallback(each, DELIVERED, at));
      throw Object.assign(new Error('conflict'), { name: 'TransactionCanceledException', CancellationReasons: [{}] });
    }
    return (world.db.send as (each: unknown) => Promise<unknown>)(command);
  };
  const { status } = await busy.finish(pay({ ...world, db: { send } as unknown as World['db'] }));
  expect(status).toBe(200);
  expect(busy.model.items('orders').map((order) => order.status)).toEqual(['success']);
  const after = await busy.finish(readCampaign(busy.process(), campaign.id));
  expect(after).toMatchObject({ spentMinor: 100, payouts: 1, accepted: 1 });
});
