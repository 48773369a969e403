import type { Campaign, StatusCounts } from '../../shared/domain/campaign.ts';
import { sumOfCounts } from '../../shared/domain/campaign.ts';
import type { Entry } from '../../shared/domain/ledger.ts';
import type { Status } from '../../shared/domain/order.ts';
import type { Payout } from '../../shared/domain/payout.ts';
import { isPayout, payoutId } from '../../shared/domain/payout.ts';
import type { OnCommit } from './model-db.ts';
import { storedOrder } from './stored-order.ts';

interface CampaignAuditorContext {
  /** The sum of an order's ledger entries, in minor units. */
  moved(orderId: string): number;
  report(violation: string): void;
}

/**
 * Checks the invariants of survey campaigns. After every write a campaign's totals are what its payouts took from the
 * wallet. No payout is accepted over a cap, while the campaign is paused, for a respondent who is paid, or by a request
 * id that was used.
 */
export class CampaignAuditor {
  readonly campaigns = new Map<string, Campaign>();
  readonly #payouts = new Map<string, Map<string, Payout>>();
  /** Whom each payout was for, which its order does not say once it is erased. */
  readonly #people = new Map<string, { respondentId: string; msisdn: string }>();
  readonly #counts = new Map<string, StatusCounts>();
  readonly #notified = new Set<string>();
  readonly #context: CampaignAuditorContext;

  constructor(context: CampaignAuditorContext) {
    this.#context = context;
  }

  readonly onCommit: OnCommit = (writes) => {
    const changed = new Set<string>();
    for (const { table, before, after } of writes) {
      const order = table === 'orders' ? storedOrder(after) : undefined;
      if (order && isPayout(order)) changed.add(this.#record(order));
      if (table === 'campaigns') this.#item(String(after.pk), before, after, changed);
    }
    for (const id of changed) this.#checkTotals(id);
    for (const { table, before, after } of writes) {
      const order = table === 'orders' && before === undefined ? storedOrder(after) : undefined;
      if (order && isPayout(order)) this.#accepted(order, correctedAfter(order, writes));
    }
  };

  /** Called each time that an endpoint accepts a payout event. */
  onEvent({ id, status }: { id: string; status: string }): void {
    this.#notified.add(`${id} ${status}`);
  }

  /** Merchants were notified of every payout that ended, and the campaign counts its payouts by status. */
  whenQuiescent(): void {
    for (const [id, payouts] of this.#payouts) {
      const expected: Partial<Record<Status, number>> = {};
      for (const order of payouts.values()) {
        const status = order.status === 'review' ? 'unknown' : order.status;
        expected[status] = (expected[status] ?? 0) + 1;
        const isNotified = status === 'unknown' || this.#notified.has(`${payoutId(order)} ${status}`);
        if (!isNotified) this.#context.report(`the merchant was not notified that ${payoutId(order)} is ${status}`);
      }
      const parts = [...this.#counts].filter(([pk]) => pk.startsWith(`${id}#`)).map(([, part]) => part);
      const counts = Object.entries(sumOfCounts(parts)).filter(([, count]) => count !== 0);
      const text = (pairs: [string, number][]) => JSON.stringify(pairs.toSorted());
      if (text(counts) !== text(Object.entries(expected))) {
        this.#context.report(`${id} counts ${text(counts)} and has ${text(Object.entries(expected))}`);
      }
    }
  }

  #record(order: Payout): string {
    const { campaignId } = order.payout;
    const payouts = this.#payouts.get(campaignId) ?? new Map<string, Payout>();
    this.#payouts.set(campaignId, payouts.set(order.agentReference, order));
    return campaignId;
  }

  #item(pk: string, before: object | undefined, after: object, changed: Set<string>): void {
    const [id = '', kind] = pk.split('#');
    if (kind === 'counts') this.#counts.set(pk, after as unknown as StatusCounts);
    if (kind === 'request' && before) this.#context.report(`a request's id was used twice: ${pk}`);
    if (kind !== undefined) return;
    const campaign = after as unknown as Campaign;
    const was = this.campaigns.get(id)?.version ?? 0;
    if (campaign.version !== was + 1) this.#context.report(`${id} skipped from ${was} to ${campaign.version}`);
    this.campaigns.set(id, campaign);
    changed.add(id);
  }

