import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateTableCommand, DescribeTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { defined } from '../domain/defined.ts';
import type { TableName, TableShape } from '../manifest/tables.ts';
import { tables } from '../manifest/tables.ts';
import { StartError } from './start-error.ts';

/**
 * A real DynamoDB engine on this machine. The first of these is used: the one at DYNAMODB_ENDPOINT; Dynoxide, an npm
 * package; AWS's DynamoDB Local in DYNAMODB_LOCAL_HOME, with Java. Otherwise one sentence says what is missing.
 */

export interface Engine {
  readonly endpoint: string;
  /** The process, to be stopped if its parent dies. Absent for an engine that was already running. */
  readonly pid?: number;
  stop(): Promise<void>;
}

/** What sends commands to the engine. */
type Sends = Pick<DynamoDBClient, 'send'>;

const ROOT = join(import.meta.dirname, '../..');
const READY_WITHIN_MS = 15_000;
/** Another process may take a free port before the engine does. */
const PORTS_TRIED_MAX = 3;

/** Starts an engine, without a data file in memory. It never outlives this process. */
export async function startEngine(options: { dataFile?: string } = {}): Promise<Engine> {
  const given = process.env.DYNAMODB_ENDPOINT;
  if (given) return { endpoint: requireLoopback(given), stop: async () => {} };
  for (let tries = 1; ; tries += 1) {
    const started = await launch(await freePort(), options.dataFile);
    if (typeof started !== 'string') return started;
    if (started.includes('already in use') && tries < PORTS_TRIED_MAX) continue;
    throw new StartError(`The database engine could not start on ${options.dataFile ?? 'memory'}: ${started}`);
  }
}

/** Local mode reaches this machine only, also when the engine is given. */
function requireLoopback(endpoint: string): string {
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname : '';
  if (['127.0.0.1', 'localhost', '[::1]'].includes(host)) return endpoint;
  throw new StartError('DYNAMODB_ENDPOINT must be an engine on this machine, such as http://127.0.0.1:8000.');
}

/** Tries one port: returns an engine, or the reason why there is none. */
async function launch(port: number, dataFile: string | undefined): Promise<Engine | string> {
  const child = spawnBound(engineCommand(port, dataFile));
  let stderr = '';
  child.stderr?.on('error', () => {});
  child.stderr?.on('data', (chunk) => {
    stderr = `${stderr}${chunk}`.slice(-500);
  });
  const ended = new Promise<'ended'>((resolve) => {
    child.once('close', () => resolve('ended'));
    // Not only once: a failing kill is an error too, and one without a listener ends the process.
    child.on('error', (error) => {
      stderr = error.message;
      resolve('ended');
    });
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const probing = new AbortController();
  const first = await Promise.race([ended, whenReady(endpoint, probing.signal)]);
  probing.abort();
  if (first === 'ended' || child.exitCode !== null) {
    await ended;
    return stderr.trim() || 'it ended without an error message';
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
 * Starts the engine so that it ends with this process, even when this process is killed: a shell reads from a pipe that
 * only this process holds, and kills the engine if the pipe closes without a line. The engine has a session of its own,
 * so that Ctrl-C does not reach it and the database still runs while requests are drained.
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
  // The line that stops the shell from killing: the ended engine's process id may belong to another process by then.
  child.once('exit', () => lifeline.end('over\n'));
  return child;
}

/**
 * Creates missing tables, and missing indexes of existing tables, because a data folder is used with later versions
 * too.
 */
export async function createTables(client: Sends, prefix = ''): Promise<void> {
  for (const name of Object.keys(tables) as TableName[]) await createTable(client, name, prefix);
}

export async function createTable(client: Sends, name: TableName, prefix: string): Promise<void> {
  const wanted = definition(prefix + name, tables[name]);
  try {
    await client.send(new CreateTableCommand(wanted));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceInUseException') throw error;
    await addIndexes(client, wanted);
  }
}

async function addIndexes(client: Sends, wanted: CreateTableCommandInput): Promise<void> {
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
  const dynoxide = findDynoxide(process.platform, process.arch);
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
  throw new StartError(
    `No database engine for ${process.platform}-${process.arch}: run node bin/setup.mjs, or install Java and set ` +
      'DYNAMODB_LOCAL_HOME to a folder with DynamoDB Local, or DYNAMODB_ENDPOINT to a running engine.',
  );
}

/** Dynoxide's program: out of the lock file, or where `bin/setup.mjs` puts it on other platforms than Linux x64. */
export function findDynoxide(platform: string, arch: string, root = ROOT): string | undefined {
  const inPackage = join('@dynoxide', `${platform}-${arch}`, platform === 'win32' ? 'dynoxide.exe' : 'dynoxide');
  const folders = ['node_modules', 'node_modules/.engine/node_modules'];
  return folders.map((folder) => join(root, folder, inPackage)).find((file) => existsSync(file));
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
        throw new StartError('The database engine does not answer.', { cause: error });
      await sleep(10);
    }
  }
}
