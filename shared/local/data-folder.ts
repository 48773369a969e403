import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf } from '../domain/message-of.ts';
import { Unusable } from './engine.ts';

/** The folder in which `npm start` keeps everything: database, queues, files, what the simulators delivered, keys. */

/** What `npm start` writes for scripts, as `local.json`. Holds keys of this machine only. */
export interface LocalFile {
  readonly baseUrl: string;
  readonly merchantId: string;
  readonly liveKey: string;
  readonly testKey: string;
  /** The keys' ids: what PesaWay's clients log in with, as `consumer_key`. */
  readonly liveKeyId: string;
  readonly testKeyId: string;
  /** Of the demo merchant's live webhook endpoint. */
  readonly webhookSecret: string;
  /** A live campaign of the demo merchant, and what its payouts are signed with. */
  readonly campaignId: string;
  readonly campaignSecret: string;
  readonly simulators: Readonly<Record<string, string>>;
  /** What `npm run operator` needs to work on the same data. */
  readonly environment: Readonly<Record<string, string>>;
}

export class DataFolder {
  readonly path: string;

  /** Opens the folder for this process alone. Every way it can be unusable is told in one sentence. */
  constructor(path: string, options: { reset: boolean }) {
    this.path = resolve(path);
    if (existsSync(this.path) && !statSync(this.path).isDirectory()) {
      throw new Unusable(`${path} is a file, not a folder; choose another with --data.`);
    }
    try {
      mkdirSync(this.path, { recursive: true });
      const owner = this.#owner();
      if (owner !== undefined) {
        throw new Unusable(
          `${path} is in use by another npm start (process ${owner}); stop it or choose another --data.`,
        );
      }
      this.#stopOrphan();
      if (options.reset) this.#empty();
      writeFileSync(this.file('lock'), String(process.pid));
    } catch (error) {
      if (error instanceof Unusable) throw error;
      throw new Unusable(`${path} cannot be used: ${messageOf(error)}.`);
    }
  }

  file(name: string): string {
    return join(this.path, name);
  }

  close(): void {
    rmSync(this.file('lock'), { force: true });
    rmSync(this.file('engine.pid'), { force: true });
  }

  noteEngine(pid: number): void {
    writeFileSync(this.file('engine.pid'), String(pid));
  }

  readLocal(): LocalFile | undefined {
    if (!existsSync(this.file('local.json'))) return undefined;
    try {
      return JSON.parse(readFileSync(this.file('local.json'), 'utf8'));
    } catch {
      throw new Unusable(
        `${this.file('local.json')} is damaged; delete it to get new keys, or start over with --reset.`,
      );
    }
  }

  writeLocal(local: LocalFile): void {
    // Beside it and then in its place, so that a kill leaves the old or the new one, never half of it.
    writeFileSync(this.file('local.json.new'), `${JSON.stringify(local, null, 2)}\n`, { mode: 0o600 });
    renameSync(this.file('local.json.new'), this.file('local.json'));
  }

  /** The random key of this installation, made once. */
  signingKey(): string {
    const file = this.file('signing-key');
    if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('base64'), { mode: 0o600 });
    return readFileSync(file, 'utf8');
  }

  #owner(): number | undefined {
    const pid = this.#pidIn('lock');
    return pid !== undefined && isRunning(pid, 'start.ts') ? pid : undefined;
  }

  /** After a kill the engine outlives its parent and holds the database: it is ended before a new one starts. */
  #stopOrphan(): void {
    const pid = this.#pidIn('engine.pid');
    if (pid !== undefined && isRunning(pid, this.path)) process.kill(pid, 'SIGKILL');
  }

  #pidIn(name: string): number | undefined {
    if (!existsSync(this.file(name))) return undefined;
    const pid = Number(readFileSync(this.file(name), 'utf8'));
    return Number.isInteger(pid) && pid > 0 && pid !== process.pid ? pid : undefined;
  }

  /** Removes only what npm start itself keeps here, so that a mistyped --data costs nothing. */
  #empty(): void {
    for (const name of OWN_FILES) rmSync(this.file(name), { recursive: true, force: true });
  }
}

const OWN_FILES = [
  'airtime.db',
  'airtime.db-shm',
  'airtime.db-wal',
  'airtime.log',
  'engine.pid',
  'files.db',
  'files.db-journal',
  'hotrecharge-deliveries.jsonl',
  'local.json',
  'local.json.new',
  'lock',
  'pesaway-deliveries.jsonl',
  'queues',
  'signing-key',
];

/** Whether a process runs and its command line names what we expect; process numbers are used again. */
function isRunning(pid: number, expected: string): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes(expected);
}
