import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { TableName } from '../../shared/manifest/tables.ts';
import type { World } from '../../shared/world.ts';

/** Every item of a table, as it is stored. Only for small worlds: it reads one page. */
export async function allItems(world: World, table: TableName): Promise<Record<string, unknown>[]> {
  const { Items = [], LastEvaluatedKey } = await world.db.send(
    new ScanCommand({ TableName: world.table(table), ConsistentRead: true }),
  );
  if (LastEvaluatedKey) throw new Error(`${table} has more than a page`);
  return Items.sort((a, b) => (`${a.pk}#${a.sk ?? a.seq}` < `${b.pk}#${b.sk ?? b.seq}` ? -1 : 1));
}
