import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Entry } from '../../../shared/domain/ledger.ts';
import { append } from '../../../shared/domain/ledger.ts';
import { verifyLedger } from '../../../shared/flows/wallet/verify-ledger.ts';
import { createTables, startEngine } from '../../../shared/local/engine.ts';
import { entryPut } from '../../../shared/store/ledger.ts';
import type { World } from '../../../shared/world.ts';
import type { Line } from '../line.ts';

const ENTRIES = 200_000;
const IN_ENGINE = 20_000;
const wallet = { merchantId: 'mer_bench', mode: 'live', currency: 'USD' } as const;

function chainOf(count: number): Entry[] {
  const entries: Entry[] = [];
  for (let n = 1; n <= count; n += 1) {
    const orderId = `ord_${String(n).padStart(20, '0')}`;
    const draft = { id: `ent_${String(n).padStart(20, '0')}`, orderId, agentReference: `reference-${n}` };
    const amountMinor = n % 2 === 1 ? 500 : -500;
    const description = `Order reference-${n}`;
    const at = new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString();
    entries.push(append(wallet, entries.at(-1), { ...draft, kind: 'order', amountMinor, description }, at));
  }
  return entries;
}

interface Asked {
  readonly input: { readonly ExpressionAttributeValues: { ':from'?: number; ':to'?: number; ':below'?: number } };
}

function inMemory(entries: readonly Entry[]) {
  const items = entries.map((entry) => entryPut(entry).item);
  return {
    async send({ input }: Asked) {
      const { ':from': from, ':to': to, ':below': below } = input.ExpressionAttributeValues;
      if (from !== undefined) return { Items: items.slice(from - 1, to) };
      return { Items: below === undefined ? items.slice(-1) : [] };
    },
  };
}

/** Seconds for a million entries. */
async function secondsOf(db: unknown, count: number): Promise<number> {
  const world = {
    db,
    table: (name: string) => name,
    now: () => new Date().toISOString(),
    memo: new Map(),
  } as unknown as World;
  const startedAt = performance.now();
  const { entries: seen, violation } = await verifyLedger(world, wallet);
  if (violation || seen !== count) throw new Error(violation?.what ?? `${seen} of ${count} entries`);
  return ((performance.now() - startedAt) / 1000) * (1_000_000 / count);
}

async function fromEngine(entries: readonly Entry[]): Promise<number> {
  const engine = await startEngine();
  const client = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await createTables(client);
  const db = DynamoDBDocumentClient.from(client);
  for (let start = 0; start < entries.length; start += 25) {
    const puts = entries.slice(start, start + 25).map((entry) => ({ PutRequest: { Item: entryPut(entry).item } }));
    await db.send(new BatchWriteCommand({ RequestItems: { ledger: puts } }));
  }
  const seconds = await secondsOf(db, entries.length);
  client.destroy();
  await engine.stop();
  return seconds;
}

export const line: Line = {
  name: 'verify-chain',
  what: "Seconds to verify a million entries of a wallet's chain, reckoned from fewer.",
  kind: 'timing',
  wanted: {},
  async measure() {
    const entries = chainOf(ENTRIES);
    return {
      'in memory': await secondsOf(inMemory(entries), ENTRIES),
      'from a local engine': await fromEngine(entries.slice(0, IN_ENGINE)),
    };
  },
};
