import { afterAll, beforeAll, expect } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { itInBrowser } from '../support/browser.ts';
import { callAs, openSystem, signUp } from '../support/dashboard-set-up.ts';
import { DESKTOP } from '../support/site-set-up.ts';

/** What is done with money and people by the keyboard alone: no pointer, and no focus that a test has set. */

/** So often somebody presses Tab before giving up. */
const TABS_MAX = 60;

let dashboard: Awaited<ReturnType<typeof openSystem>>;
let people = 0;
beforeAll(async () => {
  dashboard = await openSystem();
}, 300_000);
afterAll(() => dashboard?.close(), 300_000);

/** A page as it is read first, with nothing chosen on it. */
async function open(page: Page, path: string): Promise<void> {
  people += 1;
  await signUp(page, { email: `keys-${people}@kiosk.example`, business: `Kiosk ${people}` });
  await page.goto(dashboard.origin + path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  // The menu and the bar are passed at once.
  await page.keyboard.press('Tab');
  await page.locator('a:focus', { hasText: 'Skip to the page' }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('#page:focus').waitFor();
}

const hasFocus = (wanted: Locator) => wanted.evaluate((each) => each === each.ownerDocument.activeElement);

async function tabTo(page: Page, wanted: Locator, key = 'Tab'): Promise<void> {
  await wanted.waitFor();
  for (let tabs = 0; tabs < TABS_MAX; tabs += 1) {
    if (await hasFocus(wanted)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`The keyboard does not come to ${wanted}.`);
}

async function press(page: Page, wanted: Locator, key = 'Enter'): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press(key);
}

async function type(page: Page, wanted: Locator, text: string): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.type(text);
}

/** A region that is announced when it changes has been there before what it says. */
async function announced(page: Page, text: string | RegExp): Promise<void> {
  await page
    .locator('[role=status], [role=alert], [aria-live]')
    .filter({ hasText: text })
    .first()
    .waitFor({ timeout: 60_000 });
}

itInBrowser(
  'an order is sent',
  async () => {
    await dashboard.withPage('/app', { viewport: DESKTOP }, async (page) => {
      await open(page, '/app/send');
      await type(page, page.getByLabel('Number or meter'), '0772279099');
      await announced(page, '+263772279099');
      await page.keyboard.press('Escape');
      await type(page, page.getByLabel(/^Amount/), '5.50');
      await press(page, page.getByRole('button', { name: 'Review and send' }));
      await page.getByRole('dialog').waitFor();
      await press(page, page.getByRole('button', { name: /^Send 5\.50/ }));
      await announced(page, 'It is delivered, and the money is spent.');
      await page.locator('h1:focus').waitFor();
      await press(page, page.getByRole('button', { name: 'Send another' }));
      await page.getByLabel('Number or meter').waitFor();
    });
  },
  300_000,
);

itInBrowser(
  'a batch is corrected, run and followed to its end',
  async () => {
    await dashboard.withPage('/app', { viewport: DESKTOP }, async (page) => {
      await open(page, '/app/bulk/new');
      const choose = page.getByRole('button', { name: /Choose a file/ });
      const chooser = page.waitForEvent('filechooser');
      await press(page, choose);
      const text = 'target,amount,currency\n0772279099,5,USD\n0773345678,five,USD\n0772279003,6,USD\n';
      await (await chooser).setFiles({ name: 'may.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
      await announced(page, '2 rows would be sent, 1 row not.');
      const amount = page.getByLabel('Amount of row 3');
      await tabTo(page, amount);
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.type('7');
      await announced(page, '1 change not yet checked.');
      await tabTo(page, page.getByRole('button', { name: 'Check again' }).first(), 'Shift+Tab');
      await page.keyboard.press('Enter');
      await announced(page, /^3 rows would be sent\.$/);
      await press(page, page.getByRole('button', { name: 'Run the batch' }));
      await page.getByRole('dialog').waitFor();
      await press(page, page.getByRole('button', { name: 'Run 3 rows' }));
      await announced(page, 'Completed: every row is decided.');
      await page.locator('h1:focus').waitFor();
    });
  },
  300_000,
);

itInBrowser(
  'somebody is invited, and the invitation is revoked',
  async () => {
    await dashboard.withPage('/app', { viewport: DESKTOP }, async (page) => {
      await open(page, '/app/settings/team');
      const invite = page.getByRole('button', { name: 'Invite somebody' });
      await press(page, invite);
      const dialog = page.getByRole('dialog');
      await type(page, dialog.getByLabel('E-mail address'), 'tariro@refused.example');
      await press(page, dialog.getByRole('button', { name: 'Invite', exact: true }));
      await announced(page, 'No mail could be sent');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      expect(await hasFocus(invite)).toBe(true);
      await press(page, page.getByRole('button', { name: 'Revoke: tariro@refused.example' }));
      await press(page, dialog.getByRole('button', { name: 'Revoke', exact: true }));
      await page.getByText('tariro@refused.example', { exact: true }).waitFor({ state: 'detached' });
      const { json } = await callAs(page, 'GET', '/api/v1/invitations');
      expect(json).toMatchObject({ data: [] });
    });
  },
  300_000,
);
