import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { itInBrowser } from '../support/browser.ts';
import { openSystem, signUp } from '../support/dashboard-set-up.ts';
import { DESKTOP } from '../support/site-set-up.ts';

/** What is pressed twice is done once, in a real browser and with all that is behind it. */

let dashboard: Awaited<ReturnType<typeof openSystem>>;
let people = 0;
beforeAll(async () => {
  dashboard = await openSystem();
}, 300_000);
afterAll(() => dashboard?.close(), 300_000);

/** Opens a page of somebody new, and lists the changes that leave it from now on. */
async function begin(page: Page, path: string): Promise<string[]> {
  people += 1;
  await signUp(page, { email: `twice-${people}@shop.example`, business: `Shop ${people}` });
  await page.goto(dashboard.origin + path);
  const changes: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (request.method() !== 'GET' && pathname.startsWith('/api/')) changes.push(`${request.method()} ${pathname}`);
  });
  return changes;
}

/** Two presses with nothing between them: no picture is drawn before the second. */
async function pressTwice(button: Locator): Promise<void> {
  await button.evaluate((element: { click(): void }) => {
    element.click();
    element.click();
  });
}

/** What a mouse does, where the answer may come between the two. */
async function doubleClick(page: Page, button: Locator): Promise<void> {
  const { x = 0, y = 0, width = 0, height = 0 } = (await button.boundingBox()) ?? {};
  await page.mouse.dblclick(x + width / 2, y + height / 2, { delay: 30 });
}

const inDialog = (page: Page, name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true });

itInBrowser('a key is made once and rolled once, and its text is shown', async () => {
  await dashboard.withPage('/app/keys/new', { viewport: DESKTOP }, async (page) => {
    const changes = await begin(page, '/app/keys/new');
    await page.getByLabel('Name', { exact: true }).fill('Shop');
    await pressTwice(page.getByRole('button', { name: 'Create a key' }));
    await page.getByText('Copy it now:').waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Replace: Shop' }).click();
    await pressTwice(inDialog(page, 'Replace'));
    await page.getByText('Copy it now:').waitFor();
    await page.getByText(/^atk_test_\w{38}$/).waitFor();
    expect(changes).toEqual(['POST /api/v1/keys', expect.stringMatching(/^POST .*\/roll$/)]);
  });
});