  #checkTotals(id: string): void {
    const campaign = this.campaigns.get(id);
    const payouts = [...(this.#payouts.get(id)?.values() ?? [])];
    const sum = (of: readonly Payout[]) => {
      const taken = of.map((order) => -this.#context.moved(order.id)).filter((amount) => amount !== 0);
      return `${taken.reduce((total, amount) => total + amount, 0)} in ${taken.length}`;
    };
    const spent = campaign && `${campaign.spentMinor} in ${campaign.payouts}`;
    if (spent !== sum(payouts)) this.#context.report(`${id} has spent ${spent}, and its payouts took ${sum(payouts)}`);
    if (campaign?.accepted !== payouts.length) {
      this.#context.report(`${id} has accepted ${campaign?.accepted} of ${payouts.length}`);
    }
    const today = campaign && `${campaign.today.spentMinor} in ${campaign.today.payouts}`;
    const ofDay = sum(payouts.filter(({ payout }) => payout.day === campaign?.today.day));
    if (today !== ofDay) this.#context.report(`${id} has spent ${today} today, and its payouts took ${ofDay}`);
  }

  /** `later`: payouts whose correction was posted after it in the same transaction, as if in one of its own. */
  #accepted(order: Payout, later: readonly Entry[]): void {
    const { campaignId, respondentId } = order.payout;
    const campaign = this.campaigns.get(campaignId);
    const { id } = order;
    this.#people.set(id, { respondentId, msisdn: order.msisdn });
    if (!campaign) {
      this.#context.report(`${id} has no campaign`);
      return;
    }
    const known = [...(this.#payouts.get(campaignId)?.values() ?? [])];
    const corrected = known.filter((other) => later.some(({ orderId }) => orderId === other.id));
    const { budgetMinor, payoutsMax = campaign.payouts } = campaign;
    const { spentMinor, payouts } = without(campaign, corrected);
    if (spentMinor > budgetMinor || payouts > payoutsMax) this.#context.report(`${id} was accepted over the budget`);
    const { day } = order.payout;
    if (day !== campaign.today.day)
      this.#context.report(`${id} counts for ${day}, and its campaign is at ${campaign.today.day}`);
    const today = without(
      campaign.today,
      corrected.filter(({ payout }) => payout.day === day),
    );
    const { dailyBudgetMinor = today.spentMinor, dailyPayoutsMax = today.payouts } = campaign;
    const isOverDay = today.spentMinor > dailyBudgetMinor || today.payouts > dailyPayoutsMax;
    if (isOverDay) this.#context.report(`${id} was accepted over the cap of the day`);
    if (campaign.isPaused) this.#context.report(`${id} was accepted while its campaign was paused`);
    if (order.status !== 'pending') this.#context.report(`${id} started as ${order.status}`);
    for (const other of known) {
      const isWithdrawn = this.#context.moved(other.id) === 0 && other.lossMinor === undefined;
      const isPaidBack = isWithdrawn || corrected.includes(other);
      if (other.id === id || isPaidBack) continue;
      const paid = this.#people.get(other.id);
      if (paid?.respondentId === respondentId) this.#context.report(`${id} pays ${respondentId} beside ${other.id}`);
      const isSame = campaign.isOncePerNumber && paid?.msisdn === order.msisdn;
      if (isSame) this.#context.report(`${id} pays the number of ${other.id}`);
    }
  }
}

/** The corrections in a transaction that were posted after an order's own entry. */
function correctedAfter({ id }: Payout, writes: Parameters<OnCommit>[0]): Entry[] {
  const entries = writes.filter(({ table }) => table === 'ledger').map(({ after }) => after as unknown as Entry);
  const own = entries.find(({ orderId }) => orderId === id);
  return entries.filter(({ kind, seq }) => kind === 'correction' && own !== undefined && seq > own.seq);
}

function without(
  { spentMinor, payouts }: Pick<Campaign, 'spentMinor' | 'payouts'>,
  corrected: readonly Payout[],
): Pick<Campaign, 'spentMinor' | 'payouts'> {
  const sum = corrected.reduce((total, { amountMinor }) => total + amountMinor, 0);
  return { spentMinor: spentMinor - sum, payouts: payouts - corrected.length };
}
