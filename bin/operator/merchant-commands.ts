import { awsWorld } from '../../shared/aws/world.ts';
import type { Scope } from '../../shared/domain/key.ts';
import { SCOPES } from '../../shared/domain/key.ts';
import type { Owner } from '../../shared/domain/ledger.ts';
import { readLimitChange, withLimit } from '../../shared/domain/terms.ts';
import { HOUR } from '../../shared/domain/time.ts';
import { changeTerms } from '../../shared/flows/account/change-terms.ts';
import { freezeMerchant, unfreezeMerchant } from '../../shared/flows/account/freeze-merchant.ts';
import { makeKey } from '../../shared/flows/keys/make-key.ts';
import { revokeKey } from '../../shared/flows/keys/revoke-key.ts';
import { rollKey } from '../../shared/flows/keys/roll-key.ts';
import { addEndpoint } from '../../shared/flows/webhooks/add-endpoint.ts';
import { viewTerms } from '../../shared/http/views/account-views.ts';
import { viewAct } from '../../shared/http/views/act-views.ts';
import { viewKey, viewRevocation } from '../../shared/http/views/key-views.ts';
import { viewEndpoint } from '../../shared/http/views/webhook-views.ts';
import { listActs, recordAct } from '../../shared/store/audit.ts';
import type { NewKey } from '../../shared/store/keys.ts';
import { listKeys, readKey } from '../../shared/store/keys.ts';
import { createMerchant } from '../../shared/store/merchants.ts';
import { readTermsNow } from '../../shared/store/terms.ts';
import type { Options } from './arguments.ts';
import { instantOf, mode, overlapHours, rangesOf, required, stated, UsageError } from './arguments.ts';
import { knownMerchant, origin } from './caller.ts';

/** The commands on what merchants have set up. */

/** For who manages keys and freezes: asked for by name, as a key with them outlives itself or stops everything. */
export const MANAGEMENT_SCOPES: readonly Scope[] = ['keys:write', 'audit:read', 'account:freeze', 'account:write'];

const AUDIT_MAX = 100;
const KEY_OVERLAP_HOURS = 24;

/** With a mode, the merchant has its first key too: one command, and orders can be sent. */
export async function createMerchantCommand([name]: string[], options: Options): Promise<unknown> {
  const keyMode = options.mode === undefined ? undefined : mode(options.mode);
  const world = awsWorld();
  const by = await origin();
  const merchant = await createMerchant(world, required(name, 'a name'), ({ id, name }) => {
    const created = { action: 'merchant.created', subject: id, after: { name } } as const;
    return [recordAct(world, { merchantId: id, mode: 'live' }, by, created)];
  });
  return keyMode ? { ...merchant, key: await createKeyCommand([merchant.id], options) } : merchant;
}

export async function createKeyCommand([merchantId]: string[], options: Options): Promise<unknown> {
  const id = await knownMerchant(merchantId);
  const scopes = options.scopes?.split(',') ?? SCOPES.filter((scope) => !MANAGEMENT_SCOPES.includes(scope));
  const unknown = scopes.find((scope) => !SCOPES.some((known) => known === scope));
  if (unknown !== undefined) throw new UsageError(`there is no scope ${unknown}; scopes are ${SCOPES.join(', ')}`);
  const owner = { merchantId: id, mode: mode(options.mode) };
  const wanted = {
    name: options.name ?? 'default',
    scopes: SCOPES.filter((scope) => scopes.includes(scope)),
    endsAt: instantOf(options.expires),
    allowedRanges: rangesOf(options.ranges),
  };
  return showNewKey(await stated(makeKey(awsWorld(), owner, wanted, { origin: await origin() })));
}

export async function listKeysCommand([merchantId]: string[]): Promise<unknown> {
  const world = awsWorld();
  const id = await knownMerchant(merchantId);
  const all = await Promise.all((['live', 'test'] as const).map((mode) => listKeys(world, { merchantId: id, mode })));
  return all.flat().map((key) => viewKey(key, world.now()));
}

export async function revokeKeyCommand([merchantId, keyId]: string[], options: Options): Promise<unknown> {
  const world = awsWorld();
  const keepsCampaigns = options['keep-campaigns'];
  const owner = await ownerOfKey(merchantId, keyId);
  const revocation = await revokeKey(world, owner, String(keyId), { keepsCampaigns }, await origin());
  return { revoked: keyId, ...viewRevocation(revocation, world.now()) };
}

