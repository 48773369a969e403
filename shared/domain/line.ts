import type { Campaign } from './campaign.ts';
import { admit, denialOf, recordSpending } from './campaign.ts';
import type { Entry, EntryDraft, WalletId } from './ledger.ts';
import { append, covers, walletKey } from './ledger.ts';
import type { Instant } from './time.ts';
import { plus, SECOND } from './time.ts';

/**
 * A wallet's line: what waits for its next entries. Whoever waits may take the lead and post for all; the lead is a
 * hint that spares the others their tries. Two leaders are slow and never wrong, because conditions guard what is
 * written.
 */

/** Who posts for a wallet's line, and until when. */
export interface Lead {
  readonly holder: string;
  readonly until: Instant;
  readonly version: number;
}

export const LEAD_MS = SECOND;
const FREE = '1970-01-01T00:00:00.000Z';

/**
 * Whether somebody leads. `seenForMs`: how long the observer has seen this very version. A lead that stays the same for
 * as long as a lead lasts is over, whatever the clock said that wrote it.
 */
export function isHeld(lead: Lead | undefined, at: Instant, seenForMs = 0): boolean {
  return lead !== undefined && lead.until > at && seenForMs <= LEAD_MS;
}

export function taken(lead: Lead | undefined, holder: string, at: Instant): Lead {
  return { holder, until: plus(at, LEAD_MS), version: (lead?.version ?? 0) + 1 };
}

export function givenBack(lead: Lead): Lead {
  return { ...lead, until: FREE, version: lead.version + 1 };
}

/** An entry to append to a wallet, as of an instant. */
export interface WalletMovement {
  readonly wallet: WalletId;
  readonly entry: EntryDraft;
  readonly at: Instant;
}

/** What a posting takes from a campaign or gives back to it. */
export interface Spending {
  readonly campaignId: string;
  readonly day: string;
  /** Signed, as that of its entry. */
  readonly amountMinor: number;
  /** Of a new payout: what it was decided on, and when. Absent: the movement counts whatever the terms are. */
  readonly admission?: { readonly basis: number; readonly at: Instant };
}

/** What a posting moves. It is posted as a whole or not at all. */
export interface Moves {
  readonly movements: readonly WalletMovement[];
  readonly spending?: Spending;
}

/** The wallets' last entries and the campaigns that postings build on, by key. */
export interface Books {
  readonly tails: ReadonlyMap<string, Entry>;
  readonly campaigns: ReadonlyMap<string, Campaign>;
}

export type Decision =
  | { readonly kind: 'posted'; readonly entries: readonly Entry[]; readonly books: Books }
  | { readonly kind: 'uncovered'; readonly wallet: WalletId }
  /** Its campaign does not admit it as it was decided. */
  | { readonly kind: 'denied' };

/** Decides one posting on the books as those before it leave them. */
export function decidePosting(books: Books, { movements, spending }: Moves): Decision {
  const campaign = spending && spend(books.campaigns.get(spending.campaignId), spending);
  if (spending && !campaign) return { kind: 'denied' };
  const tails = new Map(books.tails);
  const entries: Entry[] = [];
  for (const { wallet, entry, at } of movements) {
    const tail = tails.get(walletKey(wallet));
    if (!covers(tail, -entry.amountMinor)) return { kind: 'uncovered', wallet };
    const next = append(wallet, tail, entry, at);
    tails.set(walletKey(wallet), next);
    entries.push(next);
  }
  const campaigns = campaign ? new Map(books.campaigns).set(campaign.id, campaign) : books.campaigns;
  return { kind: 'posted', entries, books: { tails, campaigns } };
}

/** The campaign after a spending; `undefined` where it does not admit it, or has nothing to take back. */
function spend(campaign: Campaign | undefined, spending: Spending): Campaign | undefined {
  const { day, amountMinor, admission } = spending;
  if (!campaign) return undefined;
  if (!admission) return campaign.spentMinor < amountMinor ? undefined : recordSpending(campaign, day, amountMinor);
  if (admission.basis !== campaign.basis || denialOf(campaign, -amountMinor, admission.at)) return undefined;
  const admitted = admit(campaign, -amountMinor, admission.at);
  return admitted.day === day ? admitted.campaign : undefined;
}
