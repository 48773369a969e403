import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { itInBrowser } from '../support/browser.ts';
import { callAs, eventually, openSystem, signInAs, signUp } from '../support/dashboard-set-up.ts';
import { DESKTOP, expectGood, LONG_LOOKS, PHONE } from '../support/site-set-up.ts';

/** What is mailed to a member, as they choose it in a real browser, and a mail whose links lead to the right pages. */

const PATH = '/app/settings/notifications';

let dashboard: Awaited<ReturnType<typeof openSystem>>;
let businesses = 0;
beforeAll(async () => {
  dashboard = await openSystem();
}, 300_000);
afterAll(() => dashboard?.close(), 300_000);

/** Somebody new, whose business nobody else has. */
async function signUpHere(page: Page): Promise<string> {
  businesses += 1;
  const email = `owner-${businesses}@kiosk.example`;
  await signUp(page, { email, business: `Kiosk ${businesses}` });
  return email;
}

const toggle = (page: Page, name: string) => page.getByRole('checkbox', { name, exact: true });
const saved = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();

describe.each(LONG_LOOKS.map((look) => ({ look, name: `${look.viewport.width} px, ${look.colorScheme}` })))(
  '$name:',
  ({ look }) => {
    itInBrowser('the page is accessible, complete and no wider than the screen', async () => {
      await dashboard.withPage(PATH, { ...look, reducedMotion: 'reduce' }, async (page, complaints) => {
        const email = await signUpHere(page);
        await page.getByText(`They go to ${email}.`).waitFor();
        await expectGood(page, complaints);
        await toggle(page, 'A balance is low').check();
        await saved(page, 'A balance is low: on');
        await expectGood(page, complaints);
      });
    });
  },
);

itInBrowser('at 320 px, as at a zoom of 400 %, nothing is wider than the screen', async () => {
  const look = { viewport: { width: 320, height: 640 }, reducedMotion: 'reduce' } as const;
  await dashboard.withPage(PATH, look, async (page, complaints) => {
    await signUpHere(page);
    await page.getByText('E-mails about test mode').waitFor();
    await expectGood(page, complaints);
  });
});

itInBrowser('by the keyboard alone each is turned on and off, and stays so', async () => {
  await dashboard.withPage(PATH, { viewport: DESKTOP }, async (page, complaints) => {
    await signUpHere(page);
    await toggle(page, 'A balance is low').focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await saved(page, 'A batch is finished: on');
    await page.keyboard.press('Space');
    await saved(page, 'A batch is finished: off');
    await page.reload();
    await toggle(page, 'A balance is low').waitFor();
    // What was kept of the page may be shown first.
    await eventually(page, async () => (await page.getByRole('checkbox', { checked: true }).count()) === 2);
    const { json } = await callAs(page, 'GET', '/api/v1/notifications');
    expect(json).toMatchObject({ low_balance: true, endpoint_failing: true, batch_finished: false });
    expect(complaints).toEqual([]);
  });
});

itInBrowser('live mode has its own choices, which begin with what the role is for', async () => {
  await dashboard.withPage(PATH, { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'finance');
    await page.getByText('E-mails about test mode').waitFor();
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(0);
    await page.goto(`${dashboard.origin}${PATH}`);
    await page.evaluate("sessionStorage.setItem('airtime.mode', 'live')");
    await page.reload();
    await page.getByText('E-mails about live mode').waitFor();
    const names = ['A balance is low', 'Orders are under review', 'A top-up did not go through'];
    for (const name of names) expect(await toggle(page, name).isChecked()).toBe(true);
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(names.length);
  });
});

