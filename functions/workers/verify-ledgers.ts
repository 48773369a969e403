import { worker } from '../../shared/aws/worker.ts';
import type { Mode } from '../../shared/domain/ledger.ts';
import { elapsed, HOUR, MINUTE, plus, SECOND } from '../../shared/domain/time.ts';
import type { LastHead } from '../../shared/flows/wallet/read-heads.ts';
import { openLastHead } from '../../shared/flows/wallet/read-heads.ts';
import { verifyLedger } from '../../shared/flows/wallet/verify-ledger.ts';
import { inEachMode, workThrough } from '../../shared/flows/work-through.ts';
import { METRICS } from '../../shared/manifest/metrics.ts';
import type { WalletCheck } from '../../shared/store/wallets.ts';
import { dueWallets, saveWalletCheck } from '../../shared/store/wallets.ts';
import type { World } from '../../shared/world.ts';

/** Leaves a margin below the function's timeout for the wallets in hand. */
const RUN_MS_MAX = 40 * SECOND;
/** No wallet takes the run for itself: a long chain is verified over several runs. */
const WALLET_MS_MAX = 10 * SECOND;
/** Few at once, so that reading old entries never slows the writers of new ones. */
const AT_ONCE = 2;
const READ_PER_SHARD = 250;
/** When a wallet is verified again: one that is whole, and one that is broken, so that its alarm stays on. */
const INTERVAL_MS = HOUR;
const BROKEN_INTERVAL_MS = 5 * MINUTE;
const NEVER = '1970-01-01T00:00:00.000Z';

/**
 * Verifies every wallet's hash chain from its last verified entry on, the longest waiting first, and holds it against
 * the last signed head. Its cost grows with new entries, never with history. What a chain alone cannot show, the head
 * does: that entries were removed, or rewritten with right hashes.
 */
export async function verifyLedgers(world: World): Promise<void> {
  const head = await lastHead(world);
  await inEachMode((mode) => verifyLedgersOf(world, mode, head));
}

/** Where heads cannot be read the chains are verified all the same, and the missing age is an alarm. */
async function lastHead(world: World): Promise<LastHead | undefined> {
  try {
    const head = await openLastHead(world);
    world.log.metric(METRICS.headAge, elapsed(head.at ?? NEVER, world.now()) / SECOND);
    return head;
  } catch (error) {
    world.log.error('heads.not_read', {}, error);
    return undefined;
  }
}

async function verifyLedgersOf(world: World, mode: Mode, head: LastHead | undefined): Promise<void> {
  const startedAt = world.now();
  const due = await dueWallets(world, mode, startedAt, READ_PER_SHARD);
  let broken = 0;
  const check = async (wallet: WalletCheck) => {
    if (await verifyWallet(world, wallet, head)) broken += 1;
  };
  const { done, failed } = await workThrough(due, check, {
    atOnce: AT_ONCE,
    isTimeLeft: () => elapsed(startedAt, world.now()) < RUN_MS_MAX,
    onFailure: (error, { merchantId, mode, currency }) =>
      world.log.error('ledger.not_verified', { merchantId, mode, currency }, error),
  });
  if (mode === 'live') {
    world.log.metric(METRICS.brokenLedgers, broken);
    // As it was when the run began: what cannot be read stays due, and waits longer at each run.
    const [longest] = due;
    world.log.metric(METRICS.unverified, longest ? Math.round(elapsed(longest.dueAt, startedAt) / SECOND) : 0);
  }
  world.log.info('ledgers.verified', { mode, due: due.length, done, failed, broken });
}

/** Verifies one wallet's new entries and notes how far it got. True where its chain is broken or not the signed one. */
async function verifyWallet(world: World, wallet: WalletCheck, head: LastHead | undefined): Promise<boolean> {
  const { merchantId, mode, currency, seq, hash, balanceMinor, broken, revision } = wallet;
  const from = seq === 0 ? undefined : { seq, hash, balanceMinor };
  const found = await verifyLedger(world, { merchantId, mode, currency }, { from, withinMs: WALLET_MS_MAX });
  const { last = { seq, hash, balanceMinor }, next } = found;
  const violation = found.violation ?? (await head?.check({ merchantId, mode, currency }, found.last))?.violation;
  const at = world.now();
  const base = { merchantId, mode, currency, revision: revision + 1 };
  if (violation === undefined) {
    await saveWalletCheck(world, { ...base, ...last, dueAt: next ? at : plus(at, INTERVAL_MS) });
    return false;
  }
  world.log.error('ledger.broken', { merchantId, mode, currency, seq: violation.seq, what: violation.what });
  const since = broken?.since ?? at;
  await saveWalletCheck(world, {
    ...base,
    ...last,
    broken: { ...violation, since },
    dueAt: plus(at, BROKEN_INTERVAL_MS),
  });
  return true;
}

export const handler = worker({ schedule: 'verify-ledgers', onSchedule: verifyLedgers });
