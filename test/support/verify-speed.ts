import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Entry } from '../../shared/domain/ledger.ts';
import { append } from '../../shared/domain/ledger.ts';
import { verifyLedger } from '../../shared/flows/wallet/verify-ledger.ts';
import { createTables, startEngine } from '../../shared/local/engine.ts';
import { entryPut } from '../../shared/store/ledger.ts';
import type { World } from '../../shared/world.ts';

/**
 * `npm run bench`: how long a wallet's chain takes to verify. A million entries are re-derived from pages in memory; a
 * part of them also from a real engine, page by page, as it is read on AWS. Both in one run, so that they compare.
 */

const ENTRIES = 1_000_000;
const IN_ENGINE = 50_000;
const wallet = { merchantId: 'mer_bench', mode: 'live', currency: 'USD' } as const;

const entries: Entry[] = [];
for (let n = 1; n <= ENTRIES; n += 1) {
  const orderId = `ord_${String(n).padStart(20, '0')}`;
  const draft = { id: `ent_${String(n).padStart(20, '0')}`, orderId, agentReference: `reference-${n}` };
  const amountMinor = n % 2 === 1 ? 500 : -500;
  const description = `Order reference-${n}`;
  const at = new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString();
  entries.push(append(wallet, entries.at(-1), { ...draft, kind: 'order', amountMinor, description }, at));
}

interface Asked {
  readonly input: { readonly ExpressionAttributeValues: { ':from'?: number; ':to'?: number; ':below'?: number } };
}

const inMemory = {
  async send({ input }: Asked) {
    const { ':from': from, ':to': to, ':below': below } = input.ExpressionAttributeValues;
    if (from !== undefined) return { Items: entries.slice(from - 1, to) };
    return { Items: below === undefined ? entries.slice(-1) : [] };
  },
};

async function measure(what: string, db: unknown, count: number): Promise<void> {
  const world = {
    db,
    table: (name: string) => name,
    now: () => new Date().toISOString(),
    memo: new Map(),
  } as unknown as World;
  const startedAt = performance.now();
  const { entries: seen, violation } = await verifyLedger(world, wallet);
  if (violation || seen !== count) throw new Error(`${what}: ${violation?.what ?? `${seen} of ${count} entries`}`);
  const seconds = (performance.now() - startedAt) / 1000;
  const million = (seconds * 1_000_000) / count;
  process.stdout.write(`${what}: ${count} entries in ${seconds.toFixed(1)} s, ${million.toFixed(0)} s a million\n`);
}

await measure('in memory', inMemory, ENTRIES);
const engine = await startEngine();
const client = new DynamoDBClient({
  endpoint: engine.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
await createTables(client);
const db = DynamoDBDocumentClient.from(client);
for (let start = 0; start < IN_ENGINE; start += 25) {
  const puts = entries.slice(start, start + 25).map((entry) => ({ PutRequest: { Item: entryPut(entry).item } }));
  await db.send(new BatchWriteCommand({ RequestItems: { ledger: puts } }));
}
await measure('from a local engine', db, IN_ENGINE);
await engine.stop();
