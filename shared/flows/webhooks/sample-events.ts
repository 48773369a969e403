import type { Batch } from '../../domain/batch.ts';
import { BATCH_EVENT, beginBatch } from '../../domain/batch.ts';
import type { Owner } from '../../domain/ledger.ts';
import type { Order } from '../../domain/order.ts';
import { EVENTS } from '../../domain/order-events.ts';
import { accept } from '../../domain/order-life.ts';
import { PAYOUT_EVENTS } from '../../domain/payout.ts';
import type { Instant } from '../../domain/time.ts';
import { plus, SECOND } from '../../domain/time.ts';
import type { Topup } from '../../domain/topup.ts';
import { beginTopup, TOPUP_EVENTS } from '../../domain/topup.ts';
import { LOW_BALANCE_EVENT } from '../../domain/watch.ts';
import { viewBatchInEvent } from '../../http/views/batch-views.ts';
import { viewLowBalance } from '../../http/views/low-balance-views.ts';
import { viewOrderInEvent } from '../../http/views/order-views.ts';
import { viewPayout } from '../../http/views/payout-views.ts';
import { viewTopup } from '../../http/views/topup-views.ts';

/**
 * What the events of each type look like, for a tester's endpoint: objects that do not exist, shown by the views of
 * those that do, so that a sample has every field that the real event has. Test mode only: a live endpoint never gets a
 * signed event of something that did not happen.
 */

const SAMPLE = 'test_sample';
const CENTS = 500;
const TOOK_MS = 2 * SECOND;

type Make = (owner: Owner, at: Instant) => object;

const MAKERS: Readonly<Record<string, Make>> = {
  [type(EVENTS.success)]: (owner, at) => viewOrderInEvent(orderOf(owner, at, { status: 'success' }), at),
  [type(EVENTS.refunded)]: (owner, at) =>
    viewOrderInEvent(orderOf(owner, at, { status: 'refunded', failure: 'network_refused' }), at),
  [type(EVENTS.unknown)]: (owner, at) => viewOrderInEvent(undecided(owner, at), at),
  [type(EVENTS.reversed)]: (owner, at) => viewOrderInEvent(orderOf(owner, at, { status: 'reversed' }), at),
  [type(PAYOUT_EVENTS.success)]: (owner, at) => viewPayout(payoutOf(owner, at, { status: 'success' })),
  [type(PAYOUT_EVENTS.refunded)]: (owner, at) =>
    viewPayout(payoutOf(owner, at, { status: 'refunded', failure: 'network_refused' })),
  [TOPUP_EVENTS.success]: (owner, at) => viewTopup(topupOf(owner, at, { status: 'success' })),
  [TOPUP_EVENTS.failed]: (owner, at) => viewTopup(topupOf(owner, at, { status: 'failed', failure: 'cancelled' })),
  [TOPUP_EVENTS.reversed]: (owner, at) => viewTopup(topupOf(owner, at, { status: 'reversed' })),
  [BATCH_EVENT]: (owner, at) => viewBatchInEvent(batchOf(owner, at), at),
  [LOW_BALANCE_EVENT]: ({ mode }) =>
    viewLowBalance(
      { currency: 'USD', mode, thresholdMinor: 10 * CENTS },
      { balanceMinor: CENTS, entryId: `ent_${SAMPLE}` },
    ),
};

/** The object of a sample event; `undefined` for a type that no event has. */
export function sampleObject(type: string, owner: Owner, at: Instant): object | undefined {
  return MAKERS[type]?.(owner, at);
}

function type(name: string | undefined): string {
  return name ?? '';
}

function pendingOrder(owner: Owner, at: Instant): Order {
  const { merchantId, mode } = owner;
  const request = { agentReference: SAMPLE, productId: 100, target: '0772279099', msisdn: '+263772279099' };
  const money = { amountMinor: CENTS, currency: 'USD' } as const;
  const fulfilment = { provider: 'sandbox', providerProductId: '100', kind: 'airtime', country: 'ZW' } as const;
  const initial = { id: `ord_${SAMPLE}`, merchantId, mode, ...request, ...money, ...fulfilment, network: 'Econet' };
  return accept(initial, plus(at, -TOOK_MS)).order;
}

function undecided(owner: Owner, at: Instant): Order {
  return { ...pendingOrder(owner, at), status: 'unknown', dueAt: plus(at, 30 * SECOND) };
}

function orderOf(owner: Owner, at: Instant, decided: Pick<Order, 'status' | 'failure'>): Order {
  const { dueAt: _dueAt, ...rest } = pendingOrder(owner, at);
  const receipt = decided.failure === undefined ? { providerRef: `sandbox-${SAMPLE}` } : {};
  return { ...rest, ...decided, receipt, finalizedAt: at };
}

function payoutOf(owner: Owner, at: Instant, decided: Pick<Order, 'status' | 'failure'>) {
  const payout = { campaignId: `cmp_${SAMPLE}`, respondentId: SAMPLE, day: at.slice(0, 10) };
  return { ...orderOf(owner, at, decided), payout };
}

function topupOf(owner: Owner, at: Instant, decided: Pick<Topup, 'status' | 'failure'>): Topup {
  const wallet = { merchantId: owner.merchantId, mode: owner.mode, currency: 'USD' } as const;
  const initial = { ...wallet, reference: SAMPLE, amountMinor: CENTS, chargedMinor: CENTS };
  return { ...beginTopup(initial, SAMPLE, plus(at, -TOOK_MS)), id: `top_${SAMPLE}`, ...decided, finalizedAt: at };
}

function batchOf({ merchantId, mode }: Owner, at: Instant): Batch {
  const initial = { merchantId, mode, reference: SAMPLE, contentHash: '', rowSet: '', accept: 'valid_rows' } as const;
  const amounts = { USD: { rows: 2, totalMinor: 2 * CENTS, refundedMinor: CENTS } };
  const { batch } = beginBatch({ ...initial, hasRowWebhooks: true, rows: 2, amounts }, plus(at, -TOOK_MS));
  const { dueAt: _dueAt, ...rest } = batch;
  const counts = { success: 1, refunded: 1 };
  return { ...rest, id: `bat_${SAMPLE}`, status: 'completed', counts, finishedAt: at };
}
