import type { Act, Facts } from '../../domain/act.ts';
import type { Campaign } from '../../domain/campaign.ts';
import type { Key } from '../../domain/key.ts';
import type { Owner } from '../../domain/ledger.ts';
import { sha256 } from '../../domain/sha256.ts';
import type { Terms } from '../../domain/terms.ts';
import type { Instant } from '../../domain/time.ts';
import type { Endpoint } from '../../domain/webhook.ts';
import { viewLimits } from './account-views.ts';
import { viewActor } from './actor-views.ts';
import { viewCampaign } from './campaign-views.ts';
import { viewKey } from './key-views.ts';
import { viewEndpoint } from './webhook-views.ts';

/** Acts as merchants see them, and what the audit log keeps of the things that acts are about. */

export function viewAct(act: Act) {
  return {
    id: act.id,
    at: act.at,
    action: act.action,
    subject: act.subject,
    by: viewActor(act.by),
    request_id: act.requestId ?? null,
    address: act.address ?? null,
    before: act.before ?? null,
    after: act.after ?? null,
  };
}

export function keyFacts(key: Key, at: Instant): Facts {
  const { id: _id, mode: _mode, created_at: _at, created_by: _by, last_used_at: _used, ...facts } = viewKey(key, at);
  return facts;
}

/** Without what the campaign pays meanwhile. */
export function campaignFacts(campaign: Campaign): Facts {
  const { id: _id, mode: _mode, created_at: _at, created_by: _by, ...facts } = viewCampaign(campaign);
  const {
    spent: _spent,
    left: _left,
    payouts: _payouts,
    payouts_left: _payoutsLeft,
    latest_day: _day,
    ...terms
  } = facts;
  return { ...terms, secret_version: campaign.secretVersion };
}

/** Of one mode, whose owner sees what was set. */
export function termsFacts(terms: Terms, { mode }: Owner): Facts {
  return { live: terms.isLive, ...viewLimits(terms, mode) };
}

/** Without its health, which nobody sets. */
export function endpointFacts(endpoint: Endpoint): Facts {
  const {
    id: _id,
    mode: _mode,
    created_at: _at,
    created_by: _by,
    failing_since: _failing,
    ...facts
  } = viewEndpoint(endpoint);
  const url = facts.url === null ? null : withoutPath(facts.url);
  return { ...facts, url, secret_version: endpoint.secretVersion, deleted: endpoint.deletedAt !== undefined };
}

/** Paths of webhooks may hold tokens. The digest shows that one was changed. */
function withoutPath(url: string): string {
  const { origin } = new URL(url);
  return `${origin}/… (sha256 ${sha256(url).slice(0, 12)})`;
}
