import type { Campaign } from '../../domain/campaign.ts';
import type { Key } from '../../domain/key.ts';
import { isActive } from '../../domain/key.ts';
import type { Instant } from '../../domain/time.ts';
import type { Endpoint } from '../../domain/webhook.ts';
import { viewActor } from './actor-views.ts';

/** A key as its merchant sees it: neither its text, which only the answer that makes it has, nor its hash. */
export function viewKey(key: Key, at: Instant) {
  return {
    id: key.id,
    mode: key.mode,
    name: key.name,
    prefix: key.prefix,
    scopes: key.scopes,
    allowed_ranges: key.allowedRanges ?? null,
    status: statusOf(key, at),
    expires_at: key.endsAt ?? null,
    last_used_at: key.usedAt ?? null,
    replaced_by: key.replacedBy ?? null,
    created_at: key.createdAt,
    created_by: viewActor(key.createdBy),
    revoked_at: key.revokedAt ?? null,
  };
}

function statusOf(key: Key, at: Instant): 'active' | 'expired' | 'revoked' {
  if (key.revokedAt !== undefined) return 'revoked';
  return isActive(key, at) ? 'active' : 'expired';
}

interface LeftBehind {
  readonly key: Key;
  readonly campaigns: readonly Campaign[];
  readonly endpoints: readonly Endpoint[];
  readonly keys: readonly Key[];
}

/** A revoked key with what it leaves behind. */
export function viewRevocation({ key, campaigns, endpoints, keys }: LeftBehind, at: Instant) {
  return {
    ...viewKey(key, at),
    campaigns: campaigns.map(({ id, name, isPaused }) => ({ id, name, paused: isPaused })),
    endpoints: endpoints.map(({ id, url, disabled }) => ({ id, url, enabled: disabled === undefined })),
    keys: keys.map(({ id, name, prefix }) => ({ id, name, prefix })),
  };
}
