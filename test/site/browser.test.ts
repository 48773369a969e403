import { afterAll, beforeAll, expect } from '@jest/globals';
import { axeFindings, itInBrowser, overflowOf } from '../support/browser.ts';
import { DESKTOP, expectGood, LOOKS, openSite, PHONE } from '../support/site-set-up.ts';

/** The site in a real browser: a few pages, on phone and desktop, in light and dark. The long run has all of them. */

let site: Awaited<ReturnType<typeof openSite>>;
let status: { statusCode: number; body?: string };
beforeAll(async () => {
  site = await openSite({ status: async () => status });
}, 300_000);
afterAll(() => site?.close());

itInBrowser.each([
  { path: '/', look: LOOKS[0] },
  { path: '/docs', look: LOOKS[0] },
  { path: '/docs/webhooks', look: LOOKS[1] },
  { path: '/docs/errors', look: LOOKS[2] },
  { path: '/docs/keys', look: LOOKS[3] },
])('$path is accessible, complete and no wider than the screen', async ({ path, look }) => {
  await site.withPage(path, look, expectGood);
});

itInBrowser('an operation of the reference opens in its place, with its part of the navigation', async () => {
  await site.withPage('/docs/api#createOrder', { viewport: DESKTOP }, async (page, complaints) => {
    await page.locator('.sub a[href="#createOrder"][aria-current]').waitFor();
    expect(await page.locator('#createOrder').boundingBox()).toMatchObject({ y: expect.closeTo(80, -2) });
    expect(await overflowOf(page)).toBe(0);
    expect(complaints).toEqual([]);
  });
});

itInBrowser('the first operation of the reference begins on the first screen of a phone', async () => {
  await site.withPage('/docs/api', LOOKS[0], async (page) => {
    const box = await page.locator('.call .endpoint').first().boundingBox();
    expect((box?.y ?? PHONE.height) + (box?.height ?? 0)).toBeLessThan(PHONE.height);
  });
});

itInBrowser('the page for what is not there suggests the nearest, or none', async () => {
  await site.withPage('/docs/quickstart', { viewport: DESKTOP }, async (page) => {
    await page.locator('.nearest').getByRole('link', { name: 'Quick start' }).click();
    await page.waitForURL(`${site.origin}/docs/quick-start`);
  });
  await site.withPage('/docs/something-else', { viewport: DESKTOP }, async (page) => {
    await page.waitForLoadState('networkidle');
    expect(await page.locator('.nearest').textContent()).toBe('');
  });
});

itInBrowser('a search is loaded when it is asked for, finds a code, and leads to it', async () => {
  await site.withPage('/docs/webhooks', { viewport: PHONE }, async (page, complaints) => {
    const loaded: string[] = [];
    page.on('request', (request) => loaded.push(request.url()));
    await page.keyboard.press('/');
    await page.getByRole('searchbox').fill('insufficient_fun');
    const first = page.getByRole('dialog').getByRole('link').first();
    await first.waitFor();
    expect(loaded).toHaveLength(2);
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${site.origin}/docs/errors#insufficient_funds`);
    expect(complaints).toEqual([]);
  });
});

itInBrowser('the colours that somebody chose are kept on the next page', async () => {
  await site.withPage('/docs', { viewport: DESKTOP, colorScheme: 'light' }, async (page) => {
    const background = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const light = await background();
    await page.getByRole('button', { name: 'Switch between light and dark' }).click();
    const dark = await background();
    expect(dark).not.toBe(light);
    await page.goto(`${site.origin}/docs/bulk`);
    expect(await background()).toBe(dark);
  });
});

itInBrowser('code is copied as it is printed', async () => {
  await site.withPage(
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

itInBrowser('without JavaScript the menus of a phone open, and their links work', async () => {
  await site.withPage('/docs/webhooks', { viewport: PHONE, javaScriptEnabled: false }, async (page) => {
    expect(await page.getByRole('button', { name: 'Search' }).isVisible()).toBe(false);
    await page.getByRole('button', { name: 'On this page' }).click();
    await page.locator('#toc').getByRole('link', { name: 'Verify it' }).click();
    expect(page.url()).toBe(`${site.origin}/docs/webhooks#verify-it`);
    await page.goto(`${site.origin}/docs/webhooks`);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('link', { name: 'Bulk', exact: true }).click();
    await page.waitForURL(`${site.origin}/docs/bulk`);
  });
});

const components = [{ component: 'orders', state: 'up', since: null, checked_at: '2026-11-30T06:56:31.000Z' }];
const providers = [
  { provider: 'hotrecharge', state: 'up', since: null, networks: ['ZW Econet', 'ZW NetOne'] },
  { provider: 'pesaway', state: 'held', since: '2026-11-30T06:58:21.107Z', networks: ['KE Safaricom'] },
];

itInBrowser(
  'the status of this moment is shown, and what it means; it is accessible on a phone in the dark',
  async () => {
    status = {
      statusCode: 200,
      body: JSON.stringify({ status: 'degraded', at: '2026-11-30T07:00:00.000Z', components, providers }),
    };
    await site.withPage('/docs/status', { viewport: PHONE, colorScheme: 'dark' }, async (page, complaints) => {
      await page.getByText('Some orders wait or take long: KE Safaricom.').waitFor();
      expect(await page.locator('#now li b').allTextContents()).toEqual(['Up', 'Up', 'Held']);
      expect(await page.locator('#now li strong').allTextContents()).toEqual(['orders', 'hotrecharge', 'pesaway']);
      expect(await page.locator('#now time').getAttribute('datetime')).toBe('2026-11-30T06:58:21.107Z');
      await expectGood(page, complaints);
    });
  },
);

itInBrowser('the page says so when the API does not answer, and shows no state of before', async () => {
  status = { statusCode: 200, body: JSON.stringify({ status: 'ok', at: '2026-11-30T07:00:00.000Z', providers: [] }) };
  await site.withPage('/docs/status', { viewport: DESKTOP }, async (page) => {
    await page.getByText('The API answers.').waitFor();
    status = { statusCode: 503 };
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await page.getByText('The API does not answer from where you are.').waitFor();
    expect(await page.locator('#now li').count()).toBe(0);
  });
});
