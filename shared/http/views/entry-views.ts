import { defined } from '../../domain/defined.ts';
import type { Entry } from '../../domain/ledger.ts';
import { toMajor } from '../../domain/money.ts';

/** A ledger entry as merchants see it. */
export function viewEntry(entry: Entry) {
  return {
    id: entry.id,
    seq: entry.seq,
    currency: entry.currency,
    kind: entry.kind,
    amount: toMajor(entry.amountMinor, entry.currency),
    balance_after: toMajor(entry.balanceAfterMinor, entry.currency),
    description: entry.description,
    ...defined({
      order_id: entry.orderId,
      agent_reference: entry.agentReference,
      topup_id: entry.topupId,
      batch_id: entry.batchId,
    }),
    created_at: entry.at,
    hash: entry.hash,
    previous_hash: entry.previousHash,
  };
}
