import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { itInBrowser } from '../support/browser.ts';
import { callAs, eventually, openSystem, signInAs, signUp } from '../support/dashboard-set-up.ts';
import { DESKTOP, expectGood, LONG_LOOKS, PHONE } from '../support/site-set-up.ts';

/** The business, its team and its audit log, in a real browser and with all that is behind it. */

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

const dialog = (page: Page) => page.getByRole('dialog');
const inDialog = (page: Page, name: string) => dialog(page).getByRole('button', { name, exact: true });
const title = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();

/** Invites, and returns the link that is shown where no mail could be sent. */
async function invite(page: Page, email: string, role: string): Promise<string> {
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  await page.getByLabel('E-mail address').fill(email);
  await dialog(page).getByRole('radio', { name: role }).check();
  await inDialog(page, 'Invite').click();
  await page.getByRole('status').filter({ hasText: 'No mail could be sent' }).waitFor();
  const link = await dialog(page).locator('pre').innerText();
  await dialog(page).getByText('Close', { exact: true }).click();
  return link;
}

describe.each(LONG_LOOKS.map((look) => ({ look, name: `${look.viewport.width} px, ${look.colorScheme}` })))(
  '$name:',
  ({ look }) => {
    itInBrowser('every page and every dialog is accessible, complete and no wider than the screen', async () => {
      await dashboard.withPage(
        '/app/settings/business',
        { ...look, reducedMotion: 'reduce' },
        async (page, complaints) => {
          await signUpHere(page);
          await page.getByText('Merchant id', { exact: true }).waitFor();
          await expectGood(page, complaints);
          await page.getByRole('button', { name: 'Freeze test mode' }).click();
          await inDialog(page, 'Freeze test mode').click();
          await page.getByText('Say why.').waitFor();
          await expectGood(page, complaints);
          await page.getByLabel('Reason').fill('A key leaked.');
          await inDialog(page, 'Freeze test mode').click();
          await page.getByRole('status').filter({ hasText: 'A key leaked.' }).waitFor();
          await expectGood(page, complaints);
          await page.goto(`${dashboard.origin}/app/settings/team`);
          await page.getByText('No open invitations').waitFor();
          await expectGood(page, complaints);
          await page.getByRole('button', { name: 'Invite somebody' }).click();
          await dialog(page).waitFor();
          await expectGood(page, complaints);
          await page.goto(`${dashboard.origin}/app/settings/audit`);
          await page.locator('tr, .cards li').filter({ hasText: 'Frozen' }).first().waitFor();
          await expectGood(page, complaints);
        },
      );
    });
  },
);

itInBrowser('at 320 px, as at a zoom of 400 %, nothing is wider than the screen', async () => {
  const look = { viewport: { width: 320, height: 640 }, reducedMotion: 'reduce' } as const;
  await dashboard.withPage('/app/settings/business', look, async (page, complaints) => {
    await signUpHere(page);
    await page.getByText('Merchant id', { exact: true }).waitFor();
    await expectGood(page, complaints);
    await page.goto(`${dashboard.origin}/app/settings/team`);
    await page.getByText('No open invitations').waitFor();
    await expectGood(page, complaints);
    await page.getByRole('button', { name: 'Invite somebody' }).click();
    await dialog(page).waitFor();
    await expectGood(page, complaints);
    await page.goto(`${dashboard.origin}/app/settings/audit?log=live`);
    await page
      .getByRole('listitem')
      .filter({ hasText: /^Member joined/ })
      .waitFor();
    await expectGood(page, complaints);
  });
});

itInBrowser('a business that is not live says how it gets so', async () => {
  await dashboard.withPage('/app/settings/business', { viewport: DESKTOP }, async (page) => {
    await signUpHere(page);
    await page.getByText('Live mode is not switched on yet').waitFor();
    expect(await page.getByRole('link', { name: /What to try first/ }).getAttribute('href')).toBe('/docs/going-live');
    await page.getByRole('row', { name: 'Campaigns 1,000 at most' }).waitFor();
  });
});

