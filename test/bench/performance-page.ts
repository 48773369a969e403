import type { Figures, Goal, Line } from './line.ts';
import { holds } from './line.ts';

/** What a run of a line gave. */
export interface Measured {
  readonly figures: Figures;
  /** Why there are no figures. */
  readonly failed?: string;
}

type Results = Readonly<Record<string, Measured>>;

const KINDS = {
  count: 'A count: the same in every run.',
  model: 'From the model of latency and conflicts: the same in every run.',
  timing: 'A timing, of this machine: ratios from rounds that alternate within one run.',
} as const satisfies Record<Line['kind'], string>;

const HEAD = `<!-- Made by \`npm run bench\` from measurements. Change the lines in test/bench/lines. -->

# Performance

What an order costs and what a stage can do, measured by \`npm run bench\`. The figures bind: whoever changes code runs it, and whatever
adds a unit to an order names it in this page's line. \`npm run cost\` turns them into money, \`npm run capacity\` into ceilings;
[scale](scale.md) says what comes after them.

- **Units** are counted by DynamoDB's published rules, rows of indexes included, on the commands that the deployed code sends
  (\`test/support/count-units.ts\`).
- **The model** runs the deployed code on virtual time: a read takes 5 ms, a write 7.5 ms, a transaction 22 ms, of which it holds its items
  for 12; whoever writes one of them meanwhile is rejected. The proportions are those of a public measurement
  (alexdebrie/dynamodb-performance-testing); queues have the batch sizes and the concurrency of the manifest. It has no
  throttling and no cold starts. It is not AWS: a first deployment has to confirm it.
- **Cents** are those of us-east-1, without a free tier.
- **Before** is what was measured at the start of step 11, by whatever tool was at hand then; small differences to what this page
  would have shown are such.
`;

export function performancePage(lines: readonly Line[], results: Results): string {
  const goals = lines.flatMap(({ name, wanted }) =>
    Object.entries(wanted).map(([figure, goal]) => holds(goal, results[name]?.figures[figure])),
  );
  const kept = goals.filter((each) => each === true).length;
  const parts = lines.map((line) => section(line, results[line.name]));
  return `${HEAD}\n${kept} of ${goals.length} goals hold.\n\n${parts.join('\n')}`;
}

function section(line: Line, measured: Measured | undefined): string {
  const rows = rowsOf(line, measured).map((cells) => `| ${cells.join(' | ')} |\n`);
  const missing = measured?.failed ?? (measured ? undefined : 'it was not run yet');
  const note = missing === undefined ? '' : `\nNo figures: ${missing}.\n`;
  const table = `| | measured | wanted | holds | before |\n| --- | ---: | ---: | --- | ---: |\n${rows.join('')}`;
  return `## ${line.name}\n\n${line.what} ${KINDS[line.kind]}\n${note}\n${table}`;
}

function rowsOf({ wanted }: Line, measured: Measured | undefined): string[][] {
  const figures = measured?.figures ?? {};
  const names = [...new Set([...Object.keys(figures), ...Object.keys(wanted)])];
  return names.map((name) => [name, shown(figures[name]), ...goalCells(wanted[name], figures[name])]);
}

function goalCells(goal: Goal | undefined, figure: number | undefined): string[] {
  const isKept = holds(goal, figure);
  return [goalText(goal), isKept === undefined ? '' : isKept ? 'yes' : '**no**', goal?.before ?? ''];
}

function goalText(goal: Goal | undefined): string {
  if (goal?.most !== undefined) return `≤ ${shown(goal.most)}`;
  return goal?.least === undefined ? '' : `≥ ${shown(goal.least)}`;
}

function shown(figure: number | undefined): string {
  return figure === undefined ? '–' : figure.toLocaleString('en', { maximumFractionDigits: 3 });
}

/** The same for the console. */
export function linesAsText(lines: readonly Line[], results: Results): string {
  const rows = lines.flatMap((line) =>
    rowsOf(line, results[line.name]).map(([figure = '', ...cells]) => [`${line.name}: ${figure}`, ...cells]),
  );
  const header = ['', 'measured', 'wanted', 'holds', 'before'];
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => (row[column] ?? '').length)));
  const text = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${[header, ...rows].map(text).join('\n')}\n`;
}
