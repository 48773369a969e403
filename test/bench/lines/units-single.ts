import { createPayout } from '../../../functions/campaigns/create-payout.ts';
import { receivePayment } from '../../../functions/wallet/receive-payment.ts';
import { startTopup } from '../../../functions/wallet/start-topup.ts';
import { serveOpen } from '../../../shared/http/pipeline.ts';
import type { OpenRouteHandler } from '../../../shared/http/route.ts';
import { aCampaign, standard } from '../../support/campaigns.ts';
import type { Units } from '../../support/count-units.ts';
import type { Line } from '../line.ts';
import { rejected } from '../model/fake-provider.ts';
import { MerchantStage } from '../model/merchant-stage.ts';

/** Until everything that follows from an order has happened, and before the first schedule runs. */
const SETTLE_MS = 20_000;

/** The units of what is done, once everything is warm, until all that follows from it has happened. */
async function unitsOf(stage: MerchantStage, work: () => Promise<unknown>): Promise<Units> {
  await stage.pass(SETTLE_MS);
  await stage.run(work());
  await stage.pass(SETTLE_MS);
  stage.units.reset();
  await stage.run(work());
  await stage.pass(SETTLE_MS);
  return stage.units.units();
}

async function ordering(hasEndpoint: boolean): Promise<Units> {
  const stage = await MerchantStage.open({ counts: true });
  if (hasEndpoint) await stage.addEndpoint();
  return unitsOf(stage, () => stage.order());
}

async function refunding(): Promise<Units> {
  const stage = await MerchantStage.open({ counts: true });
  await stage.addEndpoint();
  stage.upstream.outcome = rejected;
  return unitsOf(stage, () => stage.order());
}

async function toppingUp(): Promise<Units> {
  const stage = await MerchantStage.open({ counts: true });
  await stage.addEndpoint();
  stage.gateway.finding = { kind: 'paid', amountMinor: 2_500, currency: 'USD', evidence: 'SUCCESS' };
  let count = 0;
  return unitsOf(stage, async () => {
    count += 1;
    await stage.ask(startTopup, { body: { amount: 25, currency: 'USD', reference: `top-${count}` } });
    const token = stage.gateway.started.at(-1)?.resultUrl.split('/').at(-1) ?? '';
    await open(stage, receivePayment, { params: { token } });
  });
}

async function payingOut(): Promise<Units> {
  const stage = await MerchantStage.open({ counts: true });
  await stage.addEndpoint();
  const campaign = await stage.run(aCampaign(stage.world, stage.merchant().id, { amount: 1, budget: 1_000 }));
  let count = 0;
  return unitsOf(stage, async () => {
    count += 1;
    const body = JSON.stringify({ respondent_id: `respondent-${count}`, target: `077220000${count}` });
    const headers = standard(campaign.secret, body, stage.clock.iso);
    await open(stage, createPayout, { params: { campaign_id: campaign.id }, headers, body });
  });
}

async function open(stage: MerchantStage, route: OpenRouteHandler, input: object): Promise<void> {
  const request = { method: 'POST', path: '', params: {}, query: {}, headers: {}, body: 'x', requestId: 'req_1' };
  const { status, body } = await serveOpen(stage.api(), route, { ...request, ...input });
  if (status >= 300) throw new Error(body);
}

export const line: Line = {
  name: 'units-single',
  what: 'Units of one single order, top-up or payout until its event is delivered; the provider answers in 800 ms.',
  kind: 'count',
  wanted: {
    'order with one webhook: write units': { most: 12, before: '23' },
    'order with one webhook: read units': { most: 8, before: '14' },
    'order without endpoint: write units': { most: 10, before: '16' },
    'refund: write units': { most: 15, before: '27' },
    'top-up: write units': { most: 12, before: '19' },
    'payout: write units': { most: 20, before: '39' },
  },
  async measure() {
    const order = await ordering(true);
    const quiet = await ordering(false);
    const refund = await refunding();
    const topup = await toppingUp();
    const payout = await payingOut();
    return {
      'order with one webhook: write units': order.write,
      'order with one webhook: read units': order.read,
      'order without endpoint: write units': quiet.write,
      'order without endpoint: read units': quiet.read,
      'refund: write units': refund.write,
      'refund: read units': refund.read,
      'top-up: write units': topup.write,
      'top-up: read units': topup.read,
      'payout: write units': payout.write,
      'payout: read units': payout.read,
    };
  },
};
