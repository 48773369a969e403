import { AsyncLocalStorage } from 'node:async_hooks';
import { holderOf } from '../domain/address-range.ts';
import type { Owner } from '../domain/ledger.ts';
import { latestFullAt, secondsUntil, tokensAt } from '../domain/quota.ts';
import type { Quota, RateName } from '../domain/terms.ts';
import { limitKey, limitsOf } from '../domain/terms.ts';
import { SECOND } from '../domain/time.ts';
import { METRICS } from '../manifest/metrics.ts';
import { readFullAt, takeTokens } from '../store/leases.ts';
import { readTerms } from '../store/terms.ts';
import type { World } from '../world.ts';
import { Refusal } from './refusal.ts';
import type { KeptName } from './route.ts';

/**
 * Rate limits that hold for all processes together. A bucket of tokens is one item that they share; a process takes a
 * block of tokens from it before it needs them and then serves so many requests without a write.
 *
 * A process begins with a part of a block that it did not take, by chance from none to all but one, if a read shows
 * that the bucket is half full at least. When it ends, it leaves as much unused, on average, so what is taken is what
 * was served, however long it lived and however slow it was; and a request costs one write in ten, also that of a new
 * process. If each took a whole block, so many that begin at once would empty a bucket for ten times what they serve.
 * Where less is in the bucket, what is given might never be paid for: a process begins with one that it takes.
 * Tokens that a process holds do not expire: each expiry would make a process that is slow pay for every request.
 *
 * So a limit is exceeded at most by a block for each process that serves the merchant, once, and on average by nothing.
 * A block is no more than a tenth of the quota; where it is one token, nothing is given and the limit is exact.
 *
 * Where tokens cannot be taken, because the table does not answer, requests are served and a metric says so. The limits
 * protect us and others from a flood; money is protected by conditions of its own. To refuse everybody's orders while a
 * table of counters is out would be a worse outage than the flood that it might have stopped.
 */

/** Merchants have terms for most; the others are the same for everybody. */
type BucketName = RateName | 'bad_keys' | 'sign_ups' | 'invitations' | KeptName;

/** How many tokens a process takes at a time. */
const BLOCKS: Readonly<Record<BucketName, number>> = {
  orders: 10,
  kept_requests: 6,
  kept_changes: 6,
  kept_claims: 1,
  bad_keys: 10,
  // Each of these makes a merchant, or sends a mail to an address that somebody typed.
  sign_ups: 1,
  invitations: 1,
  // Each of these costs more than a write anyway, and its quota is too small to lie about in processes.
  meter_lookups: 1,
  test_events: 1,
  resends: 1,
  new_keys: 1,
  upload_bytes: 1,
};
/** So much of the quota is in the bucket where a process may begin with tokens that it did not take. */
const PLENTY = 1 / 2;
/** A block is no more than this part of the quota. */
const BLOCK_PART_MAX = 1 / 10;
/** What one address may get wrong, in a minute. */
export const BAD_KEYS: Quota = { quota: 200, windowSeconds: 60 };
/** The businesses that may be made from one address. */
export const SIGN_UPS: Quota = { quota: 20, windowSeconds: 3_600 };
/** The invitations that one merchant may send. */
export const INVITATIONS: Quota = { quota: 50, windowSeconds: 86_400 };
/** What the request log keeps of one merchant in one mode, of each kind, in a minute. */
const KEPT_OF_CALLER: Quota = { quota: 60, windowSeconds: 60 };
export const KEPT: Readonly<Record<KeptName, Quota>> = {
  kept_requests: KEPT_OF_CALLER,
  kept_changes: KEPT_OF_CALLER,
  // Anybody may fill it who knows the id of a campaign.
  kept_claims: { quota: 6, windowSeconds: 60 },
};
/** A limit whose table takes longer to answer is not waited for. */
const LEASE_MS_MAX = SECOND;
/** How long after that requests are served without asking. */
const OPEN_MS = SECOND;
/** How many buckets of merchants, and of addresses, a process remembers. */
const SHARES_MAX = 5_000;

/** What a process holds of one bucket. */
interface Share {
  tokens: number;
  /** As the terms said when tokens were last taken. */
  quota: Quota | undefined;
  /** When the bucket is full again, as far as this process knows. */
  fullAt: number;
  /** It has asked the bucket before. */
  hasBegun: boolean;
  /** When there were too few tokens in the bucket, until it is asked again. */
  emptyAt: number | undefined;
  /** Until then requests are served because the table does not answer. */
  openUntil: number;
  /** Tokens are being taken, for all who wait here. */
  asking: Promise<void> | undefined;
}

interface Bucket {
  readonly name: BucketName;
  readonly key: string;
  /** Read only where tokens are taken, so that the others cost no read. */
  quota(): Promise<Quota>;
}

/** The headers that the answer to the request at hand has, because it was counted. */
const answerHeaders = new AsyncLocalStorage<Record<string, string>>();

