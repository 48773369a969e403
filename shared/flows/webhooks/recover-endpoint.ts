import { defined } from '../../domain/defined.ts';
import type { Recovery } from '../../domain/recovery.ts';
import {
  advanceRecovery,
  beginRecovery,
  endRecovery,
  leaseRecovery,
  recoveryId,
  releaseRecovery,
} from '../../domain/recovery.ts';
import type { Instant } from '../../domain/time.ts';
import { plus, SECOND } from '../../domain/time.ts';
import { asNew } from '../../domain/webhook.ts';
import { listDeliveries, saveDelivery } from '../../store/deliveries.ts';
import { readEndpoint } from '../../store/endpoints.ts';
import { readRecovery, saveRecovery } from '../../store/recoveries.ts';
import { Contention } from '../../transient-error.ts';
import type { World } from '../../world.ts';

/** What a request does itself. The sweep does the rest. */
const REQUEST_MS = 5 * SECOND;
const PER_PAGE = 100;
const TRIES_MAX = 5;

/**
 * Makes every failed or held delivery of a range due again, or sees that it is being done. Asking twice does it once. A
 * large range is left to the sweep, page by page.
 */
export async function recoverEndpoint(world: World, wanted: Parameters<typeof beginRecovery>[1]): Promise<Recovery> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const current = await readRecovery(world, recoveryId(wanted));
    const next = beginRecovery(current, wanted, world.now());
    if (!next && current) return current;
    if (next && (await saveRecovery(world, next))) return work(world, next, plus(world.now(), REQUEST_MS));
  }
  throw new Contention('the recovery keeps changing');
}

/** Goes on with a recovery that is due. Safe to run concurrently. */
export async function continueRecovery(world: World, id: string, endsAt: Instant): Promise<void> {
  const recovery = await readRecovery(world, id);
  if (recovery?.dueAt === undefined || recovery.dueAt > world.now()) return;
  const endpoint = await readEndpoint(world, recovery, recovery.endpointId);
  if (!endpoint || endpoint.disabled) {
    await saveRecovery(world, endRecovery(recovery));
    return;
  }
  const leased = leaseRecovery(recovery, world.now());
  if (await saveRecovery(world, leased)) await work(world, leased, endsAt);
}

/** A page is saved when all of it is due, so a process that dies repeats it, and what is due by then is passed over. */
async function work(world: World, recovery: Recovery, endsAt: Instant): Promise<Recovery> {
  let current = recovery;
  do {
    const page = await recoverPage(world, current);
    const next = advanceRecovery(current, page, world.now());
    // Asked for more meanwhile, or taken over: whoever wrote goes on with it.
    if (!(await saveRecovery(world, next))) return current;
    current = next;
  } while (current.dueAt !== undefined && world.now() < endsAt);
  if (current.dueAt === undefined) return current;
  const released = releaseRecovery(current, world.now());
  await saveRecovery(world, released);
  return released;
}

async function recoverPage(world: World, recovery: Recovery): Promise<{ recovered: number; below?: string }> {
  const { endpointId, since, until, below } = recovery;
  const { deliveries, next } = await listDeliveries(world, recovery, {
    endpointId,
    statuses: ['failed', 'held'],
    from: since,
    to: until,
    below,
    limit: PER_PAGE,
  });
  const saved = await Promise.all(deliveries.map((each) => saveDelivery(world, asNew(each, world.now(), 0))));
  return { recovered: saved.filter((isSaved) => isSaved).length, ...defined({ below: next }) };
}
