import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { itInBrowser } from '../support/browser.ts';
import { callAs, eventually, openSystem, signUp } from '../support/dashboard-set-up.ts';
import { DESKTOP, PHONE } from '../support/site-set-up.ts';

/** What the pages cost on a mobile network: the bytes that come to a real browser, headers included. */

const KB = 1024;
const LANDING_MAX = 60 * KB;
const PAGE_MAX = 40 * KB;
const IDLE_MAX = 5 * KB;
const MINUTE_MS = 60_000;
const QUIET_MS = 2_000;
/** Nobody ever says how such an order ended. */
const NEVER_KNOWN = '0772279014';

let dashboard: Awaited<ReturnType<typeof openSystem>>;
let businesses = 0;
beforeAll(async () => {
  dashboard = await openSystem();
}, 300_000);
afterAll(() => dashboard?.close(), 300_000);

async function signUpHere(page: Page): Promise<void> {
  businesses += 1;
  await signUp(page, { email: `data-${businesses}@kiosk.example`, business: `Kiosk ${businesses}` });
}

async function order(page: Page, target: string, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    const { status } = await callAs(page, 'POST', '/api/v1/orders', {
      ...{ product_id: 100, target, amount: 1 + at, agent_reference: `${target}-${at}` },
    });
    expect(status).toBeLessThan(300);
  }
}

/** Counts what comes over the network for a page from now on. */
async function counter(page: Page) {
  const session = await page.context().newCDPSession(page);
  const urls = new Map<string, string>();
  let answers: { path: string; bytes: number }[] = [];
  session.on('Network.requestWillBeSent', ({ requestId, request }) => urls.set(requestId, request.url));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength: bytes }) => {
    // Of what was asked for before, nothing is known.
    const { pathname, search } = URL.parse(urls.get(requestId) ?? '') ?? {};
    if (pathname !== undefined) answers.push({ path: pathname + search, bytes });
  });
  await session.send('Network.enable');
  return {
    /** Waits until nothing has come for a while: a slow machine loads a part of a page some time after the others. */
    async untilQuiet(): Promise<void> {
      let seen = -1;
      while (seen < answers.length) {
        seen = answers.length;
        await page.waitForTimeout(QUIET_MS);
      }
    },
    /** What came since the last time. */
    take() {
      const taken = answers;
      answers = [];
      return { bytes: taken.reduce((sum, { bytes }) => sum + bytes, 0), paths: taken.map(({ path }) => path) };
    },
  };
}

/** Says so in the output: what is near its limit is to be seen before it is above it. */
function expectWithin(what: string, bytes: number, max: number): void {
  process.stdout.write(`${what}: ${(bytes / KB).toFixed(2)} KB.\n`);
  expect({ what, bytes, isWithin: bytes <= max }).toEqual({ what, bytes, isWithin: true });
}

itInBrowser('the first page of the site is small, with all that is on it', async () => {
  await dashboard.withPage('/', { viewport: PHONE }, async (page) => {
    await page.waitForLoadState('networkidle');
    const [entries] = await page.evaluate<number[]>(`[performance.getEntries()
        .filter(({ entryType }) => /^(navigation|resource)$/.test(entryType))
        .reduce((sum, { transferSize }) => sum + transferSize, 0)]`);
    expectWithin('/', entries ?? Number.NaN, LANDING_MAX);
    expect(entries).toBeGreaterThan(KB);
  });
});

itInBrowser(
  'each page of the menu adds little to the app, with full lists and its own code',
  async () => {
    await dashboard.withPage('/app', { viewport: DESKTOP }, async (page) => {
      await signUpHere(page);
      await order(page, '0772279099', 30);
      const data = await counter(page);
      await page.reload();
      const links = page.getByRole('navigation', { name: 'Pages' }).locator('a[href^="/app/"]');
      await links.first().waitFor();
      await data.untilQuiet();
      data.take();
      const count = await links.count();
      expect(count).toBeGreaterThan(12);
      for (let at = 0; at < count; at += 1) {
        const name = await links.nth(at).innerText();
        await links.nth(at).click();
        await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
        await data.untilQuiet();
        expectWithin(name, data.take().bytes, PAGE_MAX);
      }
    });
  },
  300_000,
);