/** Serves a request, and notes the headers of what it counts meanwhile: its answer has them however it ends. */
export function notingLimits<T>(headers: Record<string, string>, serve: () => Promise<T>): Promise<T> {
  return answerHeaders.run(headers, serve);
}

/** The headers of a limited answer, and the refusal where the limit is reached. */
export interface Admission {
  readonly headers: Readonly<Record<string, string>>;
  readonly refusal?: Refusal;
}

/** Counts a request, or bytes, against a limit of its merchant and mode. It does not throw: the caller refuses. */
export function admit(world: World, owner: Owner, name: RateName, count = 1): Promise<Admission> {
  const quota = async () => limitsOf(await readTerms(world, owner.merchantId), owner.mode).rates[name];
  return take(world, { name, key: limitKey(owner, name), quota }, count);
}

/** The same for callers that answer nothing else where the limit is reached. */
export async function requireAdmission(world: World, owner: Owner, name: RateName, count = 1): Promise<void> {
  const { refusal } = await admit(world, owner, name, count);
  if (refusal) throw refusal;
}

/** Counts a request without a valid key, by the holder of the address it came from. */
export function admitBadKey(world: World, address: string): Promise<Admission> {
  return take(world, badKeysOf(address), 1);
}

/** Whether an address has got too many keys wrong, as far as this process knows: what is optional reads no more. */
export function isKnownForBadKeys(world: World, address: string): boolean {
  const bucket = badKeysOf(address);
  const share = shareOf(world, bucket);
  return share.tokens < 1 && closedMsOf(share, BAD_KEYS, blockOf(bucket, BAD_KEYS), nowOf(world)) > 0;
}

function badKeysOf(address: string): Bucket {
  return { name: 'bad_keys', key: `bad_keys#${holderOf(address)}`, quota: async () => BAD_KEYS };
}

/** Counts a business that is made, by the holder of the address it came from. */
export async function requireSignUp(world: World, address = ''): Promise<void> {
  const bucket = { name: 'sign_ups', key: `sign_ups#${holderOf(address)}`, quota: async () => SIGN_UPS } as const;
  const { refusal } = await take(world, bucket, 1);
  if (refusal) throw refusal;
}

/** Counts an invitation of a merchant, whatever the mode it was sent in. */
export async function requireInvitation(world: World, { merchantId }: Owner): Promise<void> {
  const bucket = { name: 'invitations', key: `invitations#${merchantId}`, quota: async () => INVITATIONS } as const;
  const { refusal } = await take(world, bucket, 1);
  if (refusal) throw refusal;
}

/** Whether there is room in the request log. No header of the answer says so: it is no limit on the caller. */
export async function mayKeep(world: World, { merchantId, mode }: Owner, name: KeptName): Promise<boolean> {
  const bucket = { name, key: `${name}#${merchantId}#${mode}`, quota: async () => KEPT[name] };
  return (await decide(world, bucket, 1)).refusal === undefined;
}

async function take(world: World, bucket: Bucket, count: number): Promise<Admission> {
  const admission = await decide(world, bucket, count);
  const { 'retry-after': _ofRefusals, ...headers } = admission.headers;
  Object.assign(answerHeaders.getStore() ?? {}, headers);
  return admission;
}

async function decide(world: World, bucket: Bucket, count: number): Promise<Admission> {
  const share = shareOf(world, bucket);
  for (;;) {
    if (share.openUntil > nowOf(world)) return { headers: {} };
    if (share.tokens >= count) {
      share.tokens -= count;
      return { headers: headersOf(bucket, share, nowOf(world)) };
    }
    const quota = await bucket.quota();
    // Others may have asked meanwhile.
    if (share.tokens >= count || share.openUntil > nowOf(world)) continue;
    // What was closed by other terms is open by these.
    if (!isSame(quota, share.quota)) Object.assign(share, { quota, emptyAt: undefined });
    const closedMs = closedMsOf(share, quota, wantedOf(bucket, share, quota, count), nowOf(world));
    if (closedMs > 0)
      return refused(bucket, share, quota, { seconds: Math.ceil(closedMs / SECOND), now: nowOf(world) });
    share.asking ??= ask(world, bucket, share, quota, count).finally(() => {
      share.asking = undefined;
    });
    await share.asking;
  }
}

function isSame(one: Quota, other: Quota | undefined): boolean {
  return one.quota === other?.quota && one.windowSeconds === other.windowSeconds;
}

/** Takes a block, or notes that there is none. */
async function ask(world: World, bucket: Bucket, share: Share, quota: Quota, count: number): Promise<void> {
  // The name of the table is no matter of chance: without it nothing works, and that must show.
  world.table('limits');
  try {
    const leased = lease(world, bucket, share, quota, count).then(() => true);
    if (await world.within(LEASE_MS_MAX, leased)) return;
    throw new Error(`no answer in ${LEASE_MS_MAX} ms`);
  } catch (error) {
    share.openUntil = nowOf(world) + OPEN_MS;
    world.log.error('limits.not_kept', { limit: bucket.name }, error);
    world.log.metric(METRICS.limitsNotKept, 1);
  }
}

