import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { isKeyLike, NO_KEY } from '../connection.ts';
import type { Terminal } from './terminal.ts';
import { NoKeyError, UsageError } from './terminal.ts';

/** A key, and the only place that it is sent to. */
export interface Profile {
  readonly base_url: string;
  readonly api_key: string;
}

interface Stored {
  readonly profiles: Readonly<Record<string, Profile>>;
}

export const DEFAULT_BASE_URL = 'http://localhost:8080';

/** The file of all profiles, which only its owner can read. */
export function profilesFile(env: Terminal['env']): string {
  const folder = env.XDG_CONFIG_HOME || env.APPDATA || join(env.HOME ?? homedir(), '.config');
  return join(folder, 'airtime', 'profiles.json');
}

/** A key of the environment is used with the address of the environment, one of a profile with that of the profile. */
export function chosenProfile(env: Terminal['env'], name: string | undefined): Profile {
  if (name === undefined && env.AIRTIME_KEY) {
    if (!isKeyLike(env.AIRTIME_KEY)) throw new NoKeyError(`AIRTIME_KEY ${NO_KEY}.`);
    return { api_key: env.AIRTIME_KEY, base_url: env.AIRTIME_URL ?? DEFAULT_BASE_URL };
  }
  const chosen = name ?? env.AIRTIME_PROFILE ?? 'default';
  const profile = Object.hasOwn(stored(env).profiles, chosen) ? stored(env).profiles[chosen] : undefined;
  if (profile) return profile;
  const flag = chosen === 'default' ? '' : ` --profile ${chosen}`;
  throw new NoKeyError(`There is no key. Store one with: airtime login${flag}`);
}

/** Replaces the file at once, so that a reader has the old one or the new one. */
export function storeProfile(env: Terminal['env'], name: string, profile: Profile): void {
  if (!/^[\w-]{1,40}$/.test(name)) throw new UsageError('the name of a profile has letters, digits, _ and - only');
  const file = profilesFile(env);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const text = JSON.stringify({ profiles: { ...stored(env).profiles, [name]: profile } }, null, 2);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${text}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

function stored(env: Terminal['env']): Stored {
  const file = profilesFile(env);
  if (!existsSync(file)) return { profiles: {} };
  try {
    const value = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value?.profiles === 'object' && value.profiles !== null) return value;
  } catch {
    // As what is no list of profiles.
  }
  throw new UsageError(`${file} cannot be read: correct it, or remove it and log in again`);
}
