import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import type { Figures, Line } from './line.ts';
import { rounded } from './line.ts';
import type { Measured } from './performance-page.ts';
import { linesAsText, performancePage } from './performance-page.ts';
import { readOptions, refuse } from './read-options.ts';
import { RESULTS, readResults } from './results.ts';

/**
 * `npm run bench`: measures every line of docs/performance.md, each in a process of its own, one after the other; writes
 * docs/performance.json and the page; and prints the table, or with `--json` the figures. `--only NAME`, once
 * or more, measures these lines and keeps the others; `--page` measures nothing and writes the page from the figures that are there.
 */

const USAGE = 'npm run bench -- [--only NAME …] [--json] [--list] [--page]\n';
const FOLDER = 'test/bench/lines';
const PAGE = 'docs/performance.md';
/** Longer than any line takes, also on a busy machine. */
const LINE_MS_MAX = 240_000;

export async function readLines(): Promise<Line[]> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts'));
  const modules = await Promise.all(files.map((file) => import(`./lines/${file}`) as Promise<{ line: Line }>));
  return modules.map(({ line }) => line).toSorted((a, b) => a.name.localeCompare(b.name));
}

async function main(): Promise<number> {
  const values = readOptions(USAGE, {
    only: { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
    measure: { type: 'string' },
  });
  const lines = await readLines();
  if (values.list) process.stdout.write(`${lines.map(({ name, what }) => `${name}: ${what}`).join('\n')}\n`);
  if (values.list) return 0;
  if (values.measure !== undefined) return measureHere(lines, values.measure);
  const names = lines.map(({ name }) => name);
  const { only = names } = values;
  const wrong = only.filter((name) => !names.includes(name));
  if (wrong.length > 0) refuse(USAGE, `There is no line ${wrong.join(', ')}. The lines are ${names.join(', ')}.`);
  const chosen = lines.filter(({ name }) => only.includes(name));
  const measured: Record<string, Measured> = { ...readResults() };
  for (const { name } of values.page ? [] : chosen) {
    process.stderr.write(`${name} …\n`);
    measured[name] = await measureApart(name);
  }
  const known = Object.fromEntries(lines.flatMap(({ name }) => (measured[name] ? [[name, measured[name]]] : [])));
  writeFileSync(RESULTS, `${JSON.stringify(known, null, 2)}\n`);
  writeFileSync(PAGE, performancePage(lines, known));
  const shown = Object.fromEntries(chosen.map(({ name }) => [name, measured[name]]));
  process.stdout.write(values.json ? `${JSON.stringify(shown)}\n` : linesAsText(chosen, known));
  return chosen.some(({ name }) => measured[name]?.failed !== undefined) ? 1 : 0;
}

/** In a process of its own: it shares no memory and no warm code with other lines, and can be stopped. */
async function measureApart(name: string): Promise<Measured> {
  const child = spawn(process.execPath, [import.meta.filename, '--measure', name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), LINE_MS_MAX);
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  if (code !== 0) return { figures: {}, failed: code === null ? 'it took too long' : 'it ended with an error' };
  const figures = JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as Figures;
  return { figures };
}

async function measureHere(lines: readonly Line[], name: string): Promise<number> {
  const line = lines.find((each) => each.name === name);
  if (!line) throw new Error(`there is no line ${name}`);
  const figures = Object.entries(await line.measure()).map(([figure, value]) => [figure, rounded(value)]);
  process.stdout.write(`\n${JSON.stringify(Object.fromEntries(figures))}\n`);
  return 0;
}

if (import.meta.main) process.exit(await main());
