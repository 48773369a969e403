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
      damaged: damagedFields(entry),
    }),
    created_at: entry.at,
    hash: entry.hash,
    previous_hash: entry.previousHash,
  };
}

const NAMES: Readonly<Record<string, string>> = {
  amountMinor: 'amount',
  balanceAfterMinor: 'balance_after',
  at: 'created_at',
  previousHash: 'previous_hash',
  orderId: 'order_id',
  agentReference: 'agent_reference',
  topupId: 'topup_id',
  batchId: 'batch_id',
  merchantId: 'merchant_id',
  counterAccount: 'counter_account',
};

/** The fields of a damaged entry that are shown empty, by the names that merchants see; `undefined` if it has none. */
export function damagedFields({ damaged }: Entry): string[] | undefined {
  return damaged?.map((name) => NAMES[name] ?? name);
}
