import type { KeptRequest, Operations } from '../airtime.ts';
import { AirtimeError } from '../airtime.ts';
import { pause } from '../connection.ts';
import type { Command, Given } from './command.ts';
import { count, given, text } from './command.ts';
import { EXIT, UsageError } from './terminal.ts';

type Query = Operations['listRequests']['query'];

/** Between two looks; after one that found nothing, or got no answer, each pause is longer, up to the second. */
const PAUSE_MS = 2_000;
const PAUSE_MS_MAX = 15_000;
/** So late an entry may appear behind newer ones. */
const LATE_MS = 60_000;
/** One look reads no more, however much there is. */
const READ_MAX = 300;
/** Shown of those from before. */
const LINES = 10;

export const logs: Command = {
  name: 'logs tail',
  usage: '[--status STATUS] [--path PATH] [--operation NAME] [--lines N]',
  summary: 'Shows requests of your keys that were refused, failed or changed a setting, as they come, until Ctrl-C.',
  options: {
    ...{ status: { type: 'string' }, path: { type: 'string' } },
    ...{ operation: { type: 'string' }, lines: { type: 'string' } },
  },
  async run(context) {
    const { values, words, terminal } = context;
    if (words.length > 0) throw new UsageError(`too many words: ${words.join(' ')}`);
    const filters = given({
      ...{ status: text(values, 'status'), path: text(values, 'path'), operation: text(values, 'operation') },
    });
    const { signal } = terminal;
    const known = new Map<string, string>();
    let waitMs = PAUSE_MS;
    let since = '';
    for (let lines: number | undefined = count(values, 'lines', LINES); !signal.aborted; ) {
      const found = await look(context, { ...filters, ...from(known) }, lines ?? READ_MAX);
      const fresh = (found ?? []).filter(({ id, created_at }) => created_at >= since && !known.has(id)).reverse();
      for (const entry of fresh) showEntry(context, entry);
      remember(known, fresh);
      // Only the first answer shows what was there before.
      if (found && lines !== undefined) [since = '', lines] = [fresh[0]?.created_at, undefined];
      waitMs = fresh.length > 0 ? PAUSE_MS : Math.min(2 * waitMs, PAUSE_MS_MAX);
      await pause(waitMs, signal);
    }
    return EXIT.done;
  },
};

/** What is there, newest first; undefined where Ctrl-C or an outage came instead. */
async function look({ airtime, terminal }: Given, query: Query, most: number): Promise<KeptRequest[] | undefined> {
  try {
    const { signal } = terminal;
    return await airtime()
      .requests.list({ ...query, limit: Math.min(most, 100) }, { signal })
      .take(most);
  } catch (error) {
    if (error instanceof AirtimeError && (error.code === 'aborted' || error.retryable)) return undefined;
    throw error;
  }
}

function showEntry({ show }: Given, entry: KeptRequest): void {
  const { created_at, status, method, path, code, id } = entry;
  show(entry, [[created_at, status, method, path, code ?? '', id].join('  ')]);
}

/** By the API's clock: this machine's may be wrong. */
function from(known: ReadonlyMap<string, string>): Query {
  const newest = [...known.values()].sort().at(-1);
  return newest === undefined ? {} : { from: new Date(Date.parse(newest) - LATE_MS).toISOString() };
}

/** Forgets what no look will find again. */
function remember(known: Map<string, string>, fresh: readonly KeptRequest[]): void {
  for (const { id, created_at } of fresh) known.set(id, created_at);
  const oldest = from(known)?.from ?? '';
  for (const [id, at] of known) if (at < oldest) known.delete(id);
}
