import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { itInBrowser, overflowOf } from '../support/browser.ts';
import { afterDoubleClick, callAs, openSystem, signInAs, signUp } from '../support/dashboard-set-up.ts';
import { DESKTOP, expectGood, LONG_LOOKS } from '../support/site-set-up.ts';

/** Wallets, top-ups and the ledger in a real browser, with all that is behind them. */

let dashboard: Awaited<ReturnType<typeof openSystem>>;
beforeAll(async () => {
  dashboard = await openSystem();
}, 300_000);
afterAll(() => dashboard?.close(), 300_000);

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
  await page.waitForTimeout(400);
  await page.screenshot({ path: `${SHOTS}/${name}-${width}-${isDark}.png`, fullPage: !name.startsWith('dialog') });
}

describe.each(LONG_LOOKS.map((look) => ({ look, name: `${look.viewport.width} px, ${look.colorScheme}` })))(
  '$name:',
  ({ look }) => {
    itInBrowser(
      'every page is accessible, complete and no wider than the screen',
      async () => {
        // Colours are compared when nothing moves.
        const still = { ...look, reducedMotion: 'reduce' } as const;
        await dashboard.withPage('/app/wallet', still, async (page, complaints) => {
          await signInAs(page, 'owner');
          await page.getByRole('heading', { name: 'USD wallet' }).waitFor();
          const { json } = await callAs(page, 'POST', '/api/v1/wallet/topup', { amount: 7, currency: 'USD' });
          await page.reload();
          await page.getByText('7.00 USD').first().waitFor();
          await shoot(page, 'wallet');
          await expectGood(page, complaints);
          for (const button of ['Top up', 'Set a play balance', 'Set the warning of USD']) {
            await page.getByRole('button', { name: button, exact: true }).click();
            await page.getByRole('dialog').waitFor();
            await shoot(page, `dialog-${button.replaceAll(' ', '-')}`);
            await expectGood(page, complaints);
            await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
          }
          await page.goto(`${dashboard.origin}/app/wallet/topups/${(json as { id: string }).id}`);
          await page.getByRole('button', { name: 'Go to the payment page' }).waitFor();
          await shoot(page, 'topup');
          await expectGood(page, complaints);
          await page.goto(`${dashboard.origin}/app/ledger?currency=USD`);
          await page.locator('td, .cards dd').first().waitFor();
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
      300_000,
    );
  },
);

/** Somebody new, in test mode, on a page. */
async function asSomebodyNew(path: string, use: (page: Page, complaints: string[]) => Promise<void>, look = DESKTOP) {
  await dashboard.withPage(path, { viewport: look }, async (page, complaints) => {
    await signUp(page, { email: `p${Math.random()}@kiosk.example`, business: 'Kiosk (7)' });
    await use(page, complaints);
  });
}

async function topups(page: Page) {
  const { json } = await callAs(page, 'GET', '/api/v1/wallet/topup');
  return (json as { data: { reference: string; status: string; amount: number }[] }).data;
}

async function fillTopup(page: Page, amount: string): Promise<void> {
  await page.getByRole('button', { name: 'Top up', exact: true }).click();
  await page.getByLabel('Amount (USD)').fill(amount);
}

itInBrowser(
  'a top-up is paid on the page of the gateway, and the page that its payer comes back to knows it',
  async () => {
    await asSomebodyNew('/app/wallet', async (page, complaints) => {
      await fillTopup(page, '25.50');
      await page.getByRole('button', { name: 'Go on to pay' }).click();
      await page.getByText('Simulated: no money moves').waitFor();
      await page.getByRole('button', { name: 'Pay USD 25.50' }).click();
      await page.waitForURL(/\/app\/wallet\/topups\/topup-[0-9a-f-]+$/);
      await page.getByText('It is paid, and your wallet has the money.').waitFor();
      await page.getByRole('link', { name: 'To the wallet' }).click();
      await page.getByText('1,025.50 USD').waitFor();
      await page.getByRole('link', { name: 'Ledger of USD' }).click();
      await page.getByRole('row', { name: /Top-up topup-.* 25\.50 USD 1,025\.50 USD/ }).waitFor();
      // The gateway's page is the only one of others.
      const others = /^another host: http:\/\/127\.0\.0\.1:\d+\/pay\//;
      expect(complaints.filter((each) => !others.test(each))).toEqual([]);
    });
  },
);

itInBrowser('one that was declined says so where its payer comes back to, and nothing is in the wallet', async () => {
  await asSomebodyNew('/app/wallet', async (page) => {
    await fillTopup(page, '5');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Decline' }).click();
    await page.getByRole('status').getByText('The payment was declined.').waitFor();
    await page.getByRole('link', { name: 'To the wallet' }).click();
    await page.getByText('1,000.00 USD').waitFor();
  });
});

itInBrowser('a top-up whose answer was lost is the same one when it is sent again, also after a reload', async () => {
  await asSomebodyNew('/app/wallet', async (page) => {
    await page.route('**/api/v1/wallet/topup', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      await route.fetch();
      await route.abort();
    });
    await fillTopup(page, '9');
    await page.getByRole('button', { name: 'Go on to pay' }).click();
    await page.getByText('No answer').waitFor();
    await page.unroute('**/api/v1/wallet/topup');
    await page.reload();
    await page.getByText(/the answer was lost/).waitFor();
    await page.getByRole('button', { name: 'Go on to pay' }).click();
    await page.getByText('Simulated: no money moves').waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'USD wallet' }).waitFor();
    expect(await topups(page)).toHaveLength(1);
    // Another amount is another one.
    await fillTopup(page, '10');
    await page.getByRole('button', { name: 'Go on to pay' }).click();
    await page.getByText('Simulated: no money moves').waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'USD wallet' }).waitFor();
    expect((await topups(page)).map(({ amount }) => amount)).toEqual([10, 9]);
  });
});