export async function rollKeyCommand([merchantId, keyId]: string[], options: Options): Promise<unknown> {
  const hours = overlapHours(options) ?? KEY_OVERLAP_HOURS;
  const roll = { overlapMs: Math.round(hours * HOUR), endsAt: instantOf(options.expires) };
  const owner = await ownerOfKey(merchantId, keyId);
  return showNewKey(await stated(rollKey(awsWorld(), owner, String(keyId), roll, { origin: await origin() })));
}

export async function showTermsCommand([merchantId]: string[]): Promise<unknown> {
  return viewTerms(await readTermsNow(awsWorld(), await knownMerchant(merchantId)));
}

/** Both modes, where none is named. */
export async function freezeCommand([merchantId]: string[], options: Options): Promise<unknown> {
  const { owners, reason } = await freezeArguments(merchantId, options);
  return viewTerms(await freezeMerchant(awsWorld(), owners, await origin(), reason));
}

/** Lifts our freeze, not the merchant's own. */
export async function unfreezeCommand([merchantId]: string[], options: Options): Promise<unknown> {
  const { owners, reason } = await freezeArguments(merchantId, options);
  return viewTerms(await stated(unfreezeMerchant(awsWorld(), owners, await origin(), reason)));
}

async function freezeArguments(merchantId: string | undefined, options: Options) {
  const reason = required(options.reason, '--reason, which the merchant sees');
  const modes = options.mode === undefined ? (['live', 'test'] as const) : [mode(options.mode)];
  return { owners: { merchantId: await knownMerchant(merchantId), modes }, reason };
}

/** A limit of one mode, or whether the merchant is live, which the audit log of live records. */
export async function setTermsCommand([merchantId, name, value]: string[], options: Options): Promise<unknown> {
  const id = await knownMerchant(merchantId);
  const text = required(value, 'a value');
  if (name === 'live') {
    if (text !== 'yes' && text !== 'no') throw new UsageError('live must be yes or no');
    const live = { merchantId: id, mode: 'live' } as const;
    const isLive = text === 'yes';
    return viewTerms(await changeTerms(awsWorld(), live, await origin(), (terms) => ({ ...terms, isLive })));
  }
  const change = readLimitChange(required(name, 'a limit'), text);
  if (typeof change === 'string') throw new UsageError(change);
  const owner = { merchantId: id, mode: mode(options.mode) };
  const limited = changeTerms(awsWorld(), owner, await origin(), (terms) => withLimit(terms, owner.mode, change));
  return viewTerms(await limited);
}

/** The newest entries, with the operators' identities, which merchants do not see. */
export async function auditCommand([merchantId]: string[], options: Options): Promise<unknown> {
  const owner = { merchantId: required(merchantId, 'a merchant id'), mode: mode(options.mode) };
  const filter = { subject: options.subject, by: options.by, from: instantOf(options.from), to: instantOf(options.to) };
  const { acts, next } = await listActs(awsWorld(), owner, { ...filter, limit: AUDIT_MAX });
  return { acts: acts.map((act) => ({ ...viewAct(act), by: act.by })), is_more: next !== undefined };
}

export async function createWebhookCommand([merchantId, address]: string[], options: Options): Promise<unknown> {
  const owner = { merchantId: await knownMerchant(merchantId), mode: mode(options.mode) };
  const input = { url: required(address, 'a URL') };
  const { endpoint, secret } = await stated(addEndpoint(awsWorld(), owner, input, await origin()));
  return { ...viewEndpoint(endpoint), secret, note: 'The secret is shown only once.' };
}

function showNewKey({ key, text }: NewKey) {
  const note = 'The key is shown only once; only its hash is stored.';
  return { ...viewKey(key, key.createdAt), key: text, note };
}

async function ownerOfKey(merchantId: string | undefined, keyId: string | undefined): Promise<Owner> {
  const id = required(merchantId, 'a merchant id');
  const key = await readKey(awsWorld(), id, required(keyId, 'a key id'));
  if (!key) throw new UsageError(`merchant ${id} has no key ${keyId}`);
  return { merchantId: id, mode: key.mode };
}
