import type { Entry } from '../../domain/ledger.ts';
import { walletKey } from '../../domain/ledger.ts';
import { toMajor } from '../../domain/money.ts';
import { sha256 } from '../../domain/sha256.ts';
import type { Watch } from '../../domain/watch.ts';
import { crosses, LOW_BALANCE_EVENT, seen } from '../../domain/watch.ts';
import type { WebhookEvent } from '../../domain/webhook.ts';
import { listWallet, readTail } from '../../store/ledger.ts';
import { saveWatch } from '../../store/watches.ts';
import type { World } from '../../world.ts';
import { publish } from '../webhooks/publish-events.ts';

const PAGE = 500;

/**
 * Tells a merchant of each time its balance fell below the threshold since the last look. The event's id follows from
 * the entry that did it, so looking twice tells once; what is seen is written last, so dying tells again at most.
 */
export async function watchBalance(world: World, watch: Watch): Promise<void> {
  const { merchantId, mode, currency } = watch;
  const wallet = { merchantId, mode, currency };
  const tail = await readTail(world, wallet);
  const last = tail?.seq ?? 0;
  const crossings: Entry[] = [];
  for (let below = last + 1; below > watch.seenSeq + 1; ) {
    const page = await listWallet(world, wallet, { belowSeq: below, limit: PAGE });
    crossings.push(...page.entries.filter((entry) => entry.seq > watch.seenSeq && crosses(watch, entry)));
    below = page.continueBelow ?? 0;
  }
  const events = crossings.toReversed().map((entry) => eventOf(watch, entry));
  await publish(world, wallet, events, async () => saveWatch(world, seen(watch, last, world.now())));
}

function eventOf(watch: Watch, entry: Entry): WebhookEvent {
  const { currency } = watch;
  const id = `evt_${sha256(walletKey(watch)).slice(0, 20)}_${entry.seq}`;
  const { seq: sequence, at: created_at } = entry;
  const object = {
    currency,
    mode: watch.mode,
    balance: toMajor(entry.balanceAfterMinor, currency),
    low_balance_threshold: toMajor(watch.thresholdMinor, currency),
    entry_id: entry.id,
  };
  const body = JSON.stringify({ id, type: LOW_BALANCE_EVENT, created_at, sequence, data: { object } });
  return { id, type: LOW_BALANCE_EVENT, createdAt: entry.at, sequence, body };
}