itInBrowser('by the keyboard alone a warning is set, and the wallet says that it is low', async () => {
  await asSomebodyNew('/app/wallet', async (page) => {
    await page.getByRole('button', { name: 'Set the warning of USD' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('input:focus').waitFor();
    await page.keyboard.type('1,200');
    await page.keyboard.press('Enter');
    await page.getByText('Write it without commas').waitFor();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('1200.50');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('The warning of USD is saved.').waitFor();
    await page.getByText('Below your warning level').waitFor();
    await page.getByText('1,200.50 USD').waitFor();
  });
});

itInBrowser('in test mode the play balance is set, and the ledger has the difference', async () => {
  await asSomebodyNew('/app/wallet', async (page) => {
    await page.getByRole('button', { name: 'Set a play balance' }).click();
    await page.getByLabel('Balance (USD)').fill('3.25');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The USD wallet holds 3.25 USD now.').waitFor();
    await page.getByRole('link', { name: 'Ledger of USD' }).click();
    await page.getByText('-996.75 USD').waitFor();
  });
});

itInBrowser('a viewer sees the money and is offered nothing that the API refuses them', async () => {
  await dashboard.withPage('/app/wallet', { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'viewer');
    await page.getByRole('heading', { name: 'USD wallet' }).waitFor();
    for (const name of [/Top up/, /Set a play balance/, /Set the warning/]) {
      expect(await page.getByRole('button', { name }).count()).toBe(0);
    }
    const body = { low_balance_threshold: 5 };
    expect(await callAs(page, 'PATCH', '/api/v1/wallet/USD', body)).toMatchObject({ status: 403 });
  });
});

itInBrowser('in live mode no play money is offered, and a payment is', async () => {
  await dashboard.withPage('/app/wallet', { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'finance');
    await page.getByRole('button', { name: 'Set a play balance' }).waitFor();
    await page.evaluate("sessionStorage.setItem('airtime.mode', 'live')");
    await page.reload();
    await page.getByRole('button', { name: 'Top up', exact: true }).waitFor();
    await page.getByRole('heading', { name: 'USD wallet' }).waitFor();
    expect(await page.getByRole('button', { name: 'Set a play balance' }).count()).toBe(0);
  });
});

itInBrowser('the ledger is narrowed by the address, and saved as the file that the API names', async () => {
  await asSomebodyNew('/app/ledger?currency=USD&kind=adjustment', async (page) => {
    await page.getByRole('row', { name: /1,000\.00 USD/ }).waitFor();
    const { name, text } = await saved(page, 'Export as CSV');
    expect(name).toBe('ledger-test-USD-adjustment.csv');
    expect(text.split('\r\n')).toHaveLength(3);
    await page.getByText(`${name} is saved.`).waitFor();
    await page.goto(`${dashboard.origin}/app/ledger?kind=topup`);
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('button', { name: 'Clear the filter' }).first().click();
    await page.getByRole('row', { name: /1,000\.00 USD/ }).waitFor();
    await page.getByLabel('Before (UTC)').focus();
    await page.keyboard.type('20260101');
    await page.waitForURL(/\?to=2026-01-01$/);
    await page.getByText('Nothing matches').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.getByLabel('Before (UTC)').inputValue()).toBe('2026-01-01');
    expect(await page.getByRole('button', { name: 'Export as CSV' }).getAttribute('aria-disabled')).toBe('true');
  });
});

