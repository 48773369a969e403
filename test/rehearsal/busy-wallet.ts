import { randomBytes } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { WalletId } from '../../shared/domain/ledger.ts';
import { plus } from '../../shared/domain/time.ts';
import { putRow, readLead, rowOf, saveLead } from '../../shared/store/lines.ts';
import type { Put } from '../../shared/store/write.ts';
import type { World } from '../../shared/world.ts';

/** Longer than anybody believes it: who has seen the same lead for a second takes it. */
const HELD_MS = 60_000;
/** How much later than now the rows say that they were put: they wait so much longer than rows do. */
const ROWS_LATER_MS = 20_000;

/**
 * Leaves a wallet as others would who died: somebody leads, and a posting of each kind waits. So
 * whoever moves money next finds the wallet busy, waits in its line, takes the lead, and posts for all. `campaignId`
 * is one of the wallet's currency. The items of these postings are nobody's, and no sweep or list finds them.
 */
export async function leaveBusy(database: DynamoDBDocumentClient, wallet: WalletId, campaignId: string): Promise<void> {
  const now = () => new Date().toISOString();
  const table = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
  const world = { db: database, table, now } as unknown as World;
  const kinds: Put['table'][][] = [['orders'], ['topups'], ['batches'], ['campaigns'], ['wallets', 'audit']];
  const rows = kinds.map((tables) => {
    const id = `wri_${randomBytes(8).toString('hex')}`;
    const puts = tables.map((name) => ({
      table: name,
      item: { pk: `left#${id}`, ...(name === 'audit' ? { sk: id } : {}), writeId: id },
      condition: 'attribute_not_exists(pk)',
    }));
    const amountMinor = -1;
    const entry = { id: id.replace('wri', 'ent'), kind: 'order', amountMinor, description: 'Left' } as const;
    const spending = { campaignId, day: now().slice(0, 10), amountMinor };
    const posting = { id, puts, movements: [{ wallet, entry, at: now() }] };
    return rowOf(wallet, tables[0] === 'orders' ? { ...posting, spending } : posting, plus(now(), ROWS_LATER_MS));
  });
  const before = await readLead(world, wallet);
  const lead = { holder: 'left', until: plus(now(), HELD_MS), version: (before?.version ?? 0) + 1 };
  await Promise.all([...rows.map((row) => putRow(world, row)), saveLead(world, wallet, lead)]);
}
