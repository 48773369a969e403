import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { TableShape } from '../tables.ts';
import { tables } from '../tables.ts';

/**
 * A real DynamoDB engine on this machine. Taken in this order: the one at DYNAMODB_ENDPOINT; Dynoxide, which comes as
 * an npm package; AWS's DynamoDB Local in DYNAMODB_LOCAL_HOME, with Java. Otherwise one sentence says what is missing.
 */

export interface Engine {
  readonly endpoint: string;
  /** The process to stop when its parent died; absent for an engine somebody else runs. */
  readonly pid?: number;
  stop(): Promise<void>;
}

/** A failure that is told to the user in this one sentence. */
export class Unusable extends Error {}

const READY_WITHIN_MS = 15_000;

/** Starts an engine; without a data file it keeps everything in memory. */
export async function startEngine(options: { dataFile?: string } = {}): Promise<Engine> {
  const given = process.env.DYNAMODB_ENDPOINT;
  if (given) return { endpoint: given, stop: async () => {} };
  const port = await freePort();
  const command = engineCommand(port, options.dataFile);
  const child = spawn(command.file, command.args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-500);
  });
  const ended = new Promise<'ended'>((resolve) => {
    child.once('exit', () => resolve('ended'));
    child.once('error', () => resolve('ended'));
  });
  const endpoint = `http://127.0.0.1:${port}`;
  if ((await Promise.race([ended, whenReady(endpoint)])) === 'ended') {
    child.kill('SIGKILL');
    throw new Unusable(`The database engine could not start on ${options.dataFile ?? 'memory'}: ${complaint.trim()}`);
  }
  return {
    endpoint,
    ...(child.pid === undefined ? {} : { pid: child.pid }),
    async stop() {
      child.kill('SIGTERM');
      if ((await Promise.race([ended, sleep(2_000, 'late', { ref: false })])) !== 'ended') child.kill('SIGKILL');
    },
  };
}

/** Creates the tables that are not there yet. */
export async function createTables(client: DynamoDBClient, prefix = ''): Promise<void> {
  const { TableNames: existing = [] } = await client.send(new ListTablesCommand({ Limit: 100 }));
  for (const [name, shape] of Object.entries(tables)) {
    if (!existing.includes(prefix + name)) await client.send(new CreateTableCommand(definition(prefix + name, shape)));
  }
}

function definition(name: string, shape: TableShape): CreateTableCommandInput {
  const keys = [shape.partition, ...(shape.sort ? [shape.sort] : [])];
  const all = [...keys, ...shape.indexes.flatMap((index) => [index.partition, index.sort])];
  const schema = (partition: string, sort?: string) => [
    { AttributeName: partition, KeyType: 'HASH' as const },
    ...(sort ? [{ AttributeName: sort, KeyType: 'RANGE' as const }] : []),
  ];
  const indexes = shape.indexes.map((index) => ({
    IndexName: index.name,
    KeySchema: schema(index.partition.name, index.sort.name),
    Projection:
      index.includes.length > 0
        ? { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: [...index.includes] }
        : { ProjectionType: 'KEYS_ONLY' as const },
  }));
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...new Map(all.map((key) => [key.name, key])).values()].map((key) => ({
      AttributeName: key.name,
      AttributeType: key.type,
    })),
    KeySchema: schema(shape.partition.name, shape.sort?.name),
    ...(indexes.length > 0 ? { GlobalSecondaryIndexes: indexes } : {}),
  };
}

function engineCommand(port: number, dataFile: string | undefined): { file: string; args: string[] } {
  const dynoxide = findDynoxide();
  if (dynoxide) {
    const data = dataFile === undefined ? [] : ['--db-path', dataFile];
    return { file: dynoxide, args: ['--host', '127.0.0.1', '--port', String(port), ...data] };
  }
  const home = process.env.DYNAMODB_LOCAL_HOME;
  if (home && existsSync(join(home, 'DynamoDBLocal.jar'))) {
    const data = dataFile === undefined ? ['-inMemory'] : ['-dbPath', dirname(dataFile)];
    const args = [`-Djava.library.path=${join(home, 'DynamoDBLocal_lib')}`, '-jar', join(home, 'DynamoDBLocal.jar')];
    return { file: 'java', args: [...args, '-sharedDb', '-disableTelemetry', '-port', String(port), ...data] };
  }
  throw new Unusable(
    `No database engine for ${process.platform}-${process.arch}: install the npm package dynoxide, or set ` +
      'DYNAMODB_LOCAL_HOME to a folder with DynamoDB Local, or DYNAMODB_ENDPOINT to a running engine.',
  );
}

function findDynoxide(): string | undefined {
  const require = createRequire(import.meta.url);
  for (const name of [`@dynoxide/${process.platform}-${process.arch}`, 'dynoxide']) {
    try {
      const file = join(dirname(require.resolve(`${name}/package.json`)), 'dynoxide');
      if (existsSync(file)) return file;
    } catch {
      // Not installed for this platform: the next name, or another engine.
    }
  }
  return undefined;
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function whenReady(endpoint: string): Promise<'ready'> {
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      await fetch(endpoint, { method: 'POST', body: '{}' });
      return 'ready';
    } catch (error) {
      if (Date.now() > giveUpAt) throw new Unusable('The database engine does not answer.', { cause: error });
      await sleep(10);
    }
  }
}
