import { afterAll, beforeAll, expect } from '@jest/globals';
import { itInBrowser } from '../support/browser.ts';
import { callAs, openSystem, signUp } from '../support/dashboard-set-up.ts';
import { DESKTOP } from '../support/site-set-up.ts';

/** Who has only the address of `npm start`, in a real browser and with all that is behind it. */

const ORDER = { product_id: 100, target: '0772279099', amount: 5 };

let dashboard: Awaited<ReturnType<typeof openSystem>>;
beforeAll(async () => {
  dashboard = await openSystem();
}, 120_000);
afterAll(() => dashboard?.close(), 60_000);

itInBrowser(
  'somebody new has a business in test mode, without orders, and an order of theirs is seen at once',
  async () => {
    await dashboard.withPage('/app/orders', { viewport: DESKTOP }, async (page, complaints) => {
      await signUp(page, { email: 'rudo@kiosk.example', business: 'Kiosk 7' });
      await page.getByText('No orders yet').waitFor();
      expect(page.url()).toBe(`${dashboard.origin}/app/orders`);
      expect(await page.getByText('Kiosk 7').first().isVisible()).toBe(true);
      const sent = await callAs(page, 'POST', '/api/v1/orders', { ...ORDER, agent_reference: 'first-1' });
      expect(sent).toMatchObject({ status: 201, json: { status: 'success' } });
      await page.reload();
      await page.getByRole('link', { name: 'first-1' }).click();
      await page.getByText('It is delivered, and the money is spent.').waitFor();
      await page.getByText('-5.00 USD').waitFor();
      expect(complaints).toEqual([]);
    });
  },
);
