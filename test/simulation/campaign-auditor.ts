import type { Campaign, StatusCounts } from '../../shared/domain/campaign.ts';
import type { Order, Status } from '../../shared/domain/order.ts';
import type { Payout } from '../../shared/domain/payout.ts';
import { isPayout, payoutId } from '../../shared/domain/payout.ts';
import type { OnCommit } from './model-db.ts';

interface Books {
  /** What the entries of an order add up to, in minor units. */
  moved(orderId: string): number;
  say(violation: string): void;
}

/**
 * Keeps a campaign's books beside it: after every write its tally must be what its payouts have taken from the wallet,
 * and nothing may be accepted over a cap, while paused, for a respondent who is paid, or by a request that was used.
 */
export class CampaignAuditor {
  readonly campaigns = new Map<string, Campaign>();
  readonly #payouts = new Map<string, Map<string, Payout>>();
  readonly #counts = new Map<string, StatusCounts>();
  readonly #told = new Set<string>();
  readonly #books: Books;

  constructor(books: Books) {
    this.#books = books;
  }

  readonly onCommit: OnCommit = (writes) => {
    const touched = new Set<string>();
    for (const { table, before, after } of writes) {
      const order = table === 'orders' ? (after as unknown as Order) : undefined;
      if (order && isPayout(order)) touched.add(this.#keep(order));
      if (table === 'campaigns') this.#item(String(after.pk), before, after, touched);
    }
    for (const id of touched) this.#add(id);
    for (const { table, before, after } of writes) {
      const order = after as unknown as Order;
      if (table === 'orders' && before === undefined && isPayout(order)) this.#accepted(order);
    }
  };

  /** An endpoint took an event of a payout. */
  onHeard({ id, status }: { id: string; status: string }): void {
    this.#told.add(`${id} ${status}`);
  }

  /** Everything that ended was told and is counted by how it ended. */
  whenQuiescent(): void {
    for (const [id, payouts] of this.#payouts) {
      const expected: Partial<Record<Status, number>> = {};
      for (const order of payouts.values()) {
        const status = order.status === 'review' ? 'unknown' : order.status;
        expected[status] = (expected[status] ?? 0) + 1;
        const isTold = status === 'unknown' || this.#told.has(`${payoutId(order)} ${status}`);
        if (!isTold) this.#books.say(`nobody heard that ${payoutId(order)} is ${status}`);
      }
      const counts = Object.entries(this.#counts.get(id)?.counts ?? {}).filter(([, count]) => count !== 0);
      const said = (pairs: [string, number][]) => JSON.stringify(pairs.toSorted());
      if (said(counts) !== said(Object.entries(expected))) {
        this.#books.say(`${id} counts ${said(counts)} and has ${said(Object.entries(expected))}`);
      }
    }
  }

  #keep(order: Payout): string {
    const { campaignId } = order.payout;
    const payouts = this.#payouts.get(campaignId) ?? new Map<string, Payout>();
    this.#payouts.set(campaignId, payouts.set(order.agentReference, order));
    return campaignId;
  }

  #item(pk: string, before: object | undefined, after: object, touched: Set<string>): void {
    const [id = '', kind] = pk.split('#');
    if (kind === 'counts') this.#counts.set(id, after as unknown as StatusCounts);
    if (kind === 'request' && before) this.#books.say(`a request's id was used twice: ${pk}`);
    if (kind !== undefined) return;
    const campaign = after as unknown as Campaign;
    const was = this.campaigns.get(id)?.version ?? 0;
    if (campaign.version !== was + 1) this.#books.say(`${id} skipped from ${was} to ${campaign.version}`);
    this.campaigns.set(id, campaign);
    touched.add(id);
  }

  #add(id: string): void {
    const campaign = this.campaigns.get(id);
    const payouts = [...(this.#payouts.get(id)?.values() ?? [])];
    const sum = (of: readonly Payout[]) => {
      const taken = of.map((order) => -this.#books.moved(order.id)).filter((amount) => amount !== 0);
      return `${taken.reduce((total, amount) => total + amount, 0)} in ${taken.length}`;
    };
    const said = campaign && `${campaign.spentMinor} in ${campaign.payouts}`;
    if (said !== sum(payouts)) this.#books.say(`${id} has spent ${said}, and its payouts took ${sum(payouts)}`);
    if (campaign?.accepted !== payouts.length) {
      this.#books.say(`${id} has accepted ${campaign?.accepted} of ${payouts.length}`);
    }
    const today = campaign && `${campaign.today.spentMinor} in ${campaign.today.payouts}`;
    const ofDay = sum(payouts.filter(({ payout }) => payout.day === campaign?.today.day));
    if (today !== ofDay) this.#books.say(`${id} has spent ${today} today, and its payouts took ${ofDay}`);
  }

  #accepted(order: Payout): void {
    const { campaignId, respondentId } = order.payout;
    const campaign = this.campaigns.get(campaignId);
    const { id } = order;
    if (!campaign) {
      this.#books.say(`${id} is of no campaign`);
      return;
    }
    const { spentMinor, budgetMinor, payouts, payoutsMax = payouts } = campaign;
    if (spentMinor > budgetMinor || payouts > payoutsMax) this.#books.say(`${id} was accepted over the budget`);
    if (campaign.isPaused) this.#books.say(`${id} was accepted while its campaign was paused`);
    if (order.status !== 'pending') this.#books.say(`${id} began as ${order.status}`);
    for (const other of this.#payouts.get(campaignId)?.values() ?? []) {
      const isOver = this.#books.moved(other.id) === 0 && other.lossMinor === undefined;
      if (other.id === id || isOver) continue;
      if (other.payout.respondentId === respondentId) this.#books.say(`${id} pays ${respondentId} beside ${other.id}`);
      const isSame = campaign.isOncePerNumber && other.msisdn === order.msisdn;
      if (isSame) this.#books.say(`${id} pays the number of ${other.id}`);
    }
  }
}