itInBrowser('an answer above a kilobyte is compressed, and one that has not changed is not sent again', async () => {
  await dashboard.withPage('/app/orders', { viewport: DESKTOP }, async (page) => {
    await signUpHere(page);
    await order(page, '0772279099', 30);
    const first = page.waitForResponse(/\/api\/v1\/orders/);
    await page.reload();
    const long = await first;
    expect(await long.headerValue('content-encoding')).toMatch(/^(?:br|gzip)$/);
    const { responseBodySize } = await long.request().sizes();
    expect((await long.body()).length).toBeGreaterThan(5 * responseBodySize);
    await page.getByRole('link', { name: '0772279099-29' }).waitFor();
    const second = page.waitForResponse(/\/api\/v1\/orders/);
    await page.getByRole('button', { name: /^Reload/ }).click();
    expect((await second).status()).toBe(304);
    await order(page, NEVER_KNOWN, 1);
    await page.getByRole('button', { name: /^Reload/ }).click();
    await page.getByRole('link', { name: `${NEVER_KNOWN}-0` }).waitFor();
    expect(await page.getByRole('link', { name: '0772279099-29' }).isVisible()).toBe(true);
  });
});

describe('a page that is only open', () => {
  const cases = [
    { path: '/app', ready: 'Do not order these again' },
    { path: '/app/orders', ready: `${NEVER_KNOWN}-0` },
    { path: `/app/orders/${NEVER_KNOWN}-0`, ready: 'What happens now' },
  ];

  itInBrowser(
    'costs next to nothing in a minute, with orders that stay open, as often as it reads them',
    async () => {
      await dashboard.withPage('/app', { viewport: DESKTOP }, async (page, _complaints, context) => {
        await signUpHere(page);
        await order(page, NEVER_KNOWN, 15);
        await eventually(page, async () => {
          const { json } = await callAs(page, 'GET', '/api/v1/orders');
          return (json as { data: { under_review?: boolean }[] }).data.every(({ under_review }) => under_review);
        });
        const open = await Promise.all(
          cases.map(async ({ path, ready }) => {
            const tab = path === '/app' ? page : await context.newPage();
            await tab.goto(dashboard.origin + path);
            await tab.getByText(ready).first().waitFor();
            await tab.waitForLoadState('networkidle');
            return { path, data: await counter(tab) };
          }),
        );
        await page.waitForTimeout(MINUTE_MS);
        for (const { path, data } of open) {
          const { bytes, paths } = data.take();
          expectWithin(`${path} in a minute, ${paths.length} reads`, bytes, IDLE_MAX);
          expect(paths.length).toBeGreaterThan(3);
        }
      });
    },
    300_000,
  );

  itInBrowser(
    'reads nothing where nothing is open, where nobody looks at it, and for who saves data',
    async () => {
      const saveData = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })";
      await dashboard.withPage('/app/orders', { viewport: PHONE }, async (page, _complaints, context) => {
        await signUpHere(page);
        await order(page, NEVER_KNOWN, 1);
        await page.reload();
        await page.getByText(`${NEVER_KNOWN}-0`).waitFor();
        const hidden = page;
        const saving = await context.newPage();
        await saving.addInitScript(saveData);
        const quiet = await context.newPage();
        const tabs = [hidden, saving, quiet];
        await saving.goto(`${dashboard.origin}/app/orders`);
        await quiet.goto(`${dashboard.origin}/app/ledger`);
        for (const tab of tabs) await tab.waitForLoadState('networkidle');
        await hidden.evaluate(`(() => {
          Object.defineProperty(document, 'visibilityState', { get: () => 'hidden', configurable: true });
          document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
        })()`);
        const counters = await Promise.all(tabs.map(counter));
        await page.waitForTimeout(20_000);
        expect(counters.map((each) => each.take().paths)).toEqual([[], [], []]);
        await hidden.evaluate(`(() => {
          delete document.visibilityState;
          document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
        })()`);
        await hidden.waitForResponse(/\/api\/v1\/orders/);
      });
    },
    300_000,
  );
});
