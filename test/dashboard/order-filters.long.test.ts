import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { itInBrowser } from '../support/browser.ts';
import { callAs, eventually, openSystem, signInAs, signUp } from '../support/dashboard-set-up.ts';
import { DESKTOP, expectGood, LONG_LOOKS, PHONE } from '../support/site-set-up.ts';

/** From orders to what made them and back, and from an error to its requests: with all that is behind it. */

let dashboard: Awaited<ReturnType<typeof openSystem>>;
let businesses = 0;
beforeAll(async () => {
  dashboard = await openSystem();
}, 300_000);
afterAll(() => dashboard?.close(), 300_000);

const order = (reference: string) => ({
  ...{ product_id: 100, target: '0772279199', amount: 1, agent_reference: reference },
});

/** What answers say that is used here. */
interface Made {
  readonly id: string;
  readonly key: string;
  readonly agent_reference: string;
}

/** A business with orders of a person, of a key, of a batch and of a campaign; and some that were refused. */
async function aShop(page: Page) {
  businesses += 1;
  const email = `shop-${businesses}@kiosk.example`;
  await signUp(page, { email, business: `Kiosk ${businesses}` });
  const scopes = ['orders:write', 'orders:read'];
  const asked = async (path: string, body: object) => (await callAs(page, 'POST', path, body)).json as Made;
  const key = await asked('/api/v1/keys', { name: 'Shop till', scopes });
  const byKey = async (path: string, body: object) => {
    const headers = { authorization: `Api-Key ${key.key}`, 'content-type': 'application/json' };
    const sent = { method: 'POST', headers, body: JSON.stringify(body) };
    return (await (await fetch(dashboard.origin + path, sent)).json()) as Made;
  };
  await byKey('/api/v1/orders', order('by-key'));
  await callAs(page, 'POST', '/api/v1/orders', order('by-person'));
  const csv = 'target,amount\n0772279101,1\n0772279102,1';
  const sent = { csv, batch_reference: 'salaries-may', currency: 'USD' };
  const batch = await asked('/api/v1/bulk', sent);
  const terms = { name: 'Household survey', currency: 'USD', amount: 1, budget: 10, allow_api_key: true };
  const campaign = await asked('/api/v1/campaigns', terms);
  const paid = await byKey(`/api/v1/campaigns/${campaign.id}/payouts`, { respondent_id: 'r-1', target: '0772279103' });
  for (const target of ['nobody', 'none']) await byKey('/api/v1/orders', { ...order(target), target });
  await byKey('/api/v1/orders', { ...order('many'), amount: 10_000 });
  await eventually(page, async () => {
    const { json } = await callAs(page, 'GET', `/api/v1/bulk/${batch.id}`);
    return (json as { finished_at: unknown }).finished_at !== null;
  });
  return { email, key, batch, campaign, payout: paid.agent_reference };
}

const filterOf = (page: Page) => page.getByRole('combobox', { name: /^Filter by/ });
const token = (page: Page, text: string) => page.getByRole('button', { name: text, exact: true }).waitFor();
/** Waits until the list has these orders and no others. Those of one moment are in no order. */
const listed = (page: Page, ...references: string[]) =>
  eventually(page, async () => {
    const found = await page.getByRole('table', { name: 'Orders' }).locator('tbody th').allInnerTexts();
    return found.sort().join() === references.sort().join();
  });

/** Chooses a value of a property by its name. */
async function choose(page: Page, property: string, value: string): Promise<void> {
  await filterOf(page).click();
  await page.getByRole('option', { name: property, exact: true }).click();
  await page.getByRole('option', { name: value }).click();
}

