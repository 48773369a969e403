import type { StageName } from '../../shared/manifest/concurrency.ts';
import { Cloud } from '../stacks/cloud.ts';
import { SAMPLE_STAGES } from '../stacks/sample-stages.ts';
import type { Costs } from './costs.ts';
import {
  centsPerThousand,
  dollarsPerMonth,
  edgeCents,
  edgeIdle,
  idleMonth,
  idleParts,
  SERVICES,
  total,
  tracesMonth,
} from './costs.ts';
import { memoryOf } from './memory.ts';
import type { Operations } from './model/operations.ts';
import { ofAsync, ofRow, ofWaiting } from './model/operations.ts';
import type { RegionName } from './prices.ts';
import { EDGE, PEOPLE, pricesIn, REGIONS } from './prices.ts';
import { edgeOf, standing } from './standing.ts';

/** `docs/costs.md`, made by `npm run cost -- --page` from counted operations, the templates and `prices.ts`. */

export const ORDERS = [10_000, 1_000_000, 100_000_000];
const NAMES = ['dev', 'staging', 'live'] as const satisfies readonly StageName[];
/** Where deployments are made for. */
const DEPLOYED: readonly RegionName[] = ['af-south-1', 'eu-west-1'];

type Range = readonly [least: number, most: number];

export interface Kind {
  readonly name: string;
  readonly operations: Operations;
}

export async function kinds(): Promise<Kind[]> {
  return [
    { name: 'waiting 800 ms', operations: await ofWaiting(800) },
    { name: 'waiting 3 s', operations: await ofWaiting(3_000) },
    { name: 'async, ten at once', operations: await ofAsync() },
    { name: 'bulk row', operations: await ofRow() },
  ];
}

/** A figure, or from the least to the most it may be. */
export function range([least, most]: Range, digits: number): string {
  const [from, to] = [least, most].map((value) =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
  return from === to ? String(from) : `${from}–${to}`;
}

function markdown([header = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, at) => (at === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** For either end of what prices may be. */
function both(of: (end: 0 | 1) => number): Range {
  return [of(0), of(1)];
}

export async function costsPage(): Promise<string> {
  const clouds = Object.fromEntries(NAMES.map((name) => [name, new Cloud(SAMPLE_STAGES[name])]));
  const counted = await kinds();
  const { live } = clouds as Record<StageName, Cloud>;
  return `<!-- Made by \`npm run cost -- --page\`. Change the prices in test/bench/prices.ts. -->

# Costs

What AWS charges for a stage, in US dollars, without a free tier, tax or a support plan. Operations are counted on the deployed code
([performance](performance.md)), what stands idle is counted in the synthesized templates, and prices are data with a source. **Nobody has compared this
with a bill yet**: do so after the first month, and correct \`test/bench/prices.ts\`. \`npm run cost -- --region eu-west-1\` prints the same figures.

## A month without orders

${markdown(idleTable(clouds as Record<StageName, Cloud>))}

Alarms are those of the templates, each at the price of the metrics that it watches, as \`npm run synth\` counts them. Our metrics are those that alarms watch; one is paid for by the hours in which it has data, so in a quiet month they are less. The canary is its test orders and four metrics more. The edge is the web ACL with its rules. The budget and its mails cost nothing. A domain is 0.50 for its zone, and the certificate nothing.
People who sign in cost nothing up to 10,000 in a month, and ${PEOPLE.personMonth} each beyond; mail is ${PEOPLE.mailThousand} for 1,000.

${DEPLOYED.map((region) => regionPart(region, live, counted)).join('\n')}
## What is not counted

- Requests that only read: each is one of the API and of the edge, one invocation, and a few read units: about 0.3 cents for 1,000.
- Metrics of ours that no alarm watches: each at most 0.30 in us-east-1, and only for hours in which it has data.
- Backups beyond point-in-time recovery, dashboards beyond three, and calls of Secrets Manager and of KMS.
- What attackers cost: a request that the web ACL refuses is one of the edge, and one that comes to the API's own address is a request and an invocation.
- Providers, and what they charge.

## Prices

${markdown([
  ['where', 'read', 'source'],
  ...Object.entries(REGIONS).map(([name, { readOn, source }]) => [name, readOn, source]),
  ['edge', EDGE.readOn, EDGE.source],
  ['people', PEOPLE.readOn, PEOPLE.source],
])}
`;
}

function idleTable(clouds: Readonly<Record<StageName, Cloud>>): string[][] {
  const columns = NAMES.map((name) => {
    const cloud = clouds[name];
    const prices = pricesIn(SAMPLE_STAGES[name].region as RegionName);
    const of = standing(cloud, memoryOf(cloud));
    const parts = prices.map((each, end) => ({
      ...idleParts(of, each),
      edge: edgeIdle(edgeOf(cloud), EDGE.prices[end as 0]),
    }));
    const [least = {}, most = {}] = parts as Record<string, number>[];
    return { name, least, most };
  });
  const names = Object.keys(columns[0]?.least ?? {});
  const sum = (all: Record<string, number>) => Object.values(all).reduce((one, other) => one + other, 0);
  return [
    ['', ...columns.map(({ name }) => `${name}, ${SAMPLE_STAGES[name].region}`)],
    ...names.map((part) => [part, ...columns.map(({ least, most }) => range([least[part] ?? 0, most[part] ?? 0], 2))]),
    ['**together**', ...columns.map(({ least, most }) => `**${range([sum(least), sum(most)], 0)}**`)],
  ];
}

function regionPart(region: RegionName, live: Cloud, counted: readonly Kind[]): string {
  const prices = pricesIn(region);
  const memoryMb = memoryOf(live);
  const edge = edgeOf(live);
  const rows = counted.map(({ name, operations }) => {
    const [least, most] = prices.map((each) => centsPerThousand(operations, each, memoryMb)) as [Costs, Costs];
    const atEdge = both((end) => edgeCents(operations, edge, EDGE.prices[end]));
    const whole = both((end) => total(end === 0 ? least : most) + atEdge[end]);
    return { name, least, most, atEdge, whole };
  });
  const idle = both((end) => idleMonth(standing(live, memoryMb), prices[end]) + edgeIdle(edge, EDGE.prices[end]));
  const month = (orders: number, whole: Range) =>
    range(
      both((end) => dollarsPerMonth(orders, whole[end], idle[end], prices[end])),
      0,
    );
  // Whether one invocation a second is always recorded, or one of each function, AWS does not say.
  const [{ operations: first } = { operations: undefined }] = counted;
  const { invocations = 0, functionMs = {} } = first ?? {};
  const traces = (orders: number) =>
    range(
      both((end) => tracesMonth(orders * invocations, end === 0 ? 1 : Object.keys(functionMs).length, prices[end])),
      2,
    );
  return `## Live in ${region}

Cents for 1,000 orders:

${markdown([
  ['', ...SERVICES, 'edge', 'together'],
  ...rows.map(({ name, least, most, atEdge, whole }) => [
    name,
    ...SERVICES.map((service) => range([least[service], most[service]], 3)),
    range(atEdge, 3),
    range(whole, 2),
  ]),
])}

Dollars a month, all orders of one kind, with a year of them stored:

${markdown([
  ['orders a month', ...ORDERS.map((each) => each.toLocaleString('en'))],
  ...rows.map(({ name, whole }) => [name, ...ORDERS.map((orders) => month(orders, whole))]),
  ['traces of the first kind, beside it', ...ORDERS.map((orders) => traces(orders))],
])}
`;
}
