import type { EntryDraft, WalletId } from '../domain/ledger.ts';
import { ENTRY_KINDS, walletKey } from '../domain/ledger.ts';
import type { Spending, WalletMovement } from '../domain/line.ts';
import { tables } from '../manifest/tables.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import type { Posting } from './posting.ts';
import type { Put } from './write.ts';

const POSTING: Shape<Posting> = { id: 'string', puts: 'object', movements: 'object' };
const PUT: Shape<Put> = { table: 'string', item: 'object', condition: 'string' };
const MOVEMENT: Shape<WalletMovement> = { wallet: 'object', entry: 'object', at: 'string' };
const ENTRY: Shape<EntryDraft> = { id: 'string', kind: 'string', amountMinor: 'number', description: 'string' };
const SPENDING: Shape<Spending> = { campaignId: 'string', day: 'string', amountMinor: 'number' };

/** The posting that a row of a wallet's line holds; `undefined` where it is not whole, or moves another wallet. */
export function toPosting(wallet: WalletId, text: string): Posting | undefined {
  try {
    const posting = fromItem<Posting>('posting', POSTING, JSON.parse(text));
    const { puts, movements, refusal, spending } = posting;
    const isWhole =
      isList(puts) &&
      isList(movements) &&
      [...puts, ...(refusal ? [refusal] : [])].every(isPut) &&
      movements.every((movement) => isMovement(wallet, movement)) &&
      (spending === undefined || isAmount(fromItem<Spending>('spending', SPENDING, { ...spending }).amountMinor));
    return isWhole ? posting : undefined;
  } catch {
    // Not logged: the message of a parser repeats what is stored.
    return undefined;
  }
}

function isList(value: readonly unknown[]): boolean {
  return Array.isArray(value) && value.length > 0;
}

function isPut(stored: Put): boolean {
  const { table, item } = fromItem<Put>('put', PUT, { ...stored });
  return Object.hasOwn(tables, table) && typeof item.pk === 'string';
}

function isMovement(own: WalletId, stored: WalletMovement): boolean {
  const { wallet, entry } = fromItem<WalletMovement>('movement', MOVEMENT, { ...stored });
  const { kind, amountMinor } = fromItem<EntryDraft>('entry', ENTRY, { ...entry });
  return walletKey(wallet) === walletKey(own) && ENTRY_KINDS.includes(kind) && isAmount(amountMinor);
}

function isAmount(amountMinor: number): boolean {
  return Number.isSafeInteger(amountMinor) && amountMinor !== 0;
}
