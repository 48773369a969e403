import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { CrashResults } from './crash-points.ts';
import { SWITCHED_OFF } from './faults.ts';
import { ALL_PLANTED_BUGS } from './planted-source.ts';
import { recordedSeeds } from './run-planted.ts';
import type { SeedsRun } from './run-seeds.ts';

/**
 * `npm run proof -- --planted planted.json a.json b.json`: writes docs/proof.md from the results of earlier runs: of
 * seeds (`npm run simulate -- --json`), and of the planted bugs (`npm run test:all -- --json --outputFile=planted.json
 * planted-bugs.long`). It also crashes at every point. No figure on that page is typed.
 */

/** What jest writes with `--json`, as far as it is read here. */
interface JestResults {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/** These seeds run alone, to measure the speed: the runs that the page sums up may have shared a machine. */
const SEEDS_FOR_SPEED = '1..200';

const {
  values: { planted },
  positionals: files,
} = parseArgs({ allowPositionals: true, options: { planted: { type: 'string', multiple: true } } });
if (planted === undefined || files.length === 0) {
  throw new Error('npm run proof -- --planted planted.json runs.json …');
}
const runs = files.map((file): SeedsRun => JSON.parse(readFileSync(file, 'utf8')));
const sum = (pick: (run: SeedsRun) => number) => runs.reduce((total, run) => total + pick(run), 0);
const counts: Record<string, number> = {};
for (const run of runs) {
  for (const [name, times] of Object.entries(run.counts)) counts[name] = (counts[name] ?? 0) + times;
}
const of = (prefix: string) =>
  Object.entries(counts)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, times]): [string, number] => [name.slice(prefix.length), times])
    .toSorted(([a], [b]) => a.localeCompare(b));
const table = (head: string, rows: readonly (readonly [string, number | string])[]) =>
  `| ${head} | |\n| --- | ---: |\n${rows.map(([name, value]) => `| ${name} | ${value.toLocaleString('en')} |`).join('\n')}\n`;

const testResults = planted.flatMap((file) => (JSON.parse(readFileSync(file, 'utf8')) as JestResults).testResults);
const caught = new Set(
  testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'passed').map(({ title }) => title),
  ),
);
const missed = ALL_PLANTED_BUGS.filter(({ name }) => !caught.has(name));
if (missed.length > 0) throw new Error(`nothing caught "${missed.map(({ name }) => name).join('", "')}"`);
const seeds = recordedSeeds();
const bugs = ALL_PLANTED_BUGS.filter(({ caughtBy }) => !caughtBy).map(({ name }) => [name, seeds[name] ?? 1] as const);
const bugsByTest = ALL_PLANTED_BUGS.flatMap(({ name, caughtBy }) =>
  caughtBy ? [[name, `\`${caughtBy.test}\``] as const] : [],
);
const crashes: CrashResults = JSON.parse(
  execFileSync(process.execPath, ['test/simulation/cli.ts', '--crashes'], { encoding: 'utf8' }),
);
const scenarios = Object.entries({
  'one order, three times': crashes.order,
  'a batch of two rows': crashes.batch,
  'a batch of two rows that is cancelled, three times': crashes.cancelled,
}).map(([scenario, { singles, pairs, violations: wrong }]) => {
  return `| ${scenario} | ${singles} | ${pairs.toLocaleString('en')} | ${wrong.length} |`;
});
const speedText = execFileSync(process.execPath, ['test/simulation/cli.ts', '--seeds', SEEDS_FOR_SPEED, '--json'], {
  encoding: 'utf8',
});
const speed: SeedsRun = JSON.parse(speedText);
const violations = runs.flatMap((run) => run.violations);
const commit = execFileSync('git', ['rev-parse', '--short', process.env.PROOF_COMMIT ?? 'HEAD'], {
  encoding: 'utf8',
}).trim();
const faults = of('fault: ').concat(
  of('upstream: ').filter(([name]) => name !== 'rejects'),
  of('payer: '),
);
const switchedOff = Object.entries(SWITCHED_OFF).map(([fault, reason]) => `- ${fault}: ${reason}.`);
const total = faults.reduce((all, [, times]) => all + times, 0);

