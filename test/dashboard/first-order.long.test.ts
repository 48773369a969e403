import { afterAll, beforeAll, expect } from '@jest/globals';
import { itInBrowser } from '../support/browser.ts';
import { callAs, openSystem, signInAs, signUp } from '../support/dashboard-set-up.ts';
import { DESKTOP } from '../support/site-set-up.ts';

/** Who has only the address of `npm start`, in a real browser and with all that is behind it. */

const ORDER = { product_id: 100, target: '0772279099', amount: 5 };

let dashboard: Awaited<ReturnType<typeof openSystem>>;
beforeAll(async () => {
  dashboard = await openSystem();
}, 300_000);
afterAll(() => dashboard?.close(), 300_000);

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

itInBrowser('the owner of the demo has both modes, and an order of one is not in the other', async () => {
  await dashboard.withPage('/app/orders', { viewport: DESKTOP }, async (page, complaints) => {
    await signInAs(page, 'owner');
    await page.getByText('Test mode: nothing here is real.').waitFor();
    await callAs(page, 'POST', '/api/v1/orders', { ...ORDER, agent_reference: 'played-1' });
    await page.getByRole('button', { name: 'Reload: Orders' }).click();
    await page.getByRole('link', { name: 'played-1' }).waitFor();
    await page.getByRole('button', { name: 'Test mode' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Live mode' }).click();
    await page.getByText('No orders yet').waitFor();
    expect(complaints).toEqual([]);
  });
});

itInBrowser('a viewer reads an order, and is neither offered nor allowed to change it', async () => {
  await dashboard.withPage('/app/orders/slow-1', { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'owner');
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    const slow = { ...ORDER, target: '0772279013', agent_reference: 'slow-1' };
    expect(await callAs(page, 'POST', '/api/v1/orders', slow)).toMatchObject({ json: { final: false } });
    await page.reload();
    await page.getByRole('button', { name: 'Next answer now' }).waitFor();
  });
  await dashboard.withPage('/app/orders/slow-1', { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'viewer');
    await page.getByRole('heading', { level: 1, name: 'slow-1' }).waitFor();
    expect(await page.getByRole('button', { name: 'Next answer now' }).count()).toBe(0);
    const refused = await callAs(page, 'POST', '/api/v1/test/orders/slow-1/advance');
    expect(refused).toMatchObject({ status: 403, json: { code: 'scope_missing' } });
  });
});