describe.each(LONG_LOOKS.map((look) => ({ look, name: `${look.viewport.width} px, ${look.colorScheme}` })))(
  '$name:',
  ({ look }) => {
    itInBrowser(
      'what is new is accessible, complete and no wider than the screen',
      async () => {
        await dashboard.withPage('/app', { ...look, reducedMotion: 'reduce' }, async (page, complaints) => {
          const { key, batch } = await aShop(page);
          for (const [path, text] of [
            [`/orders?key_id=${key.id}`, 'by-key'],
            [`/orders?batch_id=${batch.id}`, 'salaries-may~2'],
            ['/orders/salaries-may~2', 'All orders of this person'],
            ['/orders/by-key', 'All orders of this key'],
            ['/requests?code=invalid_target', 'POST /api/v1/orders'],
          ] as const) {
            await page.goto(`${dashboard.origin}/app${path}`);
            await page.getByText(text).first().waitFor();
            await expectGood(page, complaints);
          }
          await page.goto(`${dashboard.origin}/app/orders`);
          await filterOf(page).click();
          await page.getByRole('option', { name: 'Placed by key' }).waitFor();
          await expectGood(page, complaints);
          await page.goto(`${dashboard.origin}/app/settings/business`);
          await page.getByRole('button', { name: 'Rename', exact: true }).click();
          await page.getByRole('dialog').waitFor();
          await expectGood(page, complaints);
        });
      },
      300_000,
    );
  },
);

itInBrowser(
  'orders are found by what made them, which is chosen by its name, and the address keeps it',
  async () => {
    await dashboard.withPage('/app', { viewport: DESKTOP }, async (page, complaints) => {
      const { email, key, batch, campaign, payout } = await aShop(page);
      await page.goto(`${dashboard.origin}/app/orders`);
      await choose(page, 'Batch', 'salaries-may');
      await page.waitForURL(`${dashboard.origin}/app/orders?batch_id=${batch.id}`);
      await listed(page, 'salaries-may~3', 'salaries-may~2');
      await page.reload();
      await token(page, 'Batch = salaries-may');
      await listed(page, 'salaries-may~3', 'salaries-may~2');
      await page.getByRole('button', { name: 'Clear the filter' }).click();
      await choose(page, 'Campaign', 'Household survey');
      await page.waitForURL(/\?campaign_id=cmp_/);
      await listed(page, payout);
      await page.goto(`${dashboard.origin}/app/orders?campaign_id=${campaign.id}`);
      await token(page, 'Campaign = Household survey');
      await page.getByRole('button', { name: 'Clear the filter' }).click();
      await choose(page, 'Placed by key', 'Shop till');
      await page.waitForURL(`${dashboard.origin}/app/orders?key_id=${key.id}`);
      await listed(page, payout, 'by-key');
      await choose(page, 'Status', 'Reversed');
      await page.getByText('Nothing matches').waitFor();
      await page.getByRole('button', { name: 'Clear the filter' }).first().click();
      await choose(page, 'Placed by person', email);
      await page.waitForURL(/\?member_id=mem_/);
      await listed(page, 'salaries-may~3', 'salaries-may~2', 'by-person');
      // An id that somebody has pasted is known by its form.
      await page.getByRole('button', { name: 'Clear the filter' }).click();
      await filterOf(page).fill(batch.id);
      await page.keyboard.press('Enter');
      await token(page, 'Batch = salaries-may');
      await listed(page, 'salaries-may~3', 'salaries-may~2');
      expect(complaints).toEqual([]);
    });
  },
  300_000,
);

itInBrowser(
  'from an order its batch, campaign, key and person are a click away, and from each of them its orders',
  async () => {
    await dashboard.withPage('/app', { viewport: DESKTOP }, async (page, complaints) => {
      const { key, batch, payout } = await aShop(page);
      const to = (path: string) => page.goto(`${dashboard.origin}/app${path}`);
      const follow = (name: string) => page.getByRole('link', { name, exact: true }).first().click();
      await to(`/orders?batch_id=${batch.id}`);
      await follow('salaries-may~2');
      await page.getByRole('heading', { level: 1, name: 'salaries-may~2' }).waitFor();
      await follow('salaries-may');
      await page.waitForURL(`${dashboard.origin}/app/bulk/${batch.id}`);
      await follow('salaries-may~3');
      await page.getByRole('heading', { level: 1, name: 'salaries-may~3' }).waitFor();
      await page.goBack();
      await follow('Orders of this batch');
      await listed(page, 'salaries-may~3', 'salaries-may~2');
      await to(`/orders/${encodeURIComponent(payout)}`);
      await page.getByText('key Shop till').waitFor();
      await follow('Household survey');
      await follow('Orders of this campaign');
      await listed(page, payout);
      await to('/orders/by-key');
      await follow('All orders of this key');
      await listed(page, payout, 'by-key');
      await to('/orders/by-person');
      await follow('In the audit log');
      await page.waitForURL(/\/settings\/audit\?member_id=mem_/);
      await page.getByRole('rowheader', { name: 'Key created' }).waitFor();
      await to('/settings/team');
      await page.getByRole('table', { name: 'Members' }).getByRole('link', { name: 'Orders' }).click();
      await listed(page, 'salaries-may~3', 'salaries-may~2', 'by-person');
      await to('/keys');
      await page.getByRole('table', { name: 'API keys' }).getByRole('link', { name: 'Orders' }).click();
      await page.waitForURL(`${dashboard.origin}/app/orders?key_id=${key.id}`);
      await listed(page, payout, 'by-key');
      expect(complaints).toEqual([]);
    });
  },
  300_000,
);