itInBrowser('an endpoint is added once, and a double click changes its secret once', async () => {
  const receiver = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  try {
    await dashboard.withPage('/app/webhooks/new', { viewport: DESKTOP }, async (page) => {
      const changes = await begin(page, '/app/webhooks/new');
      await page.getByLabel('Address').fill(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`);
      await pressTwice(page.getByRole('button', { name: 'Add an endpoint' }));
      await page.getByText('The secret of this endpoint').waitFor();
      await page.getByRole('link', { name: 'Go to the endpoint' }).click();
      await page.getByRole('button', { name: 'More' }).last().click();
      await page.getByRole('menuitem', { name: 'Change the secret', exact: true }).click();
      await doubleClick(page, inDialog(page, 'Change the secret'));
      await page.getByText('The secret of this endpoint').waitFor();
      await page.waitForTimeout(1_000);
      expect(changes).toEqual(['POST /api/v1/webhooks/endpoints', expect.stringMatching(/^POST .*\/rotate/)]);
    });
  } finally {
    receiver.close();
  }
});

itInBrowser('a campaign is made once and takes one new secret', async () => {
  await dashboard.withPage('/app/campaigns/new', { viewport: DESKTOP }, async (page) => {
    const changes = await begin(page, '/app/campaigns/new');
    await page.getByLabel('Name', { exact: true }).fill('Survey');
    await page.getByLabel('Amount (USD)').fill('0.50');
    await page.getByLabel('Budget (USD)').fill('2.25');
    await pressTwice(page.getByRole('main').getByRole('button', { name: 'Create a campaign' }));
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await page.getByRole('button', { name: 'New secret' }).click();
    await doubleClick(page, inDialog(page, 'New secret'));
    await page.getByText('The secret is shown here and never again').waitFor();
    await page.waitForTimeout(1_000);
    expect(changes).toEqual(['POST /api/v1/campaigns', expect.stringMatching(/^POST .*\/rotate-secret$/)]);
  });
});

itInBrowser('a member is removed once; their open page goes, and says why after it is loaded again', async () => {
  await dashboard.withPage('/app/settings/team', { viewport: DESKTOP }, async (page) => {
    const changes = await begin(page, '/app/settings/team');
    await page.getByRole('button', { name: 'Invite somebody' }).click();
    await page.getByLabel('E-mail address').fill('rudo@refused.example');
    await page.getByRole('dialog').getByRole('radio', { name: 'admin' }).check();
    await pressTwice(inDialog(page, 'Invite'));
    const link = await page.getByRole('dialog').locator('pre').innerText();
    await page.getByRole('dialog').getByText('Close', { exact: true }).click();
    await dashboard.withPage(link.replace(dashboard.origin, ''), { viewport: DESKTOP }, async (other) => {
      await other.getByLabel('Or with a mail address').fill('rudo@refused.example');
      await other.getByRole('button', { name: 'Continue' }).click();
      await other.getByRole('button', { name: 'Accept the invitation' }).click();
      await other.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
      await page.reload();
      await page.getByRole('button', { name: 'Remove: rudo@refused.example' }).click();
      await pressTwice(inDialog(page, 'Remove'));
      await page.getByText('rudo@refused.example is removed').waitFor();
      await other.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Orders' }).click();
      await other.getByText('You are no longer a member').waitFor();
      await other.reload();
      await other.getByText('You are no longer a member').waitFor();
    });
    expect(changes).toEqual(['POST /api/v1/invitations', expect.stringMatching(/^DELETE .*\/members\//)]);
  });
});

itInBrowser('a double click on the way to pay leads to the payment, and starts one', async () => {
  await dashboard.withPage('/app/wallet', { viewport: DESKTOP }, async (page) => {
    const changes = await begin(page, '/app/wallet');
    await page.getByRole('button', { name: 'Top up', exact: true }).click();
    await page.getByLabel('Amount (USD)').fill('0');
    await page.getByRole('button', { name: 'Go on to pay' }).click();
    await page.getByRole('dialog').getByRole('alert').waitFor();
    await page.getByLabel('Amount (USD)').fill('50');
    await doubleClick(page, page.getByRole('button', { name: 'Go on to pay' }));
    await page.getByText('Simulated: no money moves').waitFor();
    expect(changes).toHaveLength(2);
  });
});

itInBrowser(
  'the second press of the one that opens a question does not close it',
  async () => {
    await dashboard.withPage('/app/bulk/new', { viewport: DESKTOP }, async (page) => {
      const changes = await begin(page, '/app/bulk/new');
      const csv = 'number,amount,product_id\n0772279099,5.00,101\n';
      await page.locator('input[type=file]').setInputFiles({
        name: 'may.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(csv),
      });
      const run = page.getByRole('button', { name: 'Run the batch' });
      await run.scrollIntoViewIfNeeded();
      await doubleClick(page, run);
      await page.waitForTimeout(500);
      await pressTwice(page.getByRole('dialog').getByRole('button', { name: /^Run 1/ }));
      await page.waitForURL(/\/bulk\/bat_/);
      const order = page.locator('tbody a[href^="/app/orders/"]').first();
      const reference = await order.innerText();
      await order.click();
      await page.getByRole('heading', { level: 1, name: reference }).waitFor();
      await page.getByRole('heading', { name: 'Details' }).waitFor();
      expect(changes.filter((each) => each === 'POST /api/v1/bulk')).toHaveLength(1);
    });
  },
  300_000,
);
