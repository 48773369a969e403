import type { ParseArgsConfig } from 'node:util';
import { parseArgs } from 'node:util';
import { messageOf } from '../../shared/domain/message-of.ts';

/** The options of a script. `--help` prints its usage and ends it; a mistake prints what is wrong before that. */
export function readOptions<T extends NonNullable<ParseArgsConfig['options']>>(usage: string, options: T) {
  if (process.argv.includes('--help')) {
    process.stdout.write(usage);
    process.exit(0);
  }
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return refuse(usage, messageOf(error));
  }
}

/** Ends the script: says what is wrong with its options, and which it has. */
export function refuse(usage: string, what: string): never {
  process.stderr.write(`${what}\n\n${usage}`);
  process.exit(1);
}
