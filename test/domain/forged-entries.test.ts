import { expect, it } from '@jest/globals';
import type { Entry, WalletId } from '../../shared/domain/ledger.ts';
import { append, mismatchIn, walletKey } from '../../shared/domain/ledger.ts';
import { sha256 } from '../../shared/domain/sha256.ts';

/**
 * Entries whose hash is right and whose figures are not: whoever can write the table can compute a hash too. The form of
 * the hash is written here a second time, because the hashes of all stored entries depend on it.
 */

const wallet: WalletId = { merchantId: 'mer_1', mode: 'live', currency: 'USD' };
const at = '2026-05-07T08:00:00.000Z';

function sealed(entry: Omit<Entry, 'hash'>): Entry {
  const { previousHash, seq, id, kind, amountMinor, balanceAfterMinor, counterAccount, description } = entry;
  const figures = [previousHash, walletKey(entry), seq, id, kind, amountMinor, balanceAfterMinor];
  const texts = [counterAccount, description, entry.orderId ?? null, entry.agentReference ?? null, entry.at];
  const optional = [
    ...(entry.topupId === undefined ? [] : [entry.topupId]),
    ...(entry.batchId === undefined ? [] : [{ batchId: entry.batchId }]),
  ];
  return { ...entry, hash: sha256(JSON.stringify([...figures, ...texts, ...optional])) };
}

const first = append(wallet, undefined, { id: 'ent_1', kind: 'adjustment', amountMinor: 500, description: 'x' }, at);
const about = { orderId: 'ord_1', agentReference: 'r-1', topupId: 'top_1', batchId: 'bat_1' };
const draft = { id: 'ent_2', kind: 'order', amountMinor: -200, description: 'y', ...about } as const;
const second = append(wallet, first, draft, at);

it('the hash of an entry is of its figures, its texts and what it is about, in this form', () => {
  expect(sealed(first).hash).toBe(first.hash);
  expect(sealed(second).hash).toBe(second.hash);
  expect(mismatchIn(wallet, first, second)).toBeUndefined();
});

it('a balance that does not follow from the entry before is found, whatever the hash', () => {
  expect(mismatchIn(wallet, first, sealed({ ...second, balanceAfterMinor: 301 }))).toBe(
    'entry 2 says balance 3.01, not 3.00',
  );
});

it('a balance below zero is found, although it adds up', () => {
  const overdrawn = sealed({ ...second, amountMinor: -700, balanceAfterMinor: -200 });
  expect(mismatchIn(wallet, first, overdrawn)).toBe('entry 2 has a negative balance');
});