itInBrowser(
  'from a cause of errors its requests are a click away, and no others',
  async () => {
    await dashboard.withPage('/app', { viewport: DESKTOP }, async (page, complaints) => {
      await aShop(page);
      await page.goto(`${dashboard.origin}/app/errors`);
      const cause = page.getByRole('row').filter({ hasText: 'invalid_target' });
      await cause.getByRole('link', { name: 'Show' }).click();
      await page.waitForURL(/\/requests\?status=422&operation=create-order&code=invalid_target&from=/);
      const log = page.getByRole('table', { name: 'Request log' }).locator('tbody tr');
      await eventually(page, async () => (await log.count()) === 2);
      await token(page, 'Code = invalid_target');
      await log.first().getByRole('link').first().click();
      await page.getByRole('link', { name: 'invalid_target', exact: true }).click();
      await page.waitForURL(`${dashboard.origin}/app/requests?code=invalid_target`);
      await page.getByRole('button', { name: 'Clear the filter' }).click();
      await filterOf(page).fill('invalid_amount');
      await page.keyboard.press('Enter');
      await page.waitForURL(`${dashboard.origin}/app/requests?code=invalid_amount`);
      await eventually(page, async () => (await log.count()) === 1);
      expect(complaints).toEqual([]);
    });
  },
  300_000,
);

itInBrowser(
  'a filter that cannot be is refused where it can be corrected',
  async () => {
    await dashboard.withPage('/app/orders?from=yesterday', { viewport: PHONE }, async (page) => {
      await signUp(page, { email: 'typo@kiosk.example', business: 'Typo' });
      await page.getByText('from must be a date').waitFor();
      await page.getByRole('button', { name: 'Clear the filter' }).click();
      await page.getByText('No orders yet').waitFor();
    });
  },
  300_000,
);

itInBrowser(
  'a business is renamed by its owner and by nobody who may not, and the frame says so at once',
  async () => {
    await dashboard.withPage('/app/settings/business', { viewport: DESKTOP }, async (page, complaints) => {
      await signUp(page, { email: 'renamer@kiosk.example', business: 'Kiosk' });
      const dialog = page.getByRole('dialog');
      const name = dialog.getByRole('textbox', { name: 'Name' });
      await page.getByRole('button', { name: 'Rename', exact: true }).click();
      await name.fill('');
      await dialog.getByText('Type a name.').waitFor();
      expect(await dialog.getByRole('button', { name: 'Save the name' }).isDisabled()).toBe(true);
      await name.fill('evil.example');
      await page.keyboard.press('Enter');
      await dialog.getByText('must not look like an address of the web').waitFor();
      await name.fill('Tariro & Sons');
      await page.keyboard.press('Enter');
      await dialog.waitFor({ state: 'detached' });
      await page.getByRole('navigation', { name: 'Pages' }).getByText('Tariro & Sons').waitFor();
      await page.getByRole('main').getByText('Tariro & Sons').waitFor();
      await page.goto(`${dashboard.origin}/app/settings/audit?log=live`);
      await page
        .getByRole('row', { name: /^Business renamed/ })
        .getByText('name: Kiosk to Tariro & Sons')
        .waitFor();
      // The refused name is the only complaint.
      expect(complaints.filter((each) => !each.includes('400'))).toEqual([]);
    });
    await dashboard.withPage('/app/settings/business', { viewport: PHONE }, async (page) => {
      await signInAs(page, 'viewer');
      await page.getByText('Merchant id', { exact: true }).waitFor();
      expect(await page.getByRole('button', { name: 'Rename', exact: true }).count()).toBe(0);
      expect((await callAs(page, 'PATCH', '/api/v1/account', { name: 'Mine' })).status).toBe(403);
    });
  },
  300_000,
);