async function lease(world: World, bucket: Bucket, share: Share, quota: Quota, count: number): Promise<void> {
  const isFirst = !share.hasBegun;
  share.hasBegun = true;
  share.fullAt = await readFullAt(world, bucket.key);
  const isPlenty = tokensAt(quota, share.fullAt, nowOf(world)) >= PLENTY * quota.quota;
  const given = isFirst && isPlenty ? Math.floor(world.random() * blockOf(bucket, quota)) : 0;
  if (given >= count) {
    share.tokens += given;
    return;
  }
  const wanted = isFirst && !isPlenty ? count : wantedOf(bucket, share, quota, count);
  const { isTaken, fullAt } = await takeTokens(world, bucket.key, { quota, count: wanted, fullAt: share.fullAt });
  share.fullAt = fullAt;
  if (isTaken) share.tokens += wanted;
  share.emptyAt = isTaken ? undefined : nowOf(world);
}

/** How many tokens are taken at a time. */
function blockOf({ name }: Bucket, { quota }: Quota): number {
  return Math.max(1, Math.min(BLOCKS[name], Math.floor(quota * BLOCK_PART_MAX)));
}

function wantedOf(bucket: Bucket, { tokens }: Share, quota: Quota, count: number): number {
  return Math.max(blockOf(bucket, quota), count - tokens);
}

function hasBlock(bucket: Bucket, quota: Quota, fullAt: number, now: number): boolean {
  return tokensAt(quota, fullAt, now) >= blockOf(bucket, quota);
}

/**
 * How long so many cannot be taken, as far as this process knows: what is too much for one request may be there for a
 * smaller one. For a second at least, so that a flood costs few reads.
 */
function closedMsOf({ emptyAt, fullAt }: Share, quota: Quota, wanted: number, now: number): number {
  if (emptyAt === undefined) return 0;
  // A full one has too few as well, where more are wanted than it holds.
  const atFirst = Math.max(fullAt, emptyAt);
  if (atFirst <= latestFullAt(quota, wanted, emptyAt)) return 0;
  return emptyAt + SECOND * secondsUntil(quota, wanted, atFirst, emptyAt) - now;
}

/** None where this process has not read the terms yet. */
function headersOf(bucket: Bucket, share: Share, now: number): Record<string, string> {
  const { quota } = share;
  return quota ? headersWith(bucket, quota, leftOf(bucket, share, quota, now), quota.windowSeconds) : {};
}

/** What this process can serve, as far as it knows: of what is less than a block nothing is given out. */
function leftOf(bucket: Bucket, { tokens, fullAt }: Share, quota: Quota, now: number): number {
  const others = hasBlock(bucket, quota, fullAt, now) ? tokensAt(quota, fullAt, now) : 0;
  return Math.min(quota.quota, tokens + others);
}

/** As `draft-ietf-httpapi-ratelimit-headers-11` has them: structured fields, each a list of one policy. */
function headersWith({ name }: Bucket, { quota, windowSeconds }: Quota, left: number, seconds: number) {
  const unit = name === 'upload_bytes' ? ';qu="content-bytes"' : '';
  return {
    'ratelimit-policy': `"${name}";q=${quota}${unit};w=${windowSeconds}`,
    ratelimit: `"${name}";r=${left};t=${seconds}`,
  };
}

function refused(
  bucket: Bucket,
  share: Share,
  quota: Quota,
  { seconds, now }: { seconds: number; now: number },
): Admission {
  const limits = headersWith(bucket, quota, leftOf(bucket, share, quota, now), seconds);
  const headers = { ...limits, 'retry-after': String(seconds) };
  const often = `${quota.quota} at once, and as many in ${quota.windowSeconds} seconds`;
  return {
    headers,
    refusal: new Refusal('rate_limited', { detail: `The limit ${bucket.name} is reached: ${often}.`, headers }),
  };
}

/** Addresses with bad keys are as many as somebody likes: they are remembered apart, and push out no merchant. */
function shareOf(world: World, { name, key }: Bucket): Share {
  const memo = name === 'bad_keys' || name === 'sign_ups' ? 'shares of addresses' : 'shares';
  const shares = (world.memo.get(memo) as Map<string, Share> | undefined) ?? new Map<string, Share>();
  world.memo.set(memo, shares);
  const share = shares.get(key) ?? newShare();
  // The one that was used longest ago is forgotten first.
  shares.delete(key);
  shares.set(key, share);
  for (const oldest of shares.size > SHARES_MAX ? shares.keys() : []) {
    shares.delete(oldest);
    break;
  }
  return share;
}

function newShare(): Share {
  return {
    tokens: 0,
    quota: undefined,
    fullAt: 0,
    hasBegun: false,
    emptyAt: undefined,
    openUntil: 0,
    asking: undefined,
  };
}

function nowOf(world: World): number {
  return Date.parse(world.now());
}
