import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AllCrashes, Campaign } from './cli.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';

/**
 * `npm run proof -- a.json b.json`: writes docs/proof.md from the results of campaigns (`npm run simulate -- --json`),
 * and plants every bug and crashes at every point anew. Nothing on that page is typed by hand.
 */

/** Seeds run by themselves for the speed: campaigns run side by side and slow each other down. */
const ALONE = '1..200';

const files = process.argv.slice(2);
const campaigns = files.map((file): Campaign => JSON.parse(readFileSync(file, 'utf8')));
const sum = (pick: (each: Campaign) => number) => campaigns.reduce((total, each) => total + pick(each), 0);
const counts: Record<string, number> = {};
for (const each of campaigns) {
  for (const [name, times] of Object.entries(each.counts)) counts[name] = (counts[name] ?? 0) + times;
}
const of = (prefix: string) =>
  Object.entries(counts)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, times]): [string, number] => [name.slice(prefix.length), times])
    .toSorted(([a], [b]) => a.localeCompare(b));
const table = (head: string, rows: readonly (readonly [string, number | string])[]) =>
  `| ${head} | |\n| --- | ---: |\n${rows.map(([name, value]) => `| ${name} | ${value.toLocaleString('en')} |`).join('\n')}\n`;

const bugs = PLANTED_BUGS.map((bug, number): [string, number] => {
  const args = [
    '--import',
    './test/support/plant.mjs',
    'test/simulation/cli.ts',
    '--seeds',
    '1..1000',
    '--first',
    '--json',
  ];
  const env = { ...process.env, PLANTED_BUG: String(number) };
  const result: Campaign = JSON.parse(spawnSync(process.execPath, args, { env, encoding: 'utf8' }).stdout);
  if (result.violations.length === 0) throw new Error(`nobody caught "${bug.name}"`);
  return [bug.name, result.seeds];
});
const crashes: AllCrashes = JSON.parse(
  execFileSync(process.execPath, ['test/simulation/cli.ts', '--crashes'], { encoding: 'utf8' }),
);
const lives = Object.entries({
  'one order, three times': crashes.order,
  'a batch of two rows': crashes.batch,
  'a batch of two rows that is cancelled, three times': crashes.cancelled,
}).map(([life, { singles, pairs, violations: wrong }]) => {
  return `| ${life} | ${singles} | ${pairs.toLocaleString('en')} | ${wrong.length} |`;
});
const aloneText = execFileSync(process.execPath, ['test/simulation/cli.ts', '--seeds', ALONE, '--json'], {
  encoding: 'utf8',
});
const alone: Campaign = JSON.parse(aloneText);
const violations = campaigns.flatMap((each) => each.violations);
const commit = execFileSync('git', ['rev-parse', '--short', process.env.PROOF_COMMIT ?? 'HEAD'], {
  encoding: 'utf8',
}).trim();
const faults = of('fault: ').concat(
  of('upstream: ').filter(([name]) => name !== 'rejects'),
  of('payer: '),
);
const total = faults.reduce((all, [, times]) => all + times, 0);

writeFileSync(
  'docs/proof.md',
  `<!-- Made by \`npm run proof\` from what \`npm run simulate\` measured. Do not edit. -->

# Proof

The production handlers, flows and store, unchanged, on virtual time, against a model of the database, the queues and an
upstream that fail by seed. After every committed write an auditor with books of its own checks: entries numbered without a
gap, their hashes and balances, no balance below zero, nothing written over, only arrows that exist, the money of each order
agreeing with its status, no order vended twice, no success before its delivery, no refusal of a wallet that could pay. At
rest: every order decided or in review, nothing owed, no refund of a delivered order unless charged again or written off,
and the lists that merchants read hold exactly what was committed. Two merchants and a test account use the same references
and never meet; keys are rotated in flight, operators decide twice at once, strangers forge what the upstream says.
Every event of every order and top-up was heard by its merchant, as it was, under one id; whoever keeps the highest sequence
has the truth. Every top-up was credited at most once, with what was charged, and only after the gateway had confirmed it.

Merchants send files too, up to some hundred rows: twice at once, with other content, with rows that cannot be sent, with
references of single orders and of each other's rows; they cancel, and send again what failed. A batch and its debit, the sum
of its rows, are one write; what it notes to have given back is what the ledger gave, in the same write, and never more than
its rows are owed; its rows never change, and each becomes one order or finds its reference used, and is vended once and never
after it was cancelled. At rest every batch is ended, once and for its merchant too, every row is decided, and all entries
of a batch add up to what its rows consumed. A refusal of a file is true of some moment of its request.

And merchants run surveys: platforms send signed payouts in bursts, twice, with other content, under ids that were used, while
the campaign is paused, changed and its secret rotated. After every commit a campaign's tally is what its payouts took from the
wallet; nothing is accepted over a cap but what was delivered after its refund, and no respondent is paid twice.

${table(`campaign at commit ${commit}`, [
  ['seeds', sum((each) => each.seeds)],
  ['orders', sum((each) => each.orders)],
  ['of them rows of batches', sum((each) => each.rows)],
  ['beside them payouts of campaigns', of('payouts: ').reduce((all, [, times]) => all + times, 0)],
  ['faults, and upstream answers that were not plain', total],
  ['violations', violations.length],
  ['orders a second, in one process alone', Math.round(alone.orders / alone.seconds)],
])}
${violations.map(({ seed, what }) => `- seed ${seed}: ${what}`).join('\n')}

## How orders ended

${table('status', of('ends: '))}
## How batches and their rows ended

${table('batches', of('batches: '))}
${table('rows', of('rows: '))}
## How payouts ended

${table('status', of('payouts: '))}
## How top-ups ended

${table('status', of('top-ups: '))}
## Faults

${table('fault', of('fault: '))}
${table('what the upstream did', of('upstream: '))}
${table('what the payer did', of('payer: '))}
## Killed everywhere

The process is killed before or after each effect, at single points and at pairs of them.

| life | single points | pairs | wrong |
| --- | ---: | ---: | ---: |
${lives.join('\n')}

## Is the proof itself tested?

Each of these bugs was planted in the production source, alone, and seeds were run until one noticed. All
${bugs.length} were caught; the figure is the number of seeds it took.

${table('planted bug', bugs)}
## What this does not prove

AWS's own timing; faults that are not in the lists above; what upstreams really do. In three of four seeds processes die, and
an answer that only a dead process heard is lost to everybody: a refund that is wrong for that reason alone is excused there.
`,
);
process.stdout.write(`docs/proof.md: ${sum((each) => each.orders)} orders, ${violations.length} violations\n`);