itInBrowser('a freeze stops orders, the overview says so, and an owner lifts it', async () => {
  await dashboard.withPage('/app/settings/business', { viewport: DESKTOP }, async (page, complaints) => {
    await signUpHere(page);
    const order = { product_id: 100, target: '0772279099', amount: 5, agent_reference: 'frozen-1' };
    await page.getByRole('button', { name: 'Freeze test mode' }).click();
    await page.getByLabel('Reason').fill('To try it.');
    await inDialog(page, 'Freeze test mode').click();
    await page.getByRole('status').filter({ hasText: 'To try it.' }).waitFor();
    await eventually(page, async () => (await callAs(page, 'POST', '/api/v1/orders', order)).status === 403);
    await page.getByRole('link', { name: 'Overview' }).first().click();
    await page.getByText('Test mode is frozen', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Why, and how it ends' }).click();
    await page.getByRole('button', { name: 'Unfreeze test mode' }).click();
    await page.getByLabel('Reason').fill('Tried.');
    await inDialog(page, 'Unfreeze test mode').click();
    await page.getByRole('status').filter({ hasText: 'Not frozen' }).waitFor();
    expect(complaints).toEqual([]);
  });
});

itInBrowser('by the keyboard alone somebody is invited, joins, gets another role, and is removed', async () => {
  await dashboard.withPage('/app/settings/team', { viewport: DESKTOP }, async (page, complaints) => {
    await signUpHere(page);
    await page.getByRole('button', { name: 'Invite somebody' }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('E-mail address').focus();
    await page.keyboard.press('Enter');
    await page.getByText('Type an address such as name@example.com.').waitFor();
    await page.keyboard.type('tariro@refused.example');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    expect(await dialog(page).getByRole('radio', { name: 'developer' }).isChecked()).toBe(true);
    await inDialog(page, 'Invite').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'No mail could be sent' }).waitFor();
    const link = await dialog(page).locator('pre').innerText();
    await dialog(page).getByText('Close', { exact: true }).click();
    // The link is nowhere else.
    await page.reload();
    await page.getByRole('button', { name: 'Revoke: tariro@refused.example' }).waitFor();
    expect(await page.getByText(link).count()).toBe(0);

    await dashboard.withPage(link.replace(dashboard.origin, ''), { viewport: PHONE }, async (other) => {
      await other.getByLabel('Or with a mail address').fill('tariro@refused.example');
      await other.getByRole('button', { name: 'Continue' }).click();
      await other.getByRole('button', { name: 'Accept the invitation' }).click();
      await title(other, 'Overview');
      const made = { name: 'Of Tariro', scopes: ['orders:read'] };
      expect((await callAs(other, 'POST', '/api/v1/keys', made)).status).toBe(201);
    });

    await page.getByRole('button', { name: 'Reload: Members' }).click();
    await page.getByRole('button', { name: 'Change role: tariro@refused.example' }).click();
    await dialog(page).getByRole('radio', { name: 'viewer' }).check();
    await inDialog(page, 'Change role').click();
    await page.getByRole('status').filter({ hasText: 'tariro@refused.example is viewer now.' }).waitFor();
    await dialog(page).getByText('Close', { exact: true }).click();
    await page.getByRole('button', { name: 'Remove: tariro@refused.example' }).click();
    await inDialog(page, 'Remove').click();
    await page.getByRole('status').filter({ hasText: 'Keys that they made still work' }).waitFor();
    expect(
      await dialog(page)
        .getByText(/Of Tariro/)
        .count(),
    ).toBe(1);
    await dialog(page).getByText('Close', { exact: true }).click();
    expect(await page.getByRole('button', { name: /tariro/ }).count()).toBe(0);

    // All of it is in the log of live mode, by address.
    await page.goto(`${dashboard.origin}/app/settings/audit?log=live&action=member.role_changed`);
    await page
      .getByRole('row', { name: /^Role changed .*owner-\d@kiosk\.example.*Role: developer to viewer/ })
      .waitFor();
    expect(complaints).toEqual([]);
  });
});

itInBrowser('an invitation is revoked; the last owner cannot leave, and who is not the last one can', async () => {
  await dashboard.withPage('/app/settings/team', { viewport: PHONE }, async (page) => {
    const owner = await signUpHere(page);
    const link = await invite(page, 'rudo@refused.example', 'owner');
    await invite(page, 'nobody@refused.example', 'finance');
    await page.getByRole('button', { name: 'Revoke: nobody@refused.example' }).click();
    await inDialog(page, 'Revoke').click();
    await page.getByRole('button', { name: 'Revoke: nobody@refused.example' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: `Leave: ${owner}` }).click();
    await inDialog(page, 'Leave').click();
    await dialog(page).getByText(/owner/i).first().waitFor();
    await dialog(page).getByRole('button', { name: 'Cancel' }).click();
    await dashboard.withPage(link.replace(dashboard.origin, ''), { viewport: PHONE }, async (other) => {
      await other.getByLabel('Or with a mail address').fill('rudo@refused.example');
      await other.getByRole('button', { name: 'Continue' }).click();
      await other.getByRole('button', { name: 'Accept the invitation' }).click();
      await title(other, 'Overview');
    });
    await page.getByRole('button', { name: `Leave: ${owner}` }).click();
    await inDialog(page, 'Leave').click();
    await page.getByText('Name your business').waitFor();
  });
});

itInBrowser('a viewer sees the team and changes nothing, and has no audit log', async () => {
  await dashboard.withPage('/app/settings/team', { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'viewer');
    await page.getByRole('button', { name: 'Leave: viewer@demo.example' }).waitFor();
    expect(await page.getByRole('button', { name: /^(?:Change role|Remove|Invite)/ }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Audit log' }).count()).toBe(0);
    await page.goto(`${dashboard.origin}/app/settings/audit`);
    await page.getByText('Your role does not include this page').waitFor();
    await page.goto(`${dashboard.origin}/app/settings/business`);
    await page.getByText('Merchant id', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: /Freeze/ }).count()).toBe(0);
    expect((await callAs(page, 'GET', '/api/v1/audit')).status).toBe(403);
  });
});
