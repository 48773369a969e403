import { afterAll, beforeAll, beforeEach, describe, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { DayFigures, FigureTotal } from '../../sdk/typescript/src/api.ts';
import { itInBrowser } from '../support/browser.ts';
import { membership, openDashboard, Refused, signInAs } from '../support/dashboard-set-up.ts';
import { DESKTOP, expectGood, LONG_LOOKS, PHONE } from '../support/site-set-up.ts';

/** The figures on the first page in a real browser, with given answers of the API. */

const DAY_MS = 86_400_000;
const dayBefore = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

const total = (network: string, status: string, orders: number, amount: number, currency = 'USD'): FigureTotal =>
  ({ currency, country: 'ZW', network, kind: 'airtime', status, orders, amount }) as FigureTotal;

/** Three weeks of a shop that sells most on Econet. */
const BUSY: DayFigures[] = Array.from({ length: 21 }, (_each, at) => ({
  date: dayBefore(20 - at),
  as_of: `${dayBefore(20 - at)}T10:20:00.000Z`,
  totals: [
    total('Econet', 'success', 900 + 41 * at, 4_512.5 + 97 * at),
    total('Econet', 'refunded', 30 + at, 151.25),
    total('NetOne', 'success', 210, 640.75),
    total('NetOne', 'failed', 9, 12),
    total('NetOne', 'unknown', 6, 30),
    ...(at % 5 === 0 ? [total('Telecel', 'success', 12, 60, 'ZWG')] : []),
  ],
}));

let figures: () => DayFigures[];
let asked: (string | undefined)[];
let dashboard: Awaited<ReturnType<typeof openDashboard>>;
beforeAll(async () => {
  dashboard = await openDashboard({
    'GET /api/v1/me': () => ({ person_id: 'p', memberships: [membership('viewer', ['orders:read'])] }),
    'GET /api/v1/orders': () => ({ data: [], next_cursor: null, searched_to: null }),
    'GET /api/v1/figures': ({ queryStringParameters }) => {
      asked.push(queryStringParameters?.from);
      return { from: queryStringParameters?.from, to: dayBefore(0), data: figures() };
    },
  });
}, 300_000);
afterAll(() => dashboard?.close());
beforeEach(() => {
  figures = () => BUSY;
  asked = [];
});

async function open(page: Page): Promise<void> {
  await signInAs(page, 'viewer');
  await page.getByRole('heading', { name: 'Figures' }).waitFor();
}

const bars = (page: Page) => page.getByRole('img', { name: /by day/ });
/** A table, or on a phone the cards that are instead of it. */
const rowsOf = (page: Page, name: string) => page.getByRole('table', { name }).or(page.getByRole('list', { name }));

describe.each(LONG_LOOKS.map((look) => ({ look, name: `${look.viewport.width} px, ${look.colorScheme}` })))(
  '$name:',
  ({ look }) => {
    itInBrowser('each measure and the tables are accessible and no wider than the screen', async () => {
      await dashboard.withPage('/app', { ...look, reducedMotion: 'reduce' }, async (page, complaints) => {
        await open(page);
        await bars(page).waitFor();
        await expectGood(page, complaints);
        await page.goto(`${dashboard.origin}/app?show=orders&days=90`);
        await page.getByRole('button', { name: 'All numbers by day' }).click();
        await rowsOf(page, 'All numbers by day').waitFor();
        await expectGood(page, complaints);
        await page.goto(`${dashboard.origin}/app?show=rate&days=7`);
        await bars(page).waitFor();
        await expectGood(page, complaints);
      });
    });
  },
);

itInBrowser('the bars are described in words, and the table has every number with how far it is counted', async () => {
  await dashboard.withPage('/app', { viewport: DESKTOP }, async (page, complaints) => {
    await open(page);
    expect(await bars(page).getAttribute('aria-label')).toMatch(
      /^Delivered volume by day\. Bars for 30 days\. The highest is 7,093\.25 USD, on .+ All numbers are in the table below\.$/,
    );
    await page.getByRole('button', { name: 'All numbers by day' }).press('Enter');
    const rows = page.getByRole('table', { name: 'All numbers by day' }).getByRole('row');
    expect(await rows.count()).toBe(22);
    expect(await rows.nth(1).innerText()).toMatch(/7,093\.25 USD\s+1,995\s+1,930\s+59\s+6\s+97\.0 %\s+\d+ \w+ \d{4}/);
    await page.getByRole('rowheader', { name: 'ZW Econet' }).waitFor();
    const totals = page.getByRole('status').filter({ hasText: 'Counted up to' });
    expect(await totals.innerText()).toMatch(/128,588\.25 USD[\s\S]+33,075[\s\S]+96\.8 %/);
    expect(complaints).toEqual([]);
  });
});

itInBrowser('what is shown is chosen by the keyboard, is in the URL, and differs by more than colour', async () => {
  await dashboard.withPage('/app', { viewport: DESKTOP }, async (page) => {
    await open(page);
    await bars(page).waitFor();
    const chosen = page.getByRole('button', { name: 'Orders', exact: true });
    await chosen.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('img', { name: /^Orders by day/ }).waitFor();
    expect(new URL(page.url()).search).toBe('?show=orders');
    const looks = await page.evaluate<string[]>(`[...document.querySelectorAll('.bars-legend span')].map((each) => {
      const { backgroundImage, borderStyle } = getComputedStyle(each);
      return backgroundImage.split('(')[0] + ' ' + borderStyle;
    })`);
    expect(looks).toEqual(['none none', 'repeating-linear-gradient solid', 'none dashed']);
    await page.getByRole('button', { name: 'ZWG' }).click();
    await page.getByText('300.00 ZWG').first().waitFor();
    await page.getByRole('button', { name: '7 days' }).click();
    await page.getByRole('img', { name: /Bars for 7 days/ }).waitFor();
    expect(asked.map((from) => from === dayBefore(29) || from === dayBefore(6))).toEqual(asked.map(() => true));
    await page.reload();
    await page.getByRole('img', { name: /^Orders by day\. Bars for 7 days/ }).waitFor();
  });
});

itInBrowser('without orders it says so; a refusal is there with a retry, and leaves the rest of the page', async () => {
  figures = () => [];
  await dashboard.withPage('/app', { viewport: PHONE }, async (page) => {
    await open(page);
    await page.getByText('No orders in these days').waitFor();
    figures = () => {
      throw new Refused(403, { title: 'Not now', detail: 'Later.', fix: 'Try again.' });
    };
    await page.reload();
    await page.getByText('Not now').waitFor();
    await page.getByRole('heading', { name: 'Undecided now' }).waitFor();
    figures = () => BUSY;
    await page.getByRole('button', { name: 'Try again' }).click();
    await bars(page).waitFor();
  });
});
