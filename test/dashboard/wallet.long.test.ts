import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { itInBrowser } from '../support/browser.ts';
import { callAs, openSystem, signInAs, signUp } from '../support/dashboard-set-up.ts';
import { DESKTOP, expectGood, LOOKS, PHONE } from '../support/site-set-up.ts';

/** Wallets, top-ups and the ledger in a real browser, with all that is behind them. */

let dashboard: Awaited<ReturnType<typeof openSystem>>;
beforeAll(async () => {
  dashboard = await openSystem();
}, 120_000);
afterAll(() => dashboard?.close(), 60_000);

/** What a file has that a click saves. */
async function saved(page: Page, button: string): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'latin1') };
}

const SHOTS = process.env.SHOTS;
async function shoot(page: Page, name: string): Promise<void> {
  if (!SHOTS) return;
  const { width } = page.viewportSize() ?? { width: 0 };
  const isDark = (await page.evaluate('document.documentElement.classList.contains("dark")')) ? 'dark' : 'light';
  await page.screenshot({ path: `${SHOTS}/${name}-${width}-${isDark}.png`, fullPage: true });
}

describe.each(LOOKS.map((look) => ({ look, name: `${look.viewport.width} px, ${look.colorScheme}` })))(
  '$name:',
  ({ look }) => {
    itInBrowser(
      'every page is accessible, complete and no wider than the screen',
      async () => {
        await dashboard.withPage('/app/wallet', look, async (page, complaints) => {
          await signInAs(page, 'owner');
          await page.getByRole('heading', { name: 'USD wallet' }).waitFor();
          const started = await callAs(page, 'POST', '/api/v1/wallet/topup', { amount: 7, currency: 'USD' });
          await page.reload();
          await page.getByText('7.00 USD').first().waitFor();
          await shoot(page, 'wallet');
          await expectGood(page, complaints);
          for (const button of ['Top up', 'Set a play balance', 'Set the warning of USD']) {
            await page.getByRole('button', { name: button, exact: true }).click();
            await page.getByRole('dialog').waitFor();
            await shoot(page, button.replaceAll(' ', '-').toLowerCase());
            await expectGood(page, complaints);
            await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
          }
          await page.goto(`${dashboard.origin}/app/wallet/topups/${started.json.id}`);
          await page.getByRole('button', { name: 'Go to the payment page' }).waitFor();
          await shoot(page, 'topup');
          await expectGood(page, complaints);
          await page.goto(`${dashboard.origin}/app/ledger?currency=USD`);
          await page.getByRole('cell').first().waitFor();
          await shoot(page, 'ledger');
          await expectGood(page, complaints);
          await page.goto(`${dashboard.origin}/app/ledger/statement?currency=USD`);
          await page.getByText('Opening balance').waitFor();
          await shoot(page, 'statement');
          await expectGood(page, complaints);
          await page.goto(`${dashboard.origin}/app/ledger/verify?currency=USD`);
          await page.getByRole('button', { name: 'Verify in this browser' }).click();
          await page.getByText('The ledger is sound').waitFor();
          await shoot(page, 'verify');
          await expectGood(page, complaints);
        });
      },
      120_000,
    );
  },
);
