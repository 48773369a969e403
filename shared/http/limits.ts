import type { Owner } from '../domain/ledger.ts';
import { secondsUntil, tokensAt } from '../domain/quota.ts';
import type { Quota, RateName } from '../domain/terms.ts';
import { limitKey, limitsOf } from '../domain/terms.ts';
import { SECOND } from '../domain/time.ts';
import { METRICS } from '../manifest/metrics.ts';
import { takeTokens } from '../store/leases.ts';
import { readTerms } from '../store/terms.ts';
import type { World } from '../world.ts';
import { Refusal } from './refusal.ts';

/**
 * Rate limits that hold for all processes together. A bucket of tokens is one item that they share; a process takes a
 * block of tokens from it before it needs them and then serves so many requests without a write.
 *
 * A process begins with a part of a block that it did not take, by chance from none to all but one. When it ends, it
 * leaves as much unused, on average, so what is taken is what was served, however many processes there are and however
 * slow each is; and a request costs one write in ten, also that of a new process. Tokens that a process holds do not
 * expire: each expiry would make a process that is slow pay for every request.
 *
 * So a limit is exceeded at most by what processes hold: fewer than a block for each process that has served the
 * merchant. Never twice: what was held was taken before. A limit that must be exact has blocks of one.
 *
 * Where tokens cannot be taken, because the table does not answer, requests are served and a metric says so. The limits
 * protect us and others from a flood; money is protected by conditions of its own. To refuse everybody's orders while a
 * table of counters is out would be a worse outage than the flood that it might have stopped.
 */

/** How many tokens a process takes at a time. */
const BLOCKS: Readonly<Record<RateName | 'bad_keys', number>> = {
  orders: 10,
  bad_keys: 10,
  // Each of these costs more than a write anyway, and its quota is too small to lie about in processes.
  meter_lookups: 1,
  test_events: 1,
  upload_bytes: 1,
};
/** A block is no more than this part of the quota. */
const BLOCK_PART_MAX = 1 / 10;
/** What one address may get wrong, in a minute. */
export const BAD_KEYS: Quota = { quota: 200, windowSeconds: 60 };
/** A limit whose table takes longer to answer is not waited for. */
const LEASE_MS_MAX = SECOND;
/** How long after that requests are served without asking. */
const OPEN_MS = SECOND;
/** How many buckets a process remembers. */
const SHARES_MAX = 5_000;

/** What a process holds of one bucket. */
interface Share {
  tokens: number;
  /** As the terms said when tokens were last taken. */
  quota: Quota | undefined;
  /** When the bucket is full again, as far as this process knows. */
  fullAt: number;
  /** Until then there are too few tokens for anybody. */
  closedUntil: number;
  /** Until then requests are served because the table does not answer. */
  openUntil: number;
  /** Tokens are being taken, for all who wait here. */
  asking: Promise<void> | undefined;
}

interface Bucket {
  readonly name: RateName | 'bad_keys';
  readonly key: string;
  /** Read only where tokens are taken, so that the others cost no read. */
  quota(): Promise<Quota>;
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
export async function requireAdmission(world: World, owner: Owner, name: RateName, count = 1): Promise<Admission> {
  const admission = await admit(world, owner, name, count);
  if (admission.refusal) throw admission.refusal;
  return admission;
}

/** Counts a request without a valid key, by the address it came from. */
export function admitBadKey(world: World, address: string): Promise<Admission> {
  return take(world, { name: 'bad_keys', key: `bad_keys#${address}`, quota: async () => BAD_KEYS }, 1);
}

async function take(world: World, bucket: Bucket, count: number): Promise<Admission> {
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
    if (!isSame(quota, share.quota)) Object.assign(share, { quota, closedUntil: 0 });
    const closedMs = share.closedUntil - nowOf(world);
    if (closedMs > 0) return refused(bucket, quota, Math.ceil(closedMs / SECOND));
    share.asking ??= ask(world, bucket, share, quota, count).finally(() => {
      share.asking = undefined;
    });
    await share.asking;
  }
}

function isSame(one: Quota, other: Quota | undefined): boolean {
  return one.quota === other?.quota && one.windowSeconds === other.windowSeconds;
}

/** Takes a block, or closes the bucket until there is one: for a second at least, so that a flood costs few writes. */
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

async function lease(world: World, { name, key }: Bucket, share: Share, quota: Quota, count: number): Promise<void> {
  const block = Math.max(1, Math.min(BLOCKS[name], Math.floor(quota.quota * BLOCK_PART_MAX)));
  const wanted = Math.max(block, count - share.tokens);
  const { isTaken, fullAt } = await takeTokens(world, key, quota, wanted);
  share.fullAt = fullAt;
  if (isTaken) share.tokens += wanted;
  else share.closedUntil = nowOf(world) + SECOND * secondsUntil(quota, wanted, fullAt, nowOf(world));
}

/** None where this process has not read the terms yet. */
function headersOf({ name }: Bucket, { quota, tokens, fullAt }: Share, now: number): Record<string, string> {
  if (!quota) return {};
  const left = Math.min(quota.quota, tokens + tokensAt(quota, fullAt, now));
  return headersWith(name, quota, left, quota.windowSeconds);
}

/** As `draft-ietf-httpapi-ratelimit-headers-11` has them: structured fields, each a list of one policy. */
function headersWith(name: Bucket['name'], { quota, windowSeconds }: Quota, left: number, seconds: number) {
  const unit = name === 'upload_bytes' ? ';qu="content-bytes"' : '';
  return {
    'ratelimit-policy': `"${name}";q=${quota}${unit};w=${windowSeconds}`,
    ratelimit: `"${name}";r=${left};t=${seconds}`,
  };
}

function refused({ name }: Bucket, quota: Quota, seconds: number): Admission {
  const headers = { ...headersWith(name, quota, 0, seconds), 'retry-after': String(seconds) };
  const often = `${quota.quota} at once, and as many in ${quota.windowSeconds} seconds`;
  return {
    headers,
    refusal: new Refusal('rate_limited', { detail: `The limit ${name} is reached: ${often}.`, headers }),
  };
}

function shareOf(world: World, { name, key }: Bucket): Share {
  const shares = (world.memo.get('shares') as Map<string, Share> | undefined) ?? new Map<string, Share>();
  world.memo.set('shares', shares);
  const share = shares.get(key) ?? newShare(Math.floor(world.random() * BLOCKS[name]));
  // The one that was used longest ago is forgotten first.
  shares.delete(key);
  shares.set(key, share);
  for (const oldest of shares.size > SHARES_MAX ? shares.keys() : []) {
    shares.delete(oldest);
    break;
  }
  return share;
}

function newShare(tokens: number): Share {
  return { tokens, quota: undefined, fullAt: 0, closedUntil: 0, openUntil: 0, asking: undefined };
}

function nowOf(world: World): number {
  return Date.parse(world.now());
}
