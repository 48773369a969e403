import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { BatchWriteItemCommand, DeleteTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTables } from '../../shared/local/engine.ts';
import type { TableName } from '../../shared/manifest/tables.ts';
import { tables } from '../../shared/manifest/tables.ts';
import { System } from '../support/system.ts';

/**
 * The worst day of docs/recovery.md as far as this machine has it: tables are lost, come back under their old names from
 * a copy of their items, and nothing else is changed. AWS's own part, making and restoring the copy, is not in it.
 */

type Items = Record<string, AttributeValue>[];

const data = mkdtempSync(join(tmpdir(), 'airtime-recovery-'));
const names = Object.keys(tables) as TableName[];
let system: System;
let client: DynamoDBClient;

beforeAll(async () => {
  system = await System.start(data);
  const { AWS_ENDPOINT_URL_DYNAMODB: endpoint } = system.local.environment;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new DynamoDBClient({ region: 'eu-west-1', credentials, ...(endpoint ? { endpoint } : {}) });
}, 300_000);

afterAll(async () => {
  client.destroy();
  await system.stop();
  rmSync(data, { recursive: true, force: true });
});

async function backUp(): Promise<Map<TableName, Items>> {
  const copies = new Map<TableName, Items>();
  for (const name of names) {
    const items: Items = [];
    let from: Record<string, AttributeValue> | undefined;
    do {
      const page = await client.send(
        new ScanCommand({ TableName: name, ExclusiveStartKey: from, ConsistentRead: true }),
      );
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from);
    copies.set(name, items);
  }
  return copies;
}

/** As AWS does: a new table with the old name, keys and indexes. */
async function restore(copies: ReadonlyMap<TableName, Items>): Promise<void> {
  await createTables(client);
  for (const [name, items] of copies) {
    for (let at = 0; at < items.length; at += 25) {
      const puts = items.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } }));
      await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: puts } }));
    }
  }
}

const verify = (mode: string) => system.operator('ledger', 'verify', system.local.merchantId, 'USD', '--mode', mode);

const order = (reference: string, target = '0772279099') =>
  system.api('/api/v1/orders', {
    key: system.local.testKey,
    body: { product_id: 100, target, amount: 1, agent_reference: reference },
  });

it('tables that were deleted come back under their names, and every ledger and order is as it was', async () => {
  const placed = await Promise.all(['a', 'b', 'c'].map((reference) => order(reference)));
  const unclear = await order('d', '0772279011');
  const before = { test: await verify('test'), live: await verify('live') };

  const copies = await backUp();
  for (const name of names) await client.send(new DeleteTableCommand({ TableName: name }));
  expect((await order('a')).status).toBeGreaterThanOrEqual(500);
  await restore(copies);

  expect({ test: await verify('test'), live: await verify('live') }).toEqual(before);
  const again = await Promise.all(['a', 'b', 'c'].map((reference) => order(reference)));
  expect(again.map(({ json }) => json.id)).toEqual(placed.map(({ json }) => json.id));
  expect((await verify('test')).entries).toBe(before.test.entries);
  const fresh = await order('e');
  expect(fresh.json).toMatchObject({ status: 'success' });
  expect((await verify('test')).entries).toBe(before.test.entries + 1);
  const found = await system.api('/api/v1/orders/d', { key: system.local.testKey });
  expect(found.json.id).toBe(unclear.json.id);
}, 300_000);

it('an entry that the copy does not have is found before anybody spends from it', async () => {
  const copies = await backUp();
  const ledger = copies.get('ledger') ?? [];
  const entries = ledger.filter(({ mode, seq }) => mode?.S === 'test' && seq !== undefined);
  const gone = entries.find(({ seq }) => seq?.N === '2') ?? entries.at(-2);
  copies.set(
    'ledger',
    ledger.filter((each) => each !== gone),
  );
  for (const name of names) await client.send(new DeleteTableCommand({ TableName: name }));
  await restore(copies);
  await expect(verify('test')).rejects.toThrow('the ledger is broken');
}, 300_000);
