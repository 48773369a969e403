import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Engine } from '../../shared/local/engine.ts';
import { createTables, startEngine } from '../../shared/local/engine.ts';
import { tables } from '../../shared/manifest/tables.ts';

const folder = mkdtempSync(join(tmpdir(), 'airtime-engine-'));
const { arch } = process;
const clients: DynamoDBClient[] = [];
let engine: Engine;

beforeAll(async () => {
  engine = await startEngine();
});
afterEach(() => {
  Object.defineProperty(process, 'arch', { value: arch, configurable: true });
  delete process.env.DYNAMODB_ENDPOINT;
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

function clientFor(endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials, maxAttempts: 1 });
  clients.push(client);
  return client;
}

async function answers(endpoint: string): Promise<boolean> {
  return fetch(endpoint, { method: 'POST', body: '{}' }).then(
    () => true,
    () => false,
  );
}

it('creating tables a second time keeps their items', async () => {
  const client = clientFor(engine.endpoint);
  await createTables(client, 'twice-');
  const item = { pk: { S: 'a' }, sk: { S: 'b' } };
  await client.send(new PutItemCommand({ TableName: 'twice-merchants', Item: item }));
  await createTables(client, 'twice-');
  const kept = await client.send(new GetItemCommand({ TableName: 'twice-merchants', Key: item }));
  expect(kept.Item).toEqual(item);
});

it('a table of an earlier version gets its missing indexes', async () => {
  const client = clientFor(engine.endpoint);
  await client.send(
    new CreateTableCommand({
      TableName: 'old-orders',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  );
  await createTables(client, 'old-');
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'old-orders' }));
  const all = tables.orders.indexes.map(({ name }) => name);
  expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).sort()).toEqual(all.toSorted());
});

it('a stopped engine has ended, and its data is there at the next start', async () => {
  const dataFile = join(folder, 'kept.db');
  const first = await startEngine({ dataFile });
  await createTables(clientFor(first.endpoint));
  const item = { pk: { S: 'a' }, sk: { S: 'b' } };
  await clientFor(first.endpoint).send(new PutItemCommand({ TableName: 'merchants', Item: item }));
  await first.stop();
  expect(await answers(first.endpoint)).toBe(false);
  const second = await startEngine({ dataFile });
  const kept = await clientFor(second.endpoint).send(new GetItemCommand({ TableName: 'merchants', Key: item }));
  await second.stop();
  expect(kept.Item).toEqual(item);
});

it('an engine ends when its parent is killed', async () => {
  const script = `const { startEngine } = await import(${JSON.stringify(resolve('shared/local/engine.ts'))});
    process.stdout.write((await startEngine()).endpoint);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [endpoint] = await once(parent.stdout, 'data');
  expect(await answers(String(endpoint))).toBe(true);
  parent.kill('SIGKILL');
  for (let tries = 0; tries < 100 && (await answers(String(endpoint))); tries += 1) await sleep(20);
  expect(await answers(String(endpoint))).toBe(false);
});

it('a damaged data file is reported in one sentence that names it', async () => {
  const dataFile = join(folder, 'damaged.db');
  writeFileSync(dataFile, 'this is no database, whatever its name says'.repeat(100));
  await expect(startEngine({ dataFile })).rejects.toThrow(`could not start on ${dataFile}`);
});

it('without an engine one sentence says what to install', async () => {
  Object.defineProperty(process, 'arch', { value: 'mips', configurable: true });
  await expect(startEngine()).rejects.toThrow(/^No database engine for .*-mips: .*install Java .* DYNAMODB_ENDPOINT/);
});

it('an engine that already runs is used on this machine, and refused anywhere else', async () => {
  process.env.DYNAMODB_ENDPOINT = engine.endpoint;
  const given = await startEngine();
  await given.stop();
  expect(given.endpoint).toBe(engine.endpoint);
  expect(await answers(engine.endpoint)).toBe(true);
  process.env.DYNAMODB_ENDPOINT = 'https://dynamodb.us-east-1.amazonaws.com';
  await expect(startEngine()).rejects.toThrow('on this machine');
});
