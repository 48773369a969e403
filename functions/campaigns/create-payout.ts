import { keep, lambdaOpen } from '../../shared/aws/lambda.ts';
import type { Campaign, Denial } from '../../shared/domain/campaign.ts';
import { admit, denialOf } from '../../shared/domain/campaign.ts';
import { defined } from '../../shared/domain/defined.ts';
import type { Hash } from '../../shared/domain/erasure.ts';
import { parseAmount } from '../../shared/domain/money.ts';
import type { Order } from '../../shared/domain/order.ts';
import { isOfNumber, isProblem } from '../../shared/domain/order-input.ts';
import { accept } from '../../shared/domain/order-life.ts';
import type { Payout } from '../../shared/domain/payout.ts';
import {
  attemptReference,
  isGivenBack,
  isPayout,
  PAYOUT_ATTEMPTS_MAX,
  payoutReference,
} from '../../shared/domain/payout.ts';
import { checkPayout } from '../../shared/domain/payout-input.ts';
import type { Instant } from '../../shared/domain/time.ts';
import { DAY, elapsed, SECOND } from '../../shared/domain/time.ts';
import { requireMaySpend } from '../../shared/flows/account/may-spend.ts';
import type { Caller } from '../../shared/flows/campaigns/authenticate-caller.ts';
import { authenticateCaller } from '../../shared/flows/campaigns/authenticate-caller.ts';
import { findAnyCampaign } from '../../shared/flows/campaigns/find-campaign.ts';
import { enqueueOrder } from '../../shared/flows/orders/enqueue-order.ts';
import { REPLAYED } from '../../shared/flows/orders/place-order.ts';
import { hashOfNumber, privacyHash } from '../../shared/flows/privacy/hash-of-number.ts';
import { refusalOf } from '../../shared/flows/refusal-of.ts';
import { payoutBody } from '../../shared/http/campaign-fields.ts';
import type { Admission } from '../../shared/http/limits.ts';
import { admit as admitRequest } from '../../shared/http/limits.ts';
import { readBody } from '../../shared/http/read-body.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import type { OpenRouteHandler } from '../../shared/http/route.ts';
import { viewPayout } from '../../shared/http/views/payout-views.ts';
import { newOrderId } from '../../shared/id.ts';
import { openRoutes } from '../../shared/manifest/routes.ts';
import { holdersPut, isRequestUsed, readHolders, requestPut, takeRequest } from '../../shared/store/campaigns.ts';
import { readCatalogue } from '../../shared/store/catalogue.ts';
import type { Acceptance } from '../../shared/store/orders.ts';
import { acceptPayout, readOrder } from '../../shared/store/orders.ts';
import type { Put } from '../../shared/store/write.ts';
import type { World } from '../../shared/world.ts';

/**
 * Pays a respondent of a survey: 201 at once, with the payout pending, or 200 when the respondent was requested before.
 * The signature covers the body as it was sent, so it is checked before the body is parsed.
 */
export const createPayout: OpenRouteHandler = {
  ...openRoutes.createPayout,
  body: payoutBody,
  async run(world, { params, headers, body, bytes, address }, known) {
    const signed = { headers, body: bytes ?? body, address };
    const caller = await authenticateCaller(world, params.campaign_id ?? '', signed, known);
    if (bytes) throw new Refusal('malformed_json', { detail: 'The body is not UTF-8.' });
    const { respondent_id: respondentId, target, amount } = readBody(payoutBody, body);
    const { order, isReplay } = await makePayout(world, caller, {
      respondentId,
      target,
      amount: amount === '' ? undefined : amount,
    });
    return {
      status: isReplay ? 200 : 201,
      body: viewPayout(order),
      headers: { location: `/api/v1/orders/${order.agentReference}`, ...(isReplay ? REPLAYED : {}) },
    };
  },
};

interface PayoutInput {
  readonly respondentId: string;
  readonly target: string;
  readonly amount?: number | string | undefined;
}

/** One request, through all its tries. */
interface PayoutRequest extends PayoutInput {
  /** The `webhook-id`, where it has one: it may be used once. */
  readonly requestId: string | undefined;
  /** The key that requests it, unless a signature did. */
  readonly by: string | undefined;
  readonly placedAt: Instant;
  /** The id of the order that would pay it. */
  readonly orderId: string;
  /** Counts it as an order, once for all its tries. */
  readonly count: () => Promise<Admission>;
}

/**
 * Pays a respondent once: the order, its debit, the campaign's totals, the number and the request id are written in one
 * transaction. The same respondent again answers with the same payout, whatever the campaign's state; other content is
 * `reference_reused`. A refused request writes nothing and may be sent again. Only a new payout counts against the
 * limit of orders.
 */
async function makePayout(
  world: World,
  { campaign, requestId, keyId: by }: Caller,
  input: PayoutInput,
): Promise<{ order: Payout; isReplay: boolean }> {
  const placedAt = world.now();
  const orderId = newOrderId(world, placedAt);
  let counted: Promise<Admission> | undefined;
  const count = () => (counted ??= admitRequest(world, campaign, 'orders'));
  const request = { ...input, requestId, by, placedAt, orderId, count };
  let known: Campaign | undefined = campaign;
  const order = await acceptPayout(world, async () => {
    const current = known ?? (await findAnyCampaign(world, campaign.id));
    known = undefined;
    return decidePayout(world, current, request);
  });
  if (!order) throw new Refusal('campaign_unfunded');
  if (!isPayout(order)) throw new Error(`${order.agentReference} is no payout`);
  if (order.id === request.orderId) {
    await enqueueOrder(world, order);
    return { order, isReplay: false };
  }
  if (requestId !== undefined && !(await takeRequest(world, campaign, requestId))) throw requestReplayed();
  return { order, isReplay: true };
}

