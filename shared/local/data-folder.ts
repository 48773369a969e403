import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf } from '../domain/message-of.ts';
import type { OwnKey } from '../manifest/access.ts';
import { OWN_KEYS } from '../manifest/access.ts';
import { StartError } from './start-error.ts';

/**
 * The version of the data in the folder, in its file `format`. It goes up when stored attributes change: an item
 * that is read under other names than it was written with would be refused or, worse, misread.
 */
export const DATA_FORMAT = 8;

/** What `npm start` writes for scripts, as `local.json`. The keys in it are valid on this machine only. */
export interface LocalFile {
  readonly baseUrl: string;
  readonly merchantId: string;
  readonly liveKey: string;
  readonly testKey: string;
  /** The ids of the keys, which clients of PesaWay's API log in with as `consumer_key`. */
  readonly liveKeyId: string;
  readonly testKeyId: string;
  /** The secret of the demo merchant's live webhook endpoint. */
  readonly webhookSecret: string;
  /** A live campaign of the demo merchant, and the secret that its payouts are signed with. */
  readonly campaignId: string;
  readonly campaignSecret: string;
  readonly simulators: Readonly<Record<string, string>>;
  /** What `npm run operator` needs to work on the same data. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The folder in which `npm start` keeps all data: database, queues, files, keys, and what the fakes delivered. */
export class DataFolder {
  readonly path: string;

  /** Opens the folder for this process alone. If it cannot be used, one sentence says why and what to do. */
  constructor(path: string, options: { reset: boolean }) {
    this.path = resolve(path);
    if (existsSync(this.path) && !statSync(this.path).isDirectory()) {
      throw new StartError(`${path} is a file, not a folder; choose another with --data.`);
    }
    try {
      mkdirSync(this.path, { recursive: true, mode: 0o700 });
      const owner = this.#owner();
      if (owner !== undefined) {
        throw new StartError(
          `${path} is in use by another npm start (process ${owner}); stop it or choose another --data.`,
        );
      }
      this.#stopOrphan();
      if (options.reset) this.#empty();
      this.#requireFormat(path);
      this.#closeToOthers();
      writeFileSync(this.file('lock'), String(process.pid));
    } catch (error) {
      if (error instanceof StartError) throw error;
      throw new StartError(`${path} cannot be used: ${messageOf(error)}.`);
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
      throw new StartError(
        `${this.file('local.json')} is damaged; delete it to get new keys, or start over with --reset.`,
      );
    }
  }

  writeLocal(local: LocalFile): void {
    writeWhole(this.file('local.json'), local);
  }

  /**
   * The random keys of this installation, made once. A folder from before there was one for each purpose gets new ones,
   * and accepts its old one beside each, so that every secret and link that was made by it holds.
   */
  signingKeys(): Record<OwnKey, string> {
    const file = this.file('signing-keys.json');
    const oldFile = this.file('signing-key');
    if (!existsSync(file)) {
      const old = existsSync(oldFile) ? readFileSync(oldFile, 'utf8') : undefined;
      this.#writeKeys(Object.fromEntries(OWN_KEYS.map((purpose) => [purpose, firstKeys(old)])));
    }
    rmSync(oldFile, { force: true });
    // A folder may be older than a purpose.
    const keys = JSON.parse(readFileSync(file, 'utf8'));
    const missing = OWN_KEYS.filter((purpose) => keys[purpose] === undefined);
    if (missing.length === 0) return keys;
    this.#writeKeys({ ...keys, ...Object.fromEntries(missing.map((purpose) => [purpose, firstKeys(undefined)])) });
    return this.signingKeys();
  }

  /** The random key that links to files are signed with. It is kept, because a link may be used after a restart. */
  filesKey(): string {
    const file = this.file('files-key');
    if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600 });
    return readFileSync(file, 'utf8');
  }

  saveSigningKey(purpose: string, text: string): void {
    this.#writeKeys({ ...this.signingKeys(), [purpose]: text });
  }

  #writeKeys(keys: Readonly<Record<string, string>>): void {
    writeWhole(this.file('signing-keys.json'), keys);
  }

  /** The database holds keys' hashes, numbers and money, and the folder may be older than this rule. */
  #closeToOthers(): void {
    for (const name of OWN_FILES) {
      const file = this.file(name);
      if (existsSync(file)) chmodSync(file, statSync(file).isDirectory() ? 0o700 : 0o600);
    }
  }

  #owner(): number | undefined {
    const pid = this.#pidIn('lock');
    return pid !== undefined && isRunning(pid, 'start.ts') ? pid : undefined;
  }

  /** Where nothing ends the engine with its parent, it still holds the database after a kill. */
  #stopOrphan(): void {
    const pid = this.#pidIn('engine.pid');
    if (pid !== undefined && isRunning(pid, this.path)) process.kill(pid, 'SIGKILL');
  }

  #pidIn(name: string): number | undefined {
    if (!existsSync(this.file(name))) return undefined;
    const pid = Number(readFileSync(this.file(name), 'utf8'));
    return Number.isInteger(pid) && pid > 0 && pid !== process.pid ? pid : undefined;
  }

  /** A folder with data and without a version is older than the versions. */
  #requireFormat(path: string): void {
    const file = this.file('format');
    const isNew = !OWN_FILES.some((name) => existsSync(this.file(name)));
    if (isNew) writeFileSync(file, String(DATA_FORMAT));
    else if (!existsSync(file) || readFileSync(file, 'utf8').trim() !== String(DATA_FORMAT)) {
      throw new StartError(
        `${path} holds data of another version of Airtime: ` +
          `start over with npm start -- --data ${path} --reset, or move the folder away to keep it.`,
      );
    }
  }

  /** Removes only the files of npm start, so that a mistyped --data does no harm. */
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
  'files-key',
  'files.db',
  'files.db-journal',
  'format',
  'heads-key.pem',
  'hotrecharge-deliveries.jsonl',
  'local.json',
  'local.json.new',
  'lock',
  'mail.jsonl',
  'people-keys.json',
  'people-keys.json.new',
  'people.json',
  'people.json.new',
  'pesaway-deliveries.jsonl',
  'pesepay-payments.jsonl',
  'queues',
  'shared-local-instance.db',
  'signing-key',
  'signing-keys.json',
  'signing-keys.json.new',
];

/** Writes a second file and then renames it, so that a kill leaves the old or the new one, never half of it. */
export function writeWhole(file: string, content: object): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The text of a signing secret: a new key, and the old one of this folder, which nothing ends. */
function firstKeys(old: string | undefined): string {
  const key = randomBytes(32).toString('base64');
  return old === undefined
    ? key
    : JSON.stringify({
        keys: [
          { version: 2, key },
          { version: 1, key: old },
        ],
      });
}

/** Whether a process runs whose command line contains this text: process ids are reused. */
function isRunning(pid: number, expected: string): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes(expected);
}
