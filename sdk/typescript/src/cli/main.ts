#!/usr/bin/env node
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { run } from './run.ts';
import type { Terminal } from './terminal.ts';

/** npx sends a signal on that the terminal sent already: only one after this is a second one of the user's. */
const SECOND_SIGNAL_MS = 1000;

const stop = new AbortController();
let stoppedAt: number | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onStop);

/** The first lets a command end what it began; a later one ends it where it is. */
function onStop(): void {
  stoppedAt ??= performance.now();
  if (stop.signal.aborted && performance.now() - stoppedAt > SECOND_SIGNAL_MS) process.exit(130);
  stop.abort();
}

// Whoever reads the output may stop reading it: `airtime orders list | head -1`.
process.stdout.once('error', () => process.exit());

const terminal: Terminal = {
  env: process.env,
  out: (line) => process.stdout.write(`${line}\n`),
  note: (line) => process.stderr.write(`${line}\n`),
  secret,
  signal: stop.signal,
};

process.exitCode = await run(process.argv.slice(2), terminal);

/** Reads one line; on a terminal without showing it. */
async function secret(prompt: string): Promise<string> {
  const isTerminal = process.stdin.isTTY === true;
  if (isTerminal) process.stderr.write(prompt);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: isTerminal });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    if (isTerminal) process.stderr.write('\n');
  }
}
