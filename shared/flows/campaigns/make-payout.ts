import type { Campaign, Denial } from '../../domain/campaign.ts';
import { admit, amountOf, denialOf } from '../../domain/campaign.ts';
import { formatAmount, parseAmount } from '../../domain/money.ts';
import type { Order } from '../../domain/order.ts';
import { accept } from '../../domain/order-life.ts';
import type { Payout } from '../../domain/payout.ts';
import { attemptReference, isGivenBack, isPayout, PAYOUT_ATTEMPTS_MAX, payoutReference } from '../../domain/payout.ts';
import { DAY, elapsed, SECOND } from '../../domain/time.ts';
import { Refusal } from '../../http/refusal.ts';
import { newId } from '../../id.ts';
import { campaignPut, holdersPut, isRequestUsed, readHolders, requestPut, takeRequest } from '../../store/campaigns.ts';
import { readCatalogue } from '../../store/catalogue.ts';
import type { Acceptance } from '../../store/orders.ts';
import { acceptWithCompanions, readOrder } from '../../store/orders.ts';
import type { Put } from '../../store/write.ts';
import type { World } from '../../world.ts';
import { checkInput, enqueue, normalTarget } from '../orders/place-order.ts';
import type { Entered } from './enter-campaign.ts';
import { findAnyCampaign } from './find-campaign.ts';
import { productFor } from './payout-product.ts';

/** What a survey platform asks for, as it came in. */
export interface PayoutInput {
  readonly respondentId: string;
  readonly target: string;
  readonly amount?: number | string | undefined;
}

interface Ask {
  readonly campaignId: string;
  readonly requestId: string | undefined;
  readonly input: PayoutInput;
  /** Of the order that would pay it. */
  readonly orderId: string;
}

/**
 * Pays a respondent once: accepts the order that does, its debit, the campaign's tally, the number and the request's id
 * in one transaction. The same respondent again is the same payout, whatever has become of the campaign; other content
 * is `reference_reused`. What is refused takes nothing and may be asked again.
 *
 * Each try begins by reading the campaign, and writes on the condition of its version: so what is read after it, and
 * what is decided on, is what is there when it is written.
 */
export async function makePayout(
  world: World,
  { campaign, requestId }: Entered,
  input: PayoutInput,
): Promise<{ order: Payout; isReplay: boolean }> {
  const ask = { campaignId: campaign.id, requestId, input, orderId: newId(world, 'ord') };
  const order = await inTurn(world, campaign.id, () => acceptWithCompanions(world, () => decide(world, ask)));
  if (!order) throw new Refusal('campaign_unfunded');
  if (!isPayout(order)) throw new Error(`${order.agentReference} is no payout`);
  if (order.id === ask.orderId) {
    await enqueue(world, order);
    return { order, isReplay: false };
  }
  if (requestId !== undefined && !(await takeRequest(world, campaign, requestId))) throw replayed();
  return { order, isReplay: true };
}

/**
 * Lets the requests of one process go one behind the other: of those that decide on one version of a campaign, one can
 * win. What keeps the budget is the condition on the version; this only spares the others their tries.
 */
function inTurn<T>(world: World, campaignId: string, work: () => Promise<T>): Promise<T> {
  const turn = `turn ${campaignId}`;
  const before = Promise.resolve(world.memo.get(turn));
  const mine = before.then(work);
  world.memo.set(
    turn,
    mine.catch(() => undefined),
  );
  return mine;
}

/** The payout to make, or the order that is there: an earlier request's, or our own, its answer having been lost. */
async function decide(world: World, { campaignId, requestId, input, orderId }: Ask): Promise<Acceptance | Order> {
  const campaign = await findAnyCampaign(world, campaignId);
  const first = payoutReference(campaign.id, input.respondentId);
  const orders = await readAttempts(world, campaign, first);
  const paid = orders.findLast((order) => !isGivenBack(order));
  const last = paid ?? orders.at(-1);
  if (last?.id === orderId) return last;
  if (requestId !== undefined && (await isRequestUsed(world, campaign, requestId))) throw replayed();
  const mayTry = !paid && campaign.mayRetryFailed && orders.length < PAYOUT_ATTEMPTS_MAX;
  if (last && !mayTry) return repeated(campaign, last, input);
  const catalogue = await readCatalogue(world);
  const product = productFor(catalogue, campaign, input.target);
  const at = world.now();
  const amountMinor = checkCampaignAmount(campaign, input.amount);
  const agentReference = attemptReference(first, orders.length + 1);
  const { request, fulfilment } = checkInput(catalogue, campaign.mode, {
    productId: product.id,
    target: input.target,
    amount: formatAmount(amountMinor, campaign.currency),
    agentReference,
  });
  const denial = denialOf(campaign, amountMinor, at);
  if (denial) throw denied(campaign, denial, at);
  const companions: Put[] = [];
  if (campaign.isOncePerNumber) {
    const holders = await readHolders(world, campaign, request.msisdn);
    await requireFree(world, campaign, holders.references, first);
    companions.push(holdersPut(campaign, request.msisdn, holders, first));
  }
  const { merchantId, mode } = campaign;
  const counted = admit(campaign, amountMinor, at);
  companions.push(campaignPut(world, counted.campaign));
  if (requestId !== undefined) companions.push(requestPut(world, campaign, requestId));
  const payout = { campaignId: campaign.id, respondentId: input.respondentId, day: counted.day };
  return { ...accept({ id: orderId, merchantId, mode, ...request, ...fulfilment, payout }, at), companions };
}

