import type { Batch } from './batch.ts';
import { defined } from './defined.ts';
import type { Owner, WalletId } from './ledger.ts';
import type { Currency } from './money.ts';
import { formatAmount } from './money.ts';
import type { Fact, Occurrence } from './notice.ts';
import { ALL } from './notice.ts';
import { sha256 } from './sha256.ts';
import type { Instant } from './time.ts';
import { elapsed, HOUR } from './time.ts';
import type { Topup, TopupEvent } from './topup.ts';
import type { LowBalance } from './watch.ts';
import type { Endpoint } from './webhook.ts';
import { hostOf, RESULTS_ENDPOINT } from './webhook.ts';

/** What happens of which members are notified by e-mail: the notice it belongs to, its id, and what it says. */

/** `id`: that of the event. */
export function lowBalance(
  { merchantId, mode, currency, thresholdMinor }: WalletId & { readonly thresholdMinor: number },
  { at, balanceMinor }: Pick<LowBalance, 'at' | 'balanceMinor'>,
  id: string,
): Occurrence {
  const [balance, threshold] = [amountText(balanceMinor, currency), amountText(thresholdMinor, currency)];
  const key = { merchantId, mode, kind: 'low_balance', subject: currency } as const;
  return { key, id, fact: { kind: 'low_balance', at, balance, threshold } };
}

/** An endpoint is failing once nothing was delivered for so long: a restart of its server is over sooner. */
const FAILING_AFTER_MS = HOUR;

/** An attempt left an endpoint disabled, or failing for an hour; else `undefined`. Results have none to mend. */
export function endpointFailed(before: Endpoint, after: Endpoint, at: Instant): Occurrence | undefined {
  const { id, merchantId, mode, url, failing, disabled } = after;
  if (id === RESULTS_ENDPOINT) return undefined;
  const key = { merchantId, mode, kind: 'endpoint_failing', subject: id } as const;
  const fact = { kind: 'endpoint_failing', at, host: hostOf(url) } as const;
  if (disabled && !before.disabled) {
    return { key, id: `${id}_disabled_${disabled.at}`, fact: { ...fact, disabled: disabled.reason } };
  }
  if (!failing || elapsed(failing.since, at) < FAILING_AFTER_MS) return undefined;
  return { key, id: `${id}_failing_${failing.since}`, fact: { ...fact, failingSince: failing.since } };
}

export function batchFinished(batch: Batch, at: Instant): Occurrence {
  const { id, merchantId, mode, reference, rows, counts, status } = batch;
  const isCancelled = status === 'cancelled';
  const { success: delivered = 0 } = counts;
  const key = { merchantId, mode, kind: 'batch_finished', subject: ALL } as const;
  return { key, id, fact: { kind: 'batch_finished', at, batchId: id, reference, isCancelled, rows, delivered } };
}

/** An order goes to review once in its life. */
export function orderInReview(
  { merchantId, mode, agentReference: reference }: Owner & { readonly agentReference: string },
  at: Instant,
): Occurrence {
  const id = `review_${sha256(`${merchantId} ${mode} ${reference}`).slice(0, 24)}`;
  const key = { merchantId, mode, kind: 'orders_under_review', subject: ALL } as const;
  return { key, id, fact: { kind: 'orders_under_review', at, reference } };
}

/** A top-up that failed or was reversed; `undefined` of the rest, and of one that its payer did not want to pay. */
export function topupFailed(topup: Topup, { type, sequence, at, shown }: TopupEvent): Occurrence | undefined {
  const { status, failure } = shown;
  if (type === 'topup.success' || failure === 'cancelled' || failure === 'expired') return undefined;
  if (status !== 'failed' && status !== 'reversed') return undefined;
  return topupProblem(topup, `${topup.id}_${sequence}`, { at, status, ...defined({ failure }) });
}

/** A top-up may go to review again. */
export function topupInReview(topup: Topup): Occurrence {
  const at = topup.timeline.findLast(({ status }) => status === 'review')?.at ?? topup.createdAt;
  return topupProblem(topup, `${topup.id}_review_${at}`, { at, status: 'review' });
}

function topupProblem(
  { id: topupId, merchantId, mode, reference, amountMinor, currency }: Topup,
  id: string,
  what: Pick<Extract<Fact, { kind: 'topup_problem' }>, 'at' | 'status' | 'failure'>,
): Occurrence {
  const amount = amountText(amountMinor, currency);
  const key = { merchantId, mode, kind: 'topup_problem', subject: ALL } as const;
  return { key, id, fact: { kind: 'topup_problem', topupId, reference, amount, ...what } };
}

function amountText(minor: number, currency: Currency): string {
  return `${formatAmount(minor, currency)} ${currency}`;
}
