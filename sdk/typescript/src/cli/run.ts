import { parseArgs } from 'node:util';
import { Airtime, AirtimeError, VERSION } from '../airtime.ts';
import { bulk } from './bulk.ts';
import type { Command, Given } from './command.ts';
import { text } from './command.ts';
import { listen } from './listen.ts';
import { login } from './login.ts';
import { logs } from './logs.ts';
import { orders } from './orders.ts';
import { chosenProfile } from './profiles.ts';
import type { Terminal } from './terminal.ts';
import { EXIT, NoKeyError, UsageError } from './terminal.ts';
import { trigger } from './trigger.ts';
import { wallet } from './wallet.ts';

const COMMANDS: readonly Command[] = [login, ...orders, ...bulk, wallet, listen, trigger, logs];

const SHARED = {
  json: { type: 'boolean' },
  profile: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const FOOT = `
Each also takes --profile NAME, --json (the API's own answer) and --help. A key of the environment comes first:
AIRTIME_KEY, with AIRTIME_URL.

Exit codes: 0 done · 1 refused or failed, or a row of the batch was · 2 a mistake in the command
3 no key, or one that may not do this · 4 unclear, so repeat it with the same reference
5 accepted and not decided yet`;

/** Runs a command line and returns the exit code. What goes wrong is one line, and what to do about it another. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const command = COMMANDS.find(({ name }) => startsWith(args, name.split(' ')));
  try {
    if (args[0] === '--version') {
      terminal.out(VERSION);
      return EXIT.done;
    }
    if (!command) return withoutCommand(args, terminal);
    const { positionals, values } = parsed(command, args);
    if (values.help) {
      terminal.out(`airtime ${command.name} ${command.usage}\n\n${command.summary}\n${FOOT}`);
      return EXIT.done;
    }
    return await command.run(contextOf(terminal, positionals, values));
  } catch (error) {
    return failure(error, terminal, command?.again ?? 'It pays for nothing, so it can be repeated.');
  }
}

function withoutCommand(args: readonly string[], terminal: Terminal): number {
  const isHelp = args.length === 0 || args.some((word) => ['help', '--help', '-h'].includes(word));
  if (!isHelp) {
    const said = args
      .filter((word) => !word.startsWith('-'))
      .slice(0, 2)
      .join(' ');
    throw new UsageError(`there is no command ${said || args[0]}`);
  }
  const lines = COMMANDS.map(({ name, usage, summary }) => `  airtime ${`${name} ${usage}`.trim()}\n      ${summary}`);
  terminal.out(`airtime ${VERSION}\n\n${lines.join('\n')}\n${FOOT}`);
  return EXIT.done;
}

function parsed(command: Command, args: readonly string[]) {
  const words = args.slice(command.name.split(' ').length);
  try {
    return parseArgs({ args: words, allowPositionals: true, options: { ...SHARED, ...command.options } });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function contextOf(terminal: Terminal, words: readonly string[], values: Given['values']): Given {
  return {
    ...{ terminal, words, values },
    airtime() {
      const { api_key: apiKey, base_url: baseUrl } = chosenProfile(terminal.env, text(values, 'profile'));
      return new Airtime({ apiKey, baseUrl });
    },
    show(value, lines) {
      if (values.json) terminal.out(JSON.stringify(value));
      else for (const line of lines) terminal.out(line);
    },
  };
}

function failure(error: unknown, terminal: Terminal, again: string): number {
  if (error instanceof UsageError) {
    terminal.note(`airtime: ${error.message}. See airtime --help.`);
    return EXIT.usage;
  }
  if (error instanceof NoKeyError) {
    terminal.note(`airtime: ${error.message}`);
    return EXIT.key;
  }
  if (!(error instanceof AirtimeError)) {
    terminal.note(`airtime: ${error instanceof Error ? error.message : String(error)}`);
    return EXIT.refused;
  }
  terminal.note(`airtime: ${error.message}`);
  if (error.fix) terminal.note(error.fix);
  if (error.requestId) terminal.note(`Request: ${error.requestId}`);
  if (error.unclear) {
    const { reference } = error;
    const advice = reference === undefined ? again : `Repeat it with --reference ${reference}, and with no other.`;
    terminal.note(`It may have been accepted. ${advice}`);
  }
  return exitCodeOf(error);
}

function exitCodeOf(error: AirtimeError): number {
  if (error.code === 'wait_timed_out') return EXIT.open;
  if (error.unclear || error.status === undefined || error.code === 'unclear_answer') return EXIT.unclear;
  return error.status === 401 || error.status === 403 ? EXIT.key : EXIT.refused;
}

function startsWith(args: readonly string[], words: readonly string[]): boolean {
  return words.every((word, index) => args[index] === word);
}
