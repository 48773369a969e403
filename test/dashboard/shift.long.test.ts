import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { itInBrowser } from '../support/browser.ts';
import { callAs, openSystem, signUp } from '../support/dashboard-set-up.ts';
import { DESKTOP, PHONE } from '../support/site-set-up.ts';

/** While a page loads it does not move what somebody is about to tap. */

/** Up to this cumulative layout shift, a page is called stable. */
const SHIFT_MAX = 0.1;
const SETTLE_MS = 1_000;
const PAGES = [
  '/app',
  '/app/orders',
  '/app/orders/shift-1',
  '/app/send',
  '/app/bulk',
  '/app/wallet',
  '/app/ledger',
  '/app/campaigns',
  '/app/keys',
  '/app/webhooks',
  '/app/events',
  '/app/requests',
  '/app/settings/team',
  '/app/settings/business',
];

let dashboard: Awaited<ReturnType<typeof openSystem>>;
beforeAll(async () => {
  dashboard = await openSystem();
}, 300_000);
afterAll(() => dashboard?.close(), 300_000);

/** What has moved by itself since the page was opened: all of it together, and each part from where to where. */
function shiftOf(page: Page): Promise<{ sum: number; moved: string[] }> {
  return page.evaluate(`new Promise((found) => {
    new PerformanceObserver((list) => {
      const entries = list.getEntries().filter(({ hadRecentInput }) => !hadRecentInput);
      found({
        sum: entries.reduce((sum, { value }) => sum + value, 0),
        moved: entries.flatMap(({ value, sources }) => sources.map(({ node, previousRect, currentRect }) =>
          value.toFixed(3) + ' from ' + previousRect.y + ' to ' + currentRect.y + ': ' +
          (node?.textContent ?? '').slice(0, 60))),
      });
    }).observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => found({ sum: 0, moved: [] }), 500);
  })`);
}

describe.each([PHONE, DESKTOP])('$width px:', (viewport) => {
  itInBrowser('no page moves what is on it while it loads', async () => {
    await dashboard.withPage('/app', { viewport }, async (page) => {
      await signUp(page, { email: `shift-${viewport.width}@kiosk.example`, business: 'Kiosk' });
      const order = { product_id: 100, target: '0772279099', amount: 5, agent_reference: 'shift-1' };
      expect((await callAs(page, 'POST', '/api/v1/orders', order)).status).toBeLessThan(300);
      const shifting: object[] = [];
      for (const path of PAGES) {
        await page.goto(dashboard.origin + path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.waitForLoadState('networkidle');
        await page.waitForTimeout(SETTLE_MS);
        const { sum, moved } = await shiftOf(page);
        if (sum > SHIFT_MAX) shifting.push({ path, sum, moved });
      }
      expect(shifting).toEqual([]);
    });
  });
});
