import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { listedPages, UNLISTED } from '../../bin/site/pages.ts';
import { buildSite } from '../../bin/site.ts';
import { axeFindings, complaintsOf, overflowOf, startBrowser } from '../support/browser.ts';
import { repeats } from '../support/length.ts';
import { serveSite } from '../support/serve-site.ts';

const folder = mkdtempSync(join(tmpdir(), 'airtime-site-'));
let browser: Browser;
let server: Server;
let origin: string;

beforeAll(async () => {
  const [started] = await Promise.all([startBrowser(), buildSite(join(folder, 'site'))]);
  browser = started;
  ({ server, origin } = await serveSite(join(folder, 'site')));
}, 60_000);
afterAll(async () => {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true });
});

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 900 };

/** In the short run four pages, each in one of the four looks; in the long run every page in all of them. */
const LOOKS = [
  { viewport: PHONE, colorScheme: 'light' },
  { viewport: DESKTOP, colorScheme: 'dark' },
  { viewport: PHONE, colorScheme: 'dark' },
  { viewport: DESKTOP, colorScheme: 'light' },
] as const;
const SHORT = ['/docs', '/docs/webhooks', '/docs/errors', '/docs/gone'];
const ALL = [
  ...SHORT,
  ...[...listedPages, ...UNLISTED].map(({ slug }) => `/docs/${slug}`),
  '/docs/decisions/0001-ledger-is-the-wallet',
];
const views = repeats({ short: 0, long: 1 })
  ? ALL.flatMap((path) => LOOKS.map((look) => ({ path, look })))
  : SHORT.flatMap((path, index) => LOOKS.slice(index, index + 1).map((look) => ({ path, look })));

async function withPage<T>(
  path: string,
  look: object,
  use: (page: Page, complaints: string[]) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext(look);
  try {
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    const complaints = complaintsOf(page, origin);
    await page.goto(origin + path);
    return await use(page, complaints);
  } finally {
    await context.close();
  }
}

it.each(views)(
  '$path is accessible, complete and no wider than the screen ($look.viewport.width, $look.colorScheme)',
  async ({ path, look }) => {
    await withPage(path, look, async (page, complaints) => {
      expect(await axeFindings(page)).toEqual([]);
      expect(await overflowOf(page)).toBe(0);
      const unexpected = complaints.filter((line) => path !== '/docs/gone' || !line.includes('404'));
      expect(unexpected).toEqual([]);
    });
  },
);

it('a search is loaded when it is asked for, finds a code, and leads to it', async () => {
  await withPage('/docs/webhooks', { viewport: PHONE }, async (page, complaints) => {
    const loaded: string[] = [];
    page.on('request', (request) => loaded.push(request.url()));
    await page.keyboard.press('/');
    await page.getByRole('searchbox').fill('insufficient_fun');
    const first = page.getByRole('dialog').getByRole('link').first();
    await first.waitFor();
    expect(loaded).toHaveLength(2);
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${origin}/docs/errors#insufficient_funds`);
    expect(complaints).toEqual([]);
  });
});

it('the colours that somebody chose are kept on the next page', async () => {
  await withPage('/docs', { viewport: DESKTOP, colorScheme: 'light' }, async (page) => {
    const background = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const light = await background();
    await page.getByRole('button', { name: 'Switch between light and dark' }).click();
    const dark = await background();
    expect(dark).not.toBe(light);
    await page.goto(`${origin}/docs/bulk`);
    expect(await background()).toBe(dark);
  });
});

it('code is copied as it is printed', async () => {
  await withPage(
    '/docs/keys',
    { viewport: DESKTOP, permissions: ['clipboard-read', 'clipboard-write'] },
    async (page) => {
      const code = page.locator('.code').first();
      await code.getByRole('button').click();
      await code.getByText('Copied').waitFor();
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(await code.locator('code').textContent());
    },
  );
});

it('without JavaScript the menus of a phone open, and their links work', async () => {
  await withPage('/docs/webhooks', { viewport: PHONE, javaScriptEnabled: false }, async (page) => {
    expect(await page.getByRole('button', { name: 'Search' }).isVisible()).toBe(false);
    await page.getByRole('button', { name: 'On this page' }).click();
    await page.locator('#toc').getByRole('link', { name: 'Verify it' }).click();
    expect(page.url()).toBe(`${origin}/docs/webhooks#verify-it`);
    await page.goto(`${origin}/docs/webhooks`);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('link', { name: 'Bulk', exact: true }).click();
    await page.waitForURL(`${origin}/docs/bulk`);
  });
});
