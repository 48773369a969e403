import type { Batch } from './batch.ts';
import { defined } from './defined.ts';
import type { Owner, WalletId } from './ledger.ts';
import type { Currency } from './money.ts';
import { formatAmount } from './money.ts';
import type { Happening, NoticeKey } from './notice.ts';
import { ALL } from './notice.ts';
import { sha256 } from './sha256.ts';
import type { Instant } from './time.ts';
import { elapsed, HOUR } from './time.ts';
import type { Topup, TopupEvent } from './topup.ts';
import type { LowBalance } from './watch.ts';
import type { Endpoint } from './webhook.ts';
import { hostOf, RESULTS_ENDPOINT } from './webhook.ts';

/** What happened that members are told of by e-mail: which notice it belongs to, and what it says. */

export interface Told {
  readonly key: NoticeKey;
  readonly happening: Happening;
}

/** `id`: that of the event. */
export function lowBalanceHappened(
  { merchantId, mode, currency, thresholdMinor }: WalletId & { readonly thresholdMinor: number },
  { at, balanceMinor }: Pick<LowBalance, 'at' | 'balanceMinor'>,
  id: string,
): Told {
  const amount = (minor: number) => amountText(minor, currency);
  const fact = { kind: 'low_balance', at, balance: amount(balanceMinor), threshold: amount(thresholdMinor) } as const;
  return { key: { merchantId, mode, kind: 'low_balance', subject: currency }, happening: { id, fact } };
}

/** An endpoint is failing once nothing was delivered for so long: a restart of its server is over sooner. */
const FAILING_AFTER_MS = HOUR;

/** An attempt left the endpoint disabled, or failing for an hour; else `undefined`. Results have no endpoint to mend. */
export function endpointFailed(before: Endpoint, after: Endpoint, at: Instant): Told | undefined {
  const { id, merchantId, mode, url, failing, disabled } = after;
  if (id === RESULTS_ENDPOINT) return undefined;
  const key = { merchantId, mode, kind: 'endpoint_failing', subject: id } as const;
  const fact = { kind: 'endpoint_failing', at, host: hostOf(url) } as const;
  if (disabled && !before.disabled) {
    return {
      key,
      happening: { id: `${id}_disabled_${disabled.at}`, fact: { ...fact, disabled: disabled.reason } },
    };
  }
  if (!failing || elapsed(failing.since, at) < FAILING_AFTER_MS) return undefined;
  return { key, happening: { id: `${id}_failing_${failing.since}`, fact: { ...fact, failingSince: failing.since } } };
}

export function batchFinished({ id, merchantId, mode, reference, rows, counts, status }: Batch, at: Instant): Told {
  const isCancelled = status === 'cancelled';
  const { success: delivered = 0 } = counts;
  const fact = { kind: 'batch_finished', at, batchId: id, reference, isCancelled, rows, delivered } as const;
  return { key: { merchantId, mode, kind: 'batch_finished', subject: ALL }, happening: { id, fact } };
}

/** An order goes to review once in its life. */
export function orderInReview(
  { merchantId, mode, agentReference: reference }: Owner & { readonly agentReference: string },
  at: Instant,
): Told {
  const id = `review_${sha256(`${merchantId} ${mode} ${reference}`).slice(0, 24)}`;
  const fact = { kind: 'orders_under_review', at, reference } as const;
  return { key: { merchantId, mode, kind: 'orders_under_review', subject: ALL }, happening: { id, fact } };
}

/** A top-up that failed or was reversed; `undefined` of the rest, and of one that its payer did not want to pay. */
export function topupFailed(topup: Topup, { type, sequence, at, shown }: TopupEvent): Told | undefined {
  const { status, failure } = shown;
  if (type === 'topup.success' || failure === 'cancelled' || failure === 'expired') return undefined;
  if (status !== 'failed' && status !== 'reversed') return undefined;
  return topupProblem(topup, `${topup.id}_${sequence}`, { at, status, ...defined({ failure }) });
}

/** A top-up may go to review again. */
export function topupInReview(topup: Topup): Told {
  const at = topup.timeline.findLast(({ status }) => status === 'review')?.at ?? topup.createdAt;
  return topupProblem(topup, `${topup.id}_review_${at}`, { at, status: 'review' });
}

function topupProblem(
  { id: topupId, merchantId, mode, reference, amountMinor, currency }: Topup,
  id: string,
  what: Pick<Extract<Happening['fact'], { kind: 'topup_problem' }>, 'at' | 'status' | 'failure'>,
): Told {
  const amount = amountText(amountMinor, currency);
  const fact = { kind: 'topup_problem', topupId, reference, amount, ...what } as const;
  return { key: { merchantId, mode, kind: 'topup_problem', subject: ALL }, happening: { id, fact } };
}

function amountText(minor: number, currency: Currency): string {
  return `${formatAmount(minor, currency)} ${currency}`;
}