/**
 * All orders of one respondent, by the reference of the first: a next one is only ever made behind those that were
 * given back. Any of them may prove delivered later, whatever came after it.
 */
async function readAttempts(world: World, { merchantId, mode }: Campaign, first: string): Promise<Order[]> {
  const orders: Order[] = [];
  while (orders.length < PAYOUT_ATTEMPTS_MAX) {
    const agentReference = attemptReference(first, orders.length + 1);
    const order = await readOrder(world, { merchantId, mode, agentReference });
    if (!order) break;
    orders.push(order);
  }
  return orders;
}

/** The payout that is there, if it is the one that is asked for. An amount that is left to us is no difference. */
function repeated({ currency }: Campaign, order: Order, { target, amount }: PayoutInput): Order {
  const isOtherAmount = amount !== undefined && parseAmount(amount, currency) !== order.amountMinor;
  const param = normalTarget(order, target) !== order.msisdn ? 'target' : isOtherAmount ? 'amount' : undefined;
  if (param === undefined) return order;
  throw new Refusal('reference_reused', { param, detail: `The payout of this respondent_id has another ${param}.` });
}

/**
 * A number is free again when all that it was ever paid with was given back: any of it may prove delivered later, also
 * after somebody else was tried. What this very respondent holds was looked at before.
 */
async function requireFree(
  world: World,
  campaign: Campaign,
  holders: readonly string[],
  respondent: string,
): Promise<void> {
  const others = holders.filter((holder) => holder !== respondent);
  const orders = (await Promise.all(others.map((holder) => readAttempts(world, campaign, holder)))).flat();
  if (orders.some((order) => !isGivenBack(order))) throw new Refusal('already_paid', { param: 'target' });
}

function checkCampaignAmount(campaign: Campaign, asked: number | string | undefined): number {
  const { currency, amountMinor = 0, minMinor = 0, maxMinor = 0 } = campaign;
  const amount = amountOf(campaign, asked);
  if (typeof amount === 'number') return amount;
  const show = (minor: number) => `${currency} ${formatAmount(minor, currency)}`;
  const details: Record<typeof amount, string> = {
    missing: 'This campaign leaves the amount to each request: send amount.',
    not_an_amount: 'The amount must be a plain positive decimal such as 5 or 5.50.',
    too_many_decimals: `The amount has more decimals than ${currency} has.`,
    too_large: 'The amount is too large.',
    not_the_amount: `This campaign pays ${show(amountMinor)}; leave amount out.`,
    below_min: `The least amount that this campaign pays is ${show(minMinor)}.`,
    above_max: `The largest amount that this campaign pays is ${show(maxMinor)}.`,
  };
  throw new Refusal('invalid_amount', { param: 'amount', detail: details[amount] });
}

function denied({ startsAt, endsAt }: Campaign, denial: Denial, at: string): Refusal {
  switch (denial) {
    case 'paused':
      return new Refusal('campaign_paused');
    case 'not_started':
      return new Refusal('campaign_not_started', { detail: `The campaign starts at ${startsAt}.` });
    case 'ended':
      return new Refusal('campaign_ended', { detail: `The campaign ended at ${endsAt}.` });
    case 'budget_spent':
      return new Refusal('budget_spent');
    case 'payouts_spent':
      return new Refusal('budget_spent', { detail: 'The campaign has made as many payouts as it may.' });
    default: {
      const midnight = `${at.slice(0, 10)}T00:00:00.000Z`;
      const seconds = Math.ceil((DAY - elapsed(midnight, at)) / SECOND);
      return new Refusal('daily_cap_reached', { headers: { 'retry-after': String(seconds) } });
    }
  }
}

function replayed(): Refusal {
  return new Refusal('request_replayed', { param: 'webhook-id' });
}
