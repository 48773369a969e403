import { assert } from '../domain/assert.ts';
import type { Entry, EntryDraft, Owner, WalletId } from '../domain/ledger.ts';
import { balanceOf, walletKey } from '../domain/ledger.ts';
import { newId } from '../id.ts';
import type { World } from '../world.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { forget, readEntry, readTail } from './ledger.ts';
import { post } from './post.ts';
import { booksOf, decideBatch, writeEntries } from './posting.ts';
import { readItems } from './read-items.ts';
import type { Put } from './write.ts';
import { Retry, withRetries } from './write.ts';

/**
 * The entries that operators made, and testers in their own test wallets, in the table of wallets, by `pk`:
 * `adjustment#<owner>#<reference>`.
 */

interface Adjustment extends WalletId {
  readonly seq: number;
  readonly entryId: string;
}

const ADJUSTMENT: Shape<Adjustment> = {
  merchantId: 'string',
  mode: 'string',
  currency: 'string',
  seq: 'number',
  entryId: 'string',
};

/**
 * Appends one entry under a reference, such as an operator's adjustment. Exactly once, for any number of callers and
 * after a lost answer: the reference, the entry and the companions are one transaction. `isNew` is false where the
 * reference has an entry already; it may be of another wallet or amount. `undefined` where the wallet does not cover
 * the debit.
 */
export function appendOnce(
  world: World,
  wallet: WalletId,
  draft: Omit<EntryDraft, 'id'>,
  { reference, companions }: { reference: string; companions: readonly Put[] },
): Promise<{ entry: Entry; isNew: boolean } | undefined> {
  const [id, entryId] = [newId(world, 'wri'), newId(world, 'ent')];
  const { merchantId, mode, currency } = wallet;
  const item = { pk: adjustmentPk(wallet, reference), merchantId, mode, currency, entryId, writeId: id };
  const put = { table: 'wallets', item, condition: 'attribute_not_exists(pk)' } as const;
  const read = () => readAdjustment(world, wallet, reference);
  return withRetries(world, async () => {
    let existing = await read();
    if (!existing) {
      const movements = [{ wallet, entry: { ...draft, id: entryId }, at: world.now() }];
      const posted = await post(world, { id, puts: [put, ...companions], movements, isNumbered: true });
      if (posted.kind === 'uncovered') return undefined;
      existing = await read();
    }
    if (!existing) return new Retry('the entry was not posted');
    return { entry: await entryOf(world, existing), isNew: existing.entryId === entryId };
  });
}

/**
 * Brings a wallet to a balance by one entry of the difference; `undefined` where it has that balance already. The
 * difference is that to the last entry, and the new one is written only directly behind it, with its companions; else
 * it is reckoned again. So the wallet holds exactly this at the moment of the write, whatever is posted at the same
 * time. Our own write is known by its item when its answer was lost, so that one call sets the balance once.
 */
export function setBalance(
  world: World,
  wallet: WalletId,
  { balanceMinor, description }: { readonly balanceMinor: number; readonly description: string },
  companionsOf: (beforeMinor: number) => readonly Put[],
): Promise<Entry | undefined> {
  const [id, entryId, reference] = [newId(world, 'wri'), newId(world, 'ent'), newId(world, 'ref')];
  const { merchantId, mode, currency } = wallet;
  assert(mode === 'test', 'no live balance is ever set');
  const item = { pk: adjustmentPk(wallet, reference), merchantId, mode, currency, entryId, writeId: id };
  const put = { table: 'wallets', item, condition: 'attribute_not_exists(pk)' } as const;
  return withRetries(world, async (tries) => {
    const written = tries > 0 ? await readAdjustment(world, wallet, reference) : undefined;
    if (written) return entryOf(world, written);
    const tail = await readTail(world, wallet);
    const amountMinor = balanceMinor - balanceOf(tail);
    if (amountMinor === 0) return undefined;
    const entry = { id: entryId, kind: 'adjustment', amountMinor, description } as const;
    const puts = [put, ...companionsOf(balanceOf(tail))];
    const posting = { id, puts, movements: [{ wallet, entry, at: world.now() }], isNumbered: true } as const;
    const batch = decideBatch(booksOf([tail], []), [posting], 1);
    forget(world, wallet);
    const { kind } = await writeEntries(world, batch);
    if (kind !== 'done') return new Retry('another entry was written first');
    const decision = batch.parts[0]?.decision;
    return decision?.kind === 'posted' ? decision.entries[0] : undefined;
  });
}

/** The entry that an operator made under a reference; `undefined` where the reference is free. */
async function readAdjustment(world: World, owner: Owner, reference: string): Promise<Adjustment | undefined> {
  const [item] = await readItems(world, 'wallets', [adjustmentPk(owner, reference)]);
  return item && fromItem('adjustment', ADJUSTMENT, item);
}

async function entryOf(world: World, { seq, ...wallet }: WalletId & { readonly seq: number }): Promise<Entry> {
  const entry = await readEntry(world, wallet, seq);
  if (!entry) throw new Error(`entry ${seq} of ${walletKey(wallet)} is missing`);
  return entry;
}

function adjustmentPk({ merchantId, mode }: Owner, reference: string): string {
  return `adjustment#${merchantId}#${mode}#${reference}`;
}