/**
 * The payout to create, or the order that exists: an earlier request's, or our own when the answer to its write was
 * lost. The campaign was read before, and the payout is only written while the campaign's `basis` is the same: whatever
 * is read in between still holds then. Its totals may grow meanwhile; the payout is admitted to those of that moment.
 */
async function decidePayout(world: World, campaign: Campaign, request: PayoutRequest): Promise<Acceptance | Order> {
  const first = payoutReference(campaign.id, request.respondentId);
  const attempts = await readAttempts(world, campaign, first);
  const paid = attempts.findLast((order) => !isGivenBack(order));
  const latest = paid ?? attempts.at(-1);
  if (latest?.id === request.orderId) return latest;
  const { requestId } = request;
  if (requestId !== undefined && (await isRequestUsed(world, campaign, requestId))) throw requestReplayed();
  const mayTry = !paid && campaign.mayRetryFailed && attempts.length < PAYOUT_ATTEMPTS_MAX;
  if (latest && !mayTry) return requireSame(campaign, latest, request, await privacyHash(world));
  return newPayout(world, campaign, request, { first, attempt: attempts.length + 1 });
}

/** The order that pays, and what its transaction writes beside it. */
async function newPayout(
  world: World,
  campaign: Campaign,
  { orderId, placedAt, requestId, by, respondentId, target, amount, count }: PayoutRequest,
  { first, attempt }: { first: string; attempt: number },
): Promise<Acceptance> {
  await requireMaySpend(world, campaign);
  const agentReference = attemptReference(first, attempt);
  const checked = checkPayout(await readCatalogue(world, campaign.mode), campaign, { target, amount, agentReference });
  if (isProblem(checked)) throw refusalOf(checked);
  const { request, fulfilment } = checked;
  const at = world.now();
  const denial = denialOf(campaign, request.amountMinor, at);
  if (denial) throw denied(campaign, denial, at);
  const { refusal } = await count();
  if (refusal) throw refusal;
  const { day } = admit(campaign, request.amountMinor, at);
  const companions = [
    ...(campaign.isOncePerNumber ? [await claimNumber(world, campaign, request.msisdn, first)] : []),
    ...(requestId === undefined ? [] : [requestPut(world, campaign, requestId)]),
  ];
  // Once more: what is above may have taken long.
  await requireMaySpend(world, campaign);
  const { merchantId, mode } = campaign;
  const payout = { campaignId: campaign.id, respondentId, day };
  const placing = { payout, ...defined({ by }) };
  const accepted = accept({ id: orderId, merchantId, mode, ...request, ...fulfilment, ...placing }, placedAt);
  const admission = { basis: campaign.basis, at };
  const spending = { campaignId: campaign.id, day, amountMinor: -request.amountMinor, admission };
  return { ...accepted, spending, companions };
}

/**
 * All orders of one respondent, by the reference of the first. A further one is only created after those before it were
 * given back; any of them may still prove delivered later.
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

/** The existing payout, if it is the one that is requested. An absent amount matches any. */
function requireSame({ currency }: Campaign, order: Order, { target, amount }: PayoutInput, hash: Hash): Order {
  const isOtherAmount = amount !== undefined && parseAmount(amount, currency) !== order.amountMinor;
  const param = !isOfNumber(order, target, hash) ? 'target' : isOtherAmount ? 'amount' : undefined;
  if (param === undefined) return order;
  throw new Refusal('reference_reused', { param, detail: `The payout of this respondent_id has another ${param}.` });
}

/**
 * Notes that a number is paid for this respondent. Refused while any other respondent's payout to it stands: a number
 * is free only when everything ever paid to it was given back, since each of those may still prove delivered later.
 */
async function claimNumber(world: World, campaign: Campaign, msisdn: string, respondent: string): Promise<Put> {
  const numberHash = await hashOfNumber(world, msisdn);
  const holders = await readHolders(world, campaign, numberHash);
  const others = holders.references.filter((holder) => holder !== respondent);
  const orders = (await Promise.all(others.map((holder) => readAttempts(world, campaign, holder)))).flat();
  if (orders.some((order) => !isGivenBack(order))) throw new Refusal('already_paid', { param: 'target' });
  return holdersPut(campaign, numberHash, holders, respondent);
}

function denied({ startsAt, endsAt }: Campaign, denial: Denial, at: Instant): Refusal {
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
      return new Refusal('budget_spent', { detail: 'The campaign has reached max_payouts.' });
    default: {
      const midnight = `${at.slice(0, 10)}T00:00:00.000Z`;
      const seconds = Math.ceil((DAY - elapsed(midnight, at)) / SECOND);
      return new Refusal('daily_cap_reached', { headers: { 'retry-after': String(seconds) } });
    }
  }
}

function requestReplayed(): Refusal {
  return new Refusal('request_replayed', { param: 'webhook-id' });
}

export const handler = lambdaOpen(createPayout, keep);
