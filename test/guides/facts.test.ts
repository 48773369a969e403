import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { ENTRY_KINDS } from '../../shared/domain/ledger.ts';
import { CURRENCIES } from '../../shared/domain/money.ts';
import { isFinal } from '../../shared/domain/order.ts';
import { PENDING_AGE_MAX_MS } from '../../shared/domain/order-life.ts';
import { DEFAULT_LIMITS } from '../../shared/domain/terms.ts';
import { DAY, HOUR, SECOND } from '../../shared/domain/time.ts';
import { TOPUP_EVENTS } from '../../shared/domain/topup.ts';
import { REFUSALS } from '../../shared/manifest/refusals.ts';
import { walletRoutes } from '../../shared/manifest/routes/wallet.ts';

/** What the guides say in tables is what the code has. */

const page = (name: string) => readFileSync(`docs/${name}.md`, 'utf8');

/** The cells of the rows that begin with a name in code. */
function rows(text: string): string[][] {
  return [...text.matchAll(/^\| (`\w+`.*) \|$(?!\n\| ---)/gm)].map(([, row = '']) => row.split(' | '));
}

const names = (cells: string[][]) => cells.map(([first = '']) => /`(\w+)`/.exec(first)?.[1] ?? '');

it('outcomes: the statuses of an order, and which are final', () => {
  const [table = ''] = page('outcomes').split('\n## ');
  const statuses = ['pending', 'unknown', 'success', 'refunded', 'failed', 'reversed'] as const;
  expect(names(rows(table))).toEqual(statuses);
  const [first, second] = statuses.filter((status) => !isFinal(status));
  expect(table).toContain(`\`${first}\` and \`${second}\` go on; the other four are decided`);
  expect(page('outcomes')).toContain('within six hours is refunded');
  expect(PENDING_AGE_MAX_MS).toBe(6 * HOUR);
});

it('retries: the refusals that it says are certain have the statuses that it says', () => {
  const said = [...page('retries').matchAll(/^\| (\d{3}) ((?:`\w+`(?:, )?)+) \|/gm)].flatMap(([, status, codes = '']) =>
    [...codes.matchAll(/\w+/g)].map(([code]) => [code, Number(status)] as const),
  );
  expect(said.length).toBeGreaterThan(4);
  for (const [code, status] of said) {
    expect([code, REFUSALS[code as keyof typeof REFUSALS]?.status]).toEqual([code, status]);
  }
});

it('money: every currency with its decimals, and every kind of entry', () => {
  const cells = rows(page('money'));
  const currencies = cells.filter(([first = '']) => /^`[A-Z]{3}`/.test(first));
  expect(currencies.map((row) => [names([row])[0], Number(row[1])])).toEqual(Object.entries(CURRENCIES));
  const kinds = names(cells.filter((row) => !currencies.includes(row)));
  expect(kinds.toSorted()).toEqual(ENTRY_KINDS.toSorted());
  const paths = [...page('money').matchAll(/`(GET) (\/api\/v1\/wallet\/\S+)`/g)].map(([, , path]) => path);
  const known: string[] = Object.values(walletRoutes).map(({ path }) => path);
  expect(paths.filter((path) => !known.includes(path ?? ''))).toEqual([]);
});

it('top-ups: every event', () => {
  for (const type of Object.values(TOPUP_EVENTS)) expect(page('topups')).toContain(`| \`${type}\` |`);
});

it('limits: the defaults in force', () => {
  const cells = rows(page('limits'));
  const [often, many] = [cells.filter((row) => row.length === 4), cells.filter((row) => row.length === 3)];
  for (const [index, mode] of (['live', 'test'] as const).entries()) {
    const { rates, counts } = DEFAULT_LIMITS[mode];
    expect(often.map((row) => row[index + 1])).toEqual(
      Object.entries(rates).map(([name, rate]) => written(name, rate)),
    );
    expect(many.map((row) => Number.parseInt((row[1] ?? '').replace(',', ''), 10))).toEqual(Object.values(counts));
  }
  expect([names(often), names(many)]).toEqual([
    Object.keys(DEFAULT_LIMITS.live.rates),
    Object.keys(DEFAULT_LIMITS.live.counts),
  ]);
});

/** As the page writes a rate. */
function written(name: string, { quota, windowSeconds }: { quota: number; windowSeconds: number }): string {
  if (windowSeconds * SECOND !== DAY) return `${quota}/${windowSeconds}`;
  return name === 'upload_bytes' ? `${quota / 1024 ** 2} MB a day` : `${quota} a day`;
}
