import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { costsPage } from './costs-page.ts';

it('docs/costs.md is made from the templates, the operations and the prices of today: `npm run cost -- --page`', async () => {
  expect(readFileSync('docs/costs.md', 'utf8')).toBe(await costsPage());
}, 300_000);
