import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from '@jest/globals';
import { PAGES } from '../bin/docs.ts';
import { PESAWAY_CODES } from '../shared/api/pesaway-door.ts';
import { TRANSITIONS } from '../shared/domain/order.ts';
import { routes } from '../shared/routes.ts';

it.each(Object.entries(PAGES))('%s says what the code says', (path, make) => {
  expect(readFileSync(path, 'utf8')).toBe(make());
});

it('the state diagram has exactly the arrows that orders have', () => {
  const drawn = [...readFileSync('docs/architecture.md', 'utf8').matchAll(/^ {2}(\w+) --> (\w+)$/gm)].map(
    ([, from, to]) => `${from} ${to}`,
  );
  const arrows = Object.entries(TRANSITIONS).flatMap(([from, all]) => all.map((to) => `${from} ${to}`));
  expect(drawn.toSorted()).toEqual(arrows.toSorted());
});

it('the README lists every endpoint', () => {
  const readme = readFileSync('README.md', 'utf8');
  for (const { method, path } of Object.values(routes)) expect(readme).toContain(`\`${method} ${path}\``);
});

it("the page for PesaWay's clients has every code", () => {
  const page = readFileSync('docs/pesaway.md', 'utf8');
  const rows = [...page.matchAll(/^\| `(\d{3}\.\d{3})` \| (\d{3}) \| (.*) \|$/gm)].map(([, code, status, says]) => [
    code,
    status,
    says,
  ]);
  expect(rows).toEqual(Object.entries(PESAWAY_CODES).map(([code, says]) => [code, code.slice(0, 3), says]));
});

it('every link between pages leads somewhere', () => {
  const pages = execFileSync('git', ['ls-files', '*.md'], { encoding: 'utf8' }).split('\n').filter(Boolean);
  const broken = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)(#[^)]*)?\)/g)]
      .map(([, target = '']) => join(dirname(page), target))
      .filter((target) => !existsSync(target))
      .map((target) => `${page}: ${target}`),
  );
  expect(broken).toEqual([]);
});
