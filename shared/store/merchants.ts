import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Instant } from '../domain/time.ts';
import { newId } from '../id.ts';
import type { World } from '../world.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';

/**
 * Merchant items: `merchant#<id>` / `profile`. API keys (`keys.ts`) and webhook endpoints (`endpoints.ts`) are in the
 * same table.
 */

export interface Merchant {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Instant;
}

const MERCHANT: Shape<Merchant> = { id: 'string', name: 'string', createdAt: 'string' };

export async function createMerchant(world: World, name: string): Promise<Merchant> {
  const merchant = { id: newId(world, 'mer'), name, createdAt: world.now() };
  await world.db.send(
    new PutCommand({
      TableName: world.table('merchants'),
      Item: { pk: merchantPk(merchant.id), sk: 'profile', ...merchant },
      ConditionExpression: 'attribute_not_exists(pk)',
    }),
  );
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

export function merchantPk(merchantId: string): string {
  return `merchant#${merchantId}`;
}