itInBrowser('a month is saved as totals, as entries and as a PDF', async () => {
  await asSomebodyNew('/app/ledger/statement?currency=USD', async (page, complaints) => {
    await page.getByText('Every entry continues the one before').waitFor();
    const month = new Date().toISOString().slice(0, 7);
    const totals = await saved(page, 'Totals as CSV');
    expect([totals.name, totals.text]).toEqual([
      `statement-test-USD-${month}.csv`,
      expect.stringContaining(`closing_balance,1,1000.00,USD,${month}`),
    ]);
    const entries = await saved(page, 'Entries as CSV');
    expect(entries.text.split('\r\n')).toHaveLength(3);
    const pdf = await saved(page, 'Statement as PDF');
    expect(pdf.name).toBe(`statement-test-USD-${month}.pdf`);
    expect(pdf.text.slice(0, 8)).toBe('%PDF-1.4');
    for (const text of ['TEST MODE', '(Kiosk \\(7\\))', '(1,000.00 USD)']) expect(pdf.text).toContain(text);
    if (SHOTS) writeFileSync(`${SHOTS}/statement.pdf`, pdf.text, 'latin1');
    expect(complaints).toEqual([]);
  });
});

async function verifyOn(page: Page): Promise<void> {
  await afterDoubleClick(page);
  await page.getByRole('button', { name: 'Verify in this browser' }).click();
}

itInBrowser('the browser finds an entry that the server has changed, whatever the server says', async () => {
  await dashboard.withPage('/app/ledger/verify?currency=USD', { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'owner');
    const verify = () => verifyOn(page);
    await verify();
    await page.getByRole('status').getByText('The ledger is sound').waitFor();
    await page.getByText('Seen for the first time by this browser').waitFor();
    await page.route('**/api/v1/wallet/ledger/export**', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replace('Opening deposit', 'Opening deposits') });
    });
    await verify();
    await page.getByText('Entry 1 is not what its hash was made of.').waitFor();
    await page.unroute('**/api/v1/wallet/ledger/export**');
    await verify();
    await page.getByRole('status').getByText('The ledger is sound').waitFor();
    await page.getByText('The same as this browser has seen before.').waitFor();
    await page.evaluate(`for (const name of Object.keys(localStorage).filter((each) => each.startsWith('airtime.head.'))) {
      localStorage.setItem(name, JSON.stringify({ ...JSON.parse(localStorage.getItem(name)), fingerprint: 'other', hash: 'x' }));
    }`);
    await verify();
    await page.getByText('signed by another key than the one that this browser has seen before').first().waitFor();
    await page.getByText(/is not the one that this browser saw signed on/).waitFor();
    await page.getByRole('button', { name: 'Let our servers check' }).click();
    await page.getByText('Our servers find the ledger sound').waitFor();
  });
});

itInBrowser(
  'a long ledger is read part by part, saved as one file, and an end that is kept back is missed',
  async () => {
    await asSomebodyNew('/app/ledger/verify?currency=USD', async (page) => {
      for (const balance of [5, 6, 7]) await callAs(page, 'PUT', '/api/v1/test/wallet', { currency: 'USD', balance });
      await page.reload();
      let cut = 0;
      await page.route('**/api/v1/wallet/ledger/export**', async (route) => {
        const url = new URL(route.request().url());
        const isFirst = !url.searchParams.has('cursor');
        url.searchParams.delete('cursor');
        const response = await route.fetch({ url: url.href });
        const lines = (await response.text()).split('\r\n').slice(0, -1);
        url.searchParams.set('cursor', 'more');
        const headers = { ...response.headers(), link: `<${url.pathname}${url.search}>; rel="next"` };
        const body = (rows: string[]) => rows.map((row) => `${row}\r\n`).join('');
        if (isFirst) await route.fulfill({ response, headers, body: body(lines.slice(0, 2)) });
        else await route.fulfill({ response, body: body(lines.slice(2, lines.length - cut)) });
      });
      await verifyOn(page);
      await page.getByText('Entries verified: 4.').waitFor();
      cut = 1;
      await verifyOn(page);
      await page.getByText('Entry 4 is missing.').waitFor();
      cut = 0;
      await page.goto(`${dashboard.origin}/app/ledger?currency=USD`);
      const { text } = await saved(page, 'Export as CSV');
      expect(text.split('\r\n').map((line) => line.split(',')[0])).toEqual(['seq', '1', '2', '3', '4', '']);
    });
  },
);

itInBrowser('a wallet that is in no head yet is verified by its chain, and says so', async () => {
  await asSomebodyNew('/app/ledger/verify?currency=USD', async (page) => {
    await page.getByRole('button', { name: 'Verify in this browser' }).click();
    await page.getByText('The chain adds up').waitFor();
    await page.getByText('No head has this wallet yet').waitFor();
  });
});

itInBrowser('a top-up that is not there says so, and 320 px are enough for every page', async () => {
  await dashboard.withPage('/app/wallet/topups/none', { viewport: { width: 320, height: 640 } }, async (page) => {
    await signInAs(page, 'finance');
    await page.getByText('Top-up not found').waitFor();
    for (const path of ['wallet', 'ledger', 'ledger/statement', 'ledger/verify']) {
      await page.goto(`${dashboard.origin}/app/${path}`);
      await page.locator('h1').waitFor();
      await page.waitForLoadState('networkidle');
      expect([path, await overflowOf(page)]).toEqual([path, 0]);
    }
  });
});
