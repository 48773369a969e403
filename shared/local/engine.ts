import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateTableCommand, DescribeTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { defined } from '../domain/defined.ts';
import type { TableShape } from '../manifest/tables.ts';
import { tables } from '../manifest/tables.ts';

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
/** Between finding a free port and using it somebody else may take it. */
const PORTS_TRIED_MAX = 3;

/** Starts an engine; without a data file it keeps everything in memory. It never outlives this process. */
export async function startEngine(options: { dataFile?: string } = {}): Promise<Engine> {
  const given = process.env.DYNAMODB_ENDPOINT;
  if (given) return { endpoint: requireLoopback(given), stop: async () => {} };
  for (let tries = 1; ; tries += 1) {
    const started = await launch(await freePort(), options.dataFile);
    if (typeof started !== 'string') return started;
    if (started.includes('already in use') && tries < PORTS_TRIED_MAX) continue;
    throw new Unusable(`The database engine could not start on ${options.dataFile ?? 'memory'}: ${started}`);
  }
}

/** Local mode reaches this machine only, also where it is told which engine to use. */
function requireLoopback(endpoint: string): string {
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname : '';
  if (['127.0.0.1', 'localhost', '[::1]'].includes(host)) return endpoint;
  throw new Unusable('DYNAMODB_ENDPOINT must be an engine on this machine, such as http://127.0.0.1:8000.');
}

/** One try on one port: an engine, or why there is none. */
async function launch(port: number, dataFile: string | undefined): Promise<Engine | string> {
  const child = spawnBound(engineCommand(port, dataFile));
  let complaint = '';
  child.stderr?.on('data', (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-500);
  });
  const ended = new Promise<'ended'>((resolve) => {
    child.once('close', () => resolve('ended'));
    child.once('error', (error) => {
      complaint = error.message;
      resolve('ended');
    });
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const probing = new AbortController();
  const first = await Promise.race([ended, whenReady(endpoint, probing.signal)]);
  probing.abort();
  if (first === 'ended' || child.exitCode !== null) {
    await ended;
    return complaint.trim() || 'it ended without saying why';
  }
  return {
    endpoint,
    ...defined({ pid: child.pid }),
    async stop() {
      child.kill('SIGTERM');
      if ((await Promise.race([ended, sleep(2_000, 'late', { ref: false })])) !== 'ended') child.kill('SIGKILL');
    },
  };
}

/**
 * Starts the engine so that it dies with this process, also when this one is killed: a shell waits for the end of a
 * pipe that only we hold, and kills the engine if that end comes without a word. It has a session of its own, so that
 * Ctrl-C reaches us alone and the database is still there while requests are drained.
 */
function spawnBound({ file, args }: { file: string; args: readonly string[] }): ChildProcess {
  if (process.platform === 'win32') return spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const script = '(read _ || kill -9 $$) <&3 2>/dev/null & exec "$@" 3<&-';
  const child = spawn('/bin/sh', ['-c', script, 'sh', file, ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const lifeline = child.stdio[3] as Writable;
  lifeline.on('error', () => {});
  // The word that tells the shell not to kill: by then the number of the ended process may be somebody else's.
  child.once('exit', () => lifeline.end('over\n'));
  return child;
}

/**
 * Creates the tables that are not there. Those that are keep their items and get the indexes they lack, because a data
 * folder outlives many versions of us.
 */
export async function createTables(client: DynamoDBClient, prefix = ''): Promise<void> {
  for (const [name, shape] of Object.entries<TableShape>(tables)) {
    const wanted = definition(prefix + name, shape);
    try {
      await client.send(new CreateTableCommand(wanted));
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ResourceInUseException') throw error;
      await addIndexes(client, wanted);
    }
  }
}

async function addIndexes(client: DynamoDBClient, wanted: CreateTableCommandInput): Promise<void> {
  const { TableName, AttributeDefinitions, GlobalSecondaryIndexes: indexes = [] } = wanted;
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  for (const index of indexes) {
    if (Table?.GlobalSecondaryIndexes?.some(({ IndexName }) => IndexName === index.IndexName)) continue;
    const GlobalSecondaryIndexUpdates = [{ Create: index }];
    await client.send(new UpdateTableCommand({ TableName, AttributeDefinitions, GlobalSecondaryIndexUpdates }));
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

async function whenReady(endpoint: string, signal: AbortSignal): Promise<'ready'> {
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      await fetch(endpoint, { method: 'POST', body: '{}' });
      return 'ready';
    } catch (error) {
      if (signal.aborted || Date.now() > giveUpAt)
        throw new Unusable('The database engine does not answer.', { cause: error });
      await sleep(10);
    }
  }
}
