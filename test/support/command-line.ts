import { run } from '../../sdk/typescript/src/cli/run.ts';

interface Given {
  readonly env?: Readonly<Record<string, string>>;
  /** What is typed where a key is asked for. */
  readonly key?: string;
  /** Ends with Ctrl-C. */
  readonly signal?: AbortSignal;
}

/** Runs `airtime` in this process, with a configuration of its own. */
export async function airtimeCommand(
  home: string,
  args: readonly string[],
  { env = {}, key = '', signal }: Given = {},
) {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await run(args, {
    env: { XDG_CONFIG_HOME: home, ...env },
    out: (line) => out.push(line),
    note: (line) => notes.push(line),
    secret: async () => key,
    signal: signal ?? new AbortController().signal,
  });
  return { code, out: out.join('\n'), notes: notes.join('\n') };
}