itInBrowser('a choice that was refused is shown as it is, and why', async () => {
  await dashboard.withPage(PATH, { viewport: PHONE }, async (page) => {
    await signUpHere(page);
    await toggle(page, 'A balance is low').waitFor();
    await page.route('**/api/v1/notifications', (route) =>
      route.request().method() === 'PATCH' ? route.abort() : route.continue(),
    );
    await toggle(page, 'A balance is low').click();
    await page.getByText('No answer').waitFor();
    expect(await toggle(page, 'A balance is low').isChecked()).toBe(false);
    await page.unroute('**/api/v1/notifications');
    await toggle(page, 'A balance is low').click();
    await saved(page, 'A balance is low: on');
    expect(await toggle(page, 'A balance is low').isChecked()).toBe(true);
  });
});

itInBrowser('where no mail is sent from, the page says so in words', async () => {
  await dashboard.withPage(PATH, { viewport: PHONE, reducedMotion: 'reduce' }, async (page, complaints) => {
    await page.route('**/api/v1/notifications', async (route) => {
      const response = await route.fetch();
      const json = (await response.json()) as object;
      await route.fulfill({ response, json: { ...json, mail_from: null } });
    });
    await signUpHere(page);
    await page.getByText('No e-mail is sent from here').waitFor();
    await expectGood(page, complaints);
  });
});

itInBrowser(
  'who spends below the warning of a wallet is mailed, and the mail leads to the wallet and back here',
  async () => {
    let email = '';
    let merchant = '';
    await dashboard.withPage(PATH, { viewport: DESKTOP }, async (page) => {
      email = await signUpHere(page);
      await toggle(page, 'A balance is low').check();
      await saved(page, 'A balance is low: on');
      await page.getByRole('link', { name: 'Set the warning of each wallet' }).click();
      await page.getByRole('button', { name: 'Set the warning of USD' }).click();
      await page.getByLabel('Warn below').fill('998');
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
      await page.getByText('The warning of USD is saved.').waitFor();
      const order = { product_id: 100, target: '0772279099', amount: 5, agent_reference: 'below' };
      expect((await callAs(page, 'POST', '/api/v1/orders', order)).status).toBeLessThan(300);
      const account = (await callAs(page, 'GET', '/api/v1/account')).json as { merchant_id: string };
      merchant = account.merchant_id;
      // One business more, which is not the one that the mail is about.
      await callAs(page, 'POST', '/api/v1/businesses', { name: 'Another kiosk' });
    });
    const own = () => dashboard.mails().filter(({ to }) => to === email);
    for (let minutes = 2; own().length === 0 && minutes <= 8; minutes += 2) {
      await dashboard.later(minutes);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
    const [mail, ...more] = own();
    expect([mail?.subject, more]).toEqual([expect.stringMatching(/^\[Test\] Kiosk \d+: a balance is low$/), []]);
    expect(mail?.text).toContain('the balance fell to 995.00 USD; your threshold is 998.00 USD');
    expect(mail?.text).not.toContain('0772279099');
    const [wallet = '', settings = ''] = mail?.text.match(/http:\S+/g) ?? [];
    expect(mail?.headers).toEqual({ 'List-Unsubscribe': `<${settings}>` });
    expect([wallet, settings].map((url) => url.split('#')[1])).toEqual(Array(2).fill(`business=${merchant}&mode=test`));

    await dashboard.withPage(wallet.replace(dashboard.origin, ''), { viewport: PHONE }, async (page, complaints) => {
      await page.getByLabel('Or with a mail address').fill(email);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('heading', { level: 1, name: 'Wallet' }).waitFor();
      await page.getByText('995.00').first().waitFor();
      expect(page.url()).toBe(`${dashboard.origin}/app/wallet`);
      await page.goto(settings);
      await page.getByRole('heading', { level: 1, name: 'Notifications' }).waitFor();
      await toggle(page, 'A balance is low').uncheck();
      await saved(page, 'A balance is low: off');
      expect(complaints).toEqual([]);
    });
  },
  300_000,
);

itInBrowser('a link to a business of others leads to the first page of a business of their own', async () => {
  await dashboard.withPage(`${PATH}#business=mer_00000000000000000000&mode=live`, { viewport: PHONE }, async (page) => {
    await signUpHere(page);
    await eventually(page, async () => page.url() === `${dashboard.origin}/app`);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  });
});
