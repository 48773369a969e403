import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Mode } from '../domain/ledger.ts';
import type { Rotating } from '../domain/rotation.ts';
import type { World } from '../world.ts';

/** Whoever has a secret that is derived from a signing key: a webhook endpoint, or a campaign. */
export interface SecretHolder extends Rotating {
  readonly id: string;
  readonly merchantId: string;
  readonly mode: Mode;
}

const HOLDERS = {
  webhook: { table: 'merchants', filter: '(begins_with(sk, :one) OR begins_with(sk, :other))', one: 'endpoint#' },
  campaign: { table: 'campaigns', filter: '(begins_with(pk, :one) AND attribute_exists(secretVersion))', one: 'cmp_' },
} as const;

/**
 * Everybody's secrets of a kind. It reads a whole table, so it is for an operator who is rotating a key, and no
 * function may do it.
 */
export async function* secretHolders(world: World, kind: keyof typeof HOLDERS): AsyncGenerator<SecretHolder> {
  const { table, filter, one } = HOLDERS[kind];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await world.db.send(
      new ScanCommand({
        TableName: world.table(table),
        FilterExpression: `${filter} AND attribute_not_exists(deletedAt)`,
        ExpressionAttributeValues: { ':one': one, ...(kind === 'webhook' ? { ':other': 'results#' } : {}) },
        ExclusiveStartKey: from,
      }),
    );
    yield* (page.Items ?? []) as SecretHolder[];
    from = page.LastEvaluatedKey;
  } while (from);
}
