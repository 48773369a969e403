import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { defined } from '../domain/defined.ts';
import type { Instant } from '../domain/time.ts';
import { newId } from '../id.ts';
import type { World } from '../world.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import type { Put } from './write.ts';
import { Retry, withRetries, write } from './write.ts';

/**
 * Merchant items: `merchant#<id>` / `profile`. API keys (`keys.ts`), people (`teams.ts`) and webhook endpoints
 * (`endpoints.ts`) are in the same table.
 */

export interface Merchant {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Instant;
}

const MERCHANT: Shape<Merchant> = { id: 'string', name: 'string', createdAt: 'string' };

/** `companionsOf`: what is written in the same transaction. */
export async function createMerchant(
  world: World,
  name: string,
  companionsOf: (merchant: Merchant) => readonly Put[] = () => [],
  id = newId(world, 'mer'),
): Promise<Merchant> {
  const merchant = { id, name, createdAt: world.now() };
  const puts = [merchantPut(merchant), ...companionsOf(merchant)];
  return withRetries(world, async () => {
    const written = await write(world, puts);
    // An item that has the id is our own, from a try whose answer was lost, or from an earlier run.
    return written.kind === 'again' ? new Retry(written.reason) : merchant;
  });
}

/** A new merchant, as one put of the transaction that makes it. */
export function merchantPut(merchant: Merchant): Put {
  const item = { pk: merchantPk(merchant.id), sk: 'profile', ...merchant };
  return { table: 'merchants', item, condition: 'attribute_not_exists(pk)' };
}

/** Another name for a merchant, as one put of a transaction, if it still has the one that was read. */
export function renamePut(merchant: Merchant, name: string): Put {
  const item = { pk: merchantPk(merchant.id), sk: 'profile', ...merchant, name };
  const values = { ':before': merchant.name };
  return { table: 'merchants', item, condition: '#name = :before', names: { '#name': 'name' }, values };
}

/** The merchant of a key or a campaign, which exists. */
export async function findMerchant(world: World, merchantId: string): Promise<Merchant> {
  const merchant = await readMerchant(world, merchantId);
  if (!merchant) throw new Error(`merchant ${merchantId} has a key and no profile`);
  return merchant;
}

export async function readMerchant(world: World, merchantId: string): Promise<Merchant | undefined> {
  const answer = await world.db.send(
    new GetCommand({
      TableName: world.table('merchants'),
      Key: { pk: merchantPk(merchantId), sk: 'profile' },
      ConsistentRead: true,
    }),
  );
  return answer.Item && fromItem('merchant', MERCHANT, answer.Item);
}

/** All merchants, or those whose name contains a text, oldest first. Reads the whole table: for operators only. */
export async function listMerchants(world: World, name = ''): Promise<Merchant[]> {
  const merchants: Merchant[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await world.db.send(
      new ScanCommand({
        TableName: world.table('merchants'),
        FilterExpression: 'sk = :profile',
        ExpressionAttributeValues: { ':profile': 'profile' },
        ...defined({ ExclusiveStartKey: start }),
      }),
    );
    for (const item of page.Items ?? []) merchants.push(fromItem('merchant', MERCHANT, item));
    start = page.LastEvaluatedKey;
  } while (start);
  const wanted = name.toLowerCase();
  const found = merchants.filter((each) => each.name.toLowerCase().includes(wanted));
  return found.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

export function merchantPk(merchantId: string): string {
  return `merchant#${merchantId}`;
}
