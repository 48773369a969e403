import { Airtime, isAirtimeError } from '../airtime.ts';
import { isKeyLike, NO_KEY } from '../connection.ts';
import type { Command } from './command.ts';
import { text } from './command.ts';
import { DEFAULT_BASE_URL, profilesFile, storeProfile } from './profiles.ts';
import { EXIT, UsageError } from './terminal.ts';

export const login: Command = {
  name: 'login',
  usage: '[--base-url URL] [--profile NAME]',
  summary: 'Stores a key, which is asked for or read from standard input, so that no other program sees it.',
  options: { 'base-url': { type: 'string' } },
  async run({ terminal, values, show }) {
    const baseUrl = text(values, 'base-url') ?? terminal.env.AIRTIME_URL ?? DEFAULT_BASE_URL;
    if (!/^https?:\/\//.test(baseUrl)) throw new UsageError('--base-url must begin with https:// or http://');
    const key = (await terminal.secret('API key: ')).trim();
    const mode = /^atk_(live|test)_/.exec(key)?.[1];
    if (!mode) throw new UsageError('a key begins with atk_test_ or atk_live_');
    if (!isKeyLike(key)) throw new UsageError(`what was given ${NO_KEY}`);
    await requireValid(new Airtime({ apiKey: key, baseUrl }));
    const profile = text(values, 'profile') ?? terminal.env.AIRTIME_PROFILE ?? 'default';
    storeProfile(terminal.env, profile, { base_url: baseUrl, api_key: key });
    const file = profilesFile(terminal.env);
    show({ profile, base_url: baseUrl, mode, file }, [`Stored the ${mode} key for ${baseUrl} in ${file}.`]);
    return EXIT.done;
  },
};

/** A key without the scope to read its account is valid all the same. */
async function requireValid(airtime: Airtime): Promise<void> {
  try {
    await airtime.account.get();
  } catch (error) {
    if (!isAirtimeError(error, 'scope_missing')) throw error;
  }
}