writeFileSync(
  'docs/proof.md',
  `<!-- Made by \`npm run proof\` from what \`npm run simulate\` measured. Do not edit. -->

# Proof

The production handlers, flows and store run unchanged on virtual time. The database, the queues and the upstreams are models
that fail by seed. After every committed write an auditor, which keeps its own records, checks these invariants:

- **Ledger.** Entries are numbered without a gap; hashes and balances are right; no balance is below zero; no entry is
  overwritten. No verification finds a ledger broken that is not.
- **Deposits.** What an operator credits, in whatever currency, is credited once and as it was made; one that is answered is there.
- **Orders.** Only allowed transitions happen, and no version is skipped. The ledger entries of an order agree with its status. No
  order is vended twice, or as a test, or after it was cancelled, and none becomes a success before its delivery. No order is
  refused while its wallet can pay. None is refunded at once for a fault of ours, or as not found before "not found" is proof: an
  hour after its last send, twice. No reference is sent again that was refused. What a receipt says stays; one moment counts as one
  status query, and none counts before it was due.
- **Top-ups.** Only allowed transitions happen. Each is credited at most once, with the charged amount, and only after the gateway
  confirmed the payment. One in review is ended by a person, or by its payment.
- **Answers.** What a process heard for certain and lived to write is recorded, and not asked for again. A stored outcome is due
  until it is completed, as it says or by a success, and until then its order does not move. A merchant's program is answered with
  its own order, batch or payout, and none that used a reference once is refused for using it again.
- **Events.** An event has one id and one content, shows a status that its type allows, and is not sent where the merchant wants
  none. None counts as delivered that was not received.
- **Texts.** Nothing that the database cannot store is written to it.
- **Messages.** No message is repeated without end, no chain of messages is as long as AWS cuts it, and no poisoned one counts as
  done.
- **Batches.** A batch and its debit, the sum of its rows, are one write. A refund of the batch and the record of it are one
  write, and never exceed what its rows are due back. Rows never change; each becomes one order or finds its reference used, and
  is vended at most once, and never after it was cancelled; after a cancellation no more go than its answer says. None is sent
  again that may have been delivered. A refusal of a file is right for some moment of its request.
- **Survey campaigns.** The totals of a campaign are what its payouts took from the wallet. No payout is accepted over a cap,
  except one that was delivered after its refund, or while its campaign is paused; no respondent is paid twice, and no number where
  the campaign says so. A day's caps hold whatever the clocks say.

At the end of every sweep, also while faults happen, it checks that work goes on. Whatever was due when a sweep began is taken by
the first or second sweep that no fault spoiled: an order is queried, for the first time too, an event published, a delivery tried,
a failing endpoint probed, a top-up checked, a batch advanced. A sweep counts when its process came to its end, was not frozen and
had no wrong clock; left out are what a page that was cut short may have hidden, status queries while the breaker is open, and
deliveries to an endpoint that is backed off. A sweep fails only by a fault. An order that may have been sent is due within minutes,
later within an hour. No endpoint is backed off for longer than it has failed, so that an event is delivered within that time and
two sweeps of the moment at which its endpoint answers.

Once the faults have ended no allowance is left: nothing that is due waits for more than two sweeps, a stored outcome is completed
within two, and every event is delivered within three hours.

When everything is quiescent it also checks:

- Every order is decided or in review, and nothing is pending. A success was vended once. No delivered order is refunded, unless it
  was charged again or written off, or reversed, or was never paid. No ledger entry is without its order.
- No top-up that was paid counts as failed, and every payment at the gateway is noted on its top-up.
- Every batch has ended, and all its ledger entries add up to what its rows consumed.
- Every wallet was verified up to its end.
- Merchants received every event of every order, top-up, payout and batch, unchanged and under one id. The event with the highest
  sequence shows the truth.
- The lists that merchants read hold exactly what was committed; one that is read while it grows misses nothing and shows nothing
  twice. A campaign shows the totals that the auditor has.

The upstream is down for minutes or for hours, hangs, refuses our login, forgets what it delivered, or says that it failed what it
then delivers; its callbacks are lost, late, early, forged, or about another order, number or amount. It sells with a discount, so
that our cost is never the amount. It and the endpoints answer with characters that two units encode, just where texts are cut.
Endpoints are down for minutes, or fail three times in ten.

A transaction holds its items for as long as it lasts: another one that wants them meanwhile is cancelled, and a single write
refused. In some seeds half the clients pay from one wallet within one second. A message whose worker always dies becomes a dead
letter, and may be moved back hours later. A chain of more than sixteen messages would be cut as AWS cuts it.

Two merchants and a test account use the same references, and their orders stay separate. Test orders end in every way that the
sandbox has. Some orders are posted at the same moment. Keys are rotated in flight, two operators
resolve the same orders at once, and attackers forge callbacks. Merchants send files of up to about a hundred rows: twice at once, with
other content, with invalid rows, with references of single orders and of rows of other files; they cancel, and retry failed
rows. Survey platforms send signed payout requests in bursts, twice, with other content and under used ids, while the campaign is
paused and changed, and its secret is rotated.

${table(`run at commit ${commit}`, [
  ['seeds', sum((run) => run.seeds)],
  ['orders', sum((run) => run.orders)],
  ['of these, rows of batches', sum((run) => run.rows)],
  ['payouts of campaigns, not counted above', of('payouts: ').reduce((all, [, times]) => all + times, 0)],
  ['faults, and misbehaviour of upstreams and payers', total],
  ['sweeps that no fault spoiled', counts['sweep: came to its end'] ?? 0],
  ['violations', violations.length],
  ['orders a second, in one process alone', Math.round(speed.orders / speed.seconds)],
])}
${violations.map(({ seed, what }) => `- seed ${seed}: ${what}`).join('\n')}

## How orders ended

${table('status, payouts included', of('orders: '))}
## How batches and their rows ended

${table('batches', of('batches: '))}
${table('rows', of('rows: '))}
## How payouts ended

${table('status', of('payouts: '))}
## How top-ups ended

${table('status', of('top-ups: '))}
## Faults

${table('fault', of('fault: '))}
${table('behaviour of the upstream', of('upstream: '))}
${table('behaviour of the payer', of('payer: '))}
## Crashes at every point

A process is killed before or after each effect, at single points and at pairs of points.

| scenario | single points | pairs | violations |
| --- | ---: | ---: | ---: |
${scenarios.join('\n')}

## Is the proof itself tested?

${bugs.length + bugsByTest.length} bugs were planted in the production source, each alone, and all of them were caught. The simulation caught these
${bugs.length}; the figure is a seed that shows it.

${table('planted bug', bugs)}
The other ${bugsByTest.length} are in parts that the simulation replaces or does not look at. A named test caught each.

${table('planted bug', bugsByTest)}
## What this does not prove

${switchedOff.length === 0 ? '' : `These faults are known not to be survived yet, and were switched off:\n\n${switchedOff.join('\n')}\n`}
The timing of AWS itself; faults that are not in the lists above; what real upstreams do. In three of four seeds processes die,
and if only a dead process received the truth about an order, nobody has it: in these seeds such a wrong refund is excused.
`,
);
process.stdout.write(`docs/proof.md: ${sum((run) => run.orders)} orders, ${violations.length} violations\n`);
