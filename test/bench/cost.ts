import { writeFileSync } from 'node:fs';
import { Cloud } from '../stacks/cloud.ts';
import { SAMPLE_STAGES } from '../stacks/sample-stages.ts';
import type { Costs } from './costs.ts';
import { centsPerThousand, dollarsPerMonth, idleMonth, SERVICES, total } from './costs.ts';
import { costsPage, kinds, ORDERS, range } from './costs-page.ts';
import { memoryOf } from './memory.ts';
import type { RegionName } from './prices.ts';
import { pricesIn, REGIONS } from './prices.ts';
import { readOptions, refuse } from './read-options.ts';
import { standing } from './standing.ts';

/**
 * `npm run cost`: what orders cost. It counts the operations of an order of each kind on the deployed code, takes the
 * memory of the functions from the synthesized template, and multiplies by the prices of a region (`prices.ts`).
 * With `--page` it writes `docs/costs.md`, which has all stages and regions.
 */

const USAGE = `npm run cost -- [--region ${Object.keys(REGIONS).join('|')}] [--json] | --page\n`;
function table(rows: readonly (readonly string[])[]): string {
  const [header = []] = rows;
  const widths = header.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))))
    .map((cells) => cells.join('  '))
    .join('\n');
}

async function main(): Promise<number> {
  const values = readOptions(USAGE, {
    region: { type: 'string', default: 'us-east-1' },
    json: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
  });
  if (values.page) {
    writeFileSync('docs/costs.md', await costsPage());
    return 0;
  }
  if (!Object.hasOwn(REGIONS, values.region)) refuse(USAGE, `There are no prices of ${values.region}.`);
  const region = values.region as RegionName;
  const prices = pricesIn(region);
  const cloud = new Cloud(SAMPLE_STAGES.live);
  const memoryMb = memoryOf(cloud);
  const idle = prices.map((each) => idleMonth(standing(cloud, memoryMb), each));
  const costs = (await kinds()).map(({ name, operations }) => {
    const [least, most] = prices.map((each) => centsPerThousand(operations, each, memoryMb)) as [Costs, Costs];
    const months = ORDERS.map((orders) =>
      prices.map((each, at) => dollarsPerMonth(orders, total(at === 0 ? least : most), idle[at] ?? 0, each)),
    );
    return { name, operations, least, most, months };
  });
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ region, ...REGIONS[region], idle, costs })}\n`);
    return 0;
  }
  const say = (text: string) => process.stdout.write(`${text}\n`);
  const { source, readOn } = REGIONS[region];
  say(`${region}, prices read: ${readOn}. ${source}\n`);
  const cents = costs.map(({ name, least, most }) => [
    name,
    ...SERVICES.map((service) => range([least[service], most[service]], 3)),
    range([total(least), total(most)], 2),
  ]);
  say(table([['cents per 1,000', ...SERVICES, 'together'], ...cents]));
  const months = costs.map(({ name, months }) => [name, ...months.map((month) => range(month as [number, number], 0))]);
  const header = ['dollars a month, with a year stored', ...ORDERS.map((each) => each.toLocaleString('en'))];
  say(`\n${table([header, ...months])}`);
  say(`\nWithout any order: ${range(idle as [number, number], 0)} dollars a month.`);
  return 0;
}

process.exit(await main());
