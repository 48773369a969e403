import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { itInBrowser } from '../support/browser.ts';
import { callAs, openSystem, signInAs, signUp, TOO_MANY, TOO_MANY_DETAIL } from '../support/dashboard-set-up.ts';
import { DESKTOP, expectGood, LONG_LOOKS } from '../support/site-set-up.ts';

/** Batches from a file, in a real browser and with all that is behind it. */

const HEADER = 'Name;Phone;Amount;Currency;Ref\n';
const FILE = `${HEADER}Rudo;0772279099;5;USD;rudo\nTendai;0773345678;five;USD;tendai\nFarai;2.6377E+11;5;USD;bad ref!\nSold out;0772279003;5;USD;\nToo long;0772279015;5;USD;x;y;z\n`;
const GOOD = `${HEADER}Rudo;0772279099;5;USD;\nTendai;0772279003;6;USD;\n`;

let dashboard: Awaited<ReturnType<typeof openSystem>>;
let people = 0;
beforeAll(async () => {
  dashboard = await openSystem();
}, 300_000);
afterAll(() => dashboard?.close(), 300_000);

async function signUpHere(page: Page): Promise<void> {
  people += 1;
  await signUp(page, { email: `bulk-${people}@kiosk.example`, business: `Kiosk ${people}` });
  await page.getByRole('heading', { level: 1, name: /Bulk|New batch/ }).waitFor();
}

async function drop(page: Page, text: string): Promise<void> {
  const file = { name: 'may.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByRole('heading', { name: 'What would be sent' }).waitFor();
}

const run = (page: Page) => page.getByRole('button', { name: 'Run the batch' });
const checkAgain = (page: Page) => page.getByRole('button', { name: 'Check again' }).first();

async function batchesOf(page: Page): Promise<{ id: string; rows: number }[]> {
  const { json } = await callAs(page, 'GET', '/api/v1/bulk');
  return (json as { data: { id: string; rows: number }[] }).data;
}

describe.each(LONG_LOOKS.map((look) => ({ look, name: `${look.viewport.width} px, ${look.colorScheme}` })))(
  '$name:',
  ({ look }) => {
    itInBrowser('every step is accessible, complete and no wider than the screen', async () => {
      await dashboard.withPage('/app/bulk', { ...look, reducedMotion: 'reduce' }, async (page, complaints) => {
        await signUpHere(page);
        await page.getByText('No batches yet').waitFor();
        await expectGood(page, complaints);
        await page.getByRole('link', { name: 'New batch' }).click();
        await page.getByRole('heading', { level: 1, name: 'New batch' }).waitFor();
        await drop(page, FILE);
        await page.getByLabel('Amount of row 3').waitFor();
        await expectGood(page, complaints);
        await page.getByText('Leave out the 3 rows with problems').click();
        await run(page).click();
        await page.getByRole('dialog').waitFor();
        await expectGood(page, complaints);
        await page.getByRole('button', { name: 'Run 2 rows' }).click();
        await page.getByText('Completed: every row is decided.').first().waitFor({ timeout: 60_000 });
        await expectGood(page, complaints);
      });
    });
  },
);

itInBrowser('problems are beside their cells, corrected by the keyboard alone, and checked again', async () => {
  await dashboard.withPage('/app/bulk/new', { viewport: DESKTOP }, async (page, complaints) => {
    await signUpHere(page);
    await drop(page, FILE);
    await page.getByRole('status').filter({ hasText: '2 rows would be sent, 3 rows not.' }).waitFor();
    expect(await run(page).getAttribute('aria-disabled')).toBe('true');
    const amount = page.getByLabel('Amount of row 3');
    expect(await amount.inputValue()).toBe('five');
    const said = await amount.getAttribute('aria-describedby');
    expect(await page.locator(`[id="${said?.split(' ')[0]}"]`).textContent()).toContain('is not an amount');
    expect(await page.getByLabel('Number or meter of row 3').count()).toBe(0);
    await amount.focus();
    for (const keys of ['5.50', '0773345111', 'farai']) {
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.type(keys);
      await page.keyboard.press('Tab');
      // The button of the row is between the cells of two rows.
      if (keys !== '0773345111') await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await page.getByText('Left out').waitFor();
    await page.reload();
    await page.getByRole('status').filter({ hasText: '3 changes not yet checked.' }).waitFor();
    expect(await page.getByLabel('Reference of row 4').inputValue()).toBe('farai');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download the corrected file' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('may-corrected.csv');
    expect(readFileSync(await download.path(), 'utf8')).toContain('Farai;0773345111;5;USD;farai');
    await checkAgain(page).focus();
    await page.keyboard.press('Enter');
    await page
      .getByRole('status')
      .filter({ hasText: /^4 rows would be sent\.$/ })
      .waitFor();
    expect(await page.getByRole('heading', { name: 'Rows with problems' }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});

itInBrowser('a batch is run, shown row by row, downloaded, and what failed is sent again', async () => {
  await dashboard.withPage('/app/bulk/new', { viewport: DESKTOP }, async (page, complaints) => {
    await signUpHere(page);
    await drop(page, GOOD);
    await run(page).click();
    await page.getByRole('button', { name: 'Run 2 rows' }).click();
    await page.getByText('Completed: every row is decided.').first().waitFor({ timeout: 60_000 });
    await page.getByText('The provider has no stock of this denomination.').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Result file (CSV)' }).click(),
    ]);
    expect(readFileSync(await download.path(), 'utf8')).toMatch(/^row,status,.*\r\n2,success,.*\r\n3,refunded,/);
    await page.getByRole('button', { name: 'Retry failed' }).click();
    const question = page.getByRole('dialog');
    await question.getByText('1 row', { exact: true }).waitFor();
    await question.getByText('6.00 USD', { exact: true }).waitFor();
    await question.getByRole('button', { name: 'Retry failed' }).click();
    await page.getByText('Sends again what failed in').waitFor();
    expect((await batchesOf(page)).map(({ rows }) => rows)).toEqual([1, 2]);
    // The same file again is the same batch, and nobody can run it by mistake.
    await page.goto(`${dashboard.origin}/app/bulk/new`);
    await drop(page, GOOD);
    await page.getByText('There is a batch with this reference.').first().waitFor();
    expect(await run(page).getAttribute('aria-disabled')).toBe('true');
    expect(complaints).toEqual([]);
  });
});

itInBrowser('where the answer is lost, the same request is sent again, and it is the same batch', async () => {
  await dashboard.withPage('/app/bulk/new', { viewport: DESKTOP }, async (page) => {
    await signUpHere(page);
    let sent = 0;
    await page.route('**/api/v1/bulk', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      sent += 1;
      if (sent === 2) return route.fulfill(TOO_MANY);
      if (sent > 2) return route.continue();
      await route.fetch();
      await route.abort('connectionreset');
    });
    await drop(page, GOOD);
    await run(page).click();
    await page.getByRole('button', { name: 'Run 2 rows' }).click();
    await page.getByText('Whether the batch has begun is not known.').waitFor();
    await page.reload();
    await page.getByText('Whether the batch has begun is not known.').waitFor();
    await page.getByRole('button', { name: 'Ask again' }).click();
    // It says nothing of the first request: no other batch may be begun without a word.
    await page.getByText(TOO_MANY_DETAIL).waitFor();
    await page.getByText('Whether the batch has begun is not known.').waitFor();
    await page.getByRole('button', { name: 'Ask again' }).click();
    await page.getByRole('heading', { name: 'Rows and results' }).waitFor();
    expect(sent).toBe(3);
    expect(await batchesOf(page)).toHaveLength(1);
  });
});

itInBrowser(
  'a running batch shows its progress and can be cancelled',
  async () => {
    await dashboard.withPage('/app/bulk/new', { viewport: DESKTOP }, async (page) => {
      await signUpHere(page);
      const rows = Array.from({ length: 400 }, (_each, at) => `A;0772${String(279_100 + at)};1;USD;\n`);
      await drop(page, HEADER + rows.join(''));
      await run(page).click();
      await page.getByRole('button', { name: 'Run 400 rows' }).click();
      await page.getByRole('button', { name: 'Cancel the batch' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel the batch' }).click();
      await page.getByText('Cancelled: every row is decided.').first().waitFor({ timeout: 90_000 });
      expect(await page.getByRole('button', { name: 'Cancel the batch' }).count()).toBe(0);
    });
  },
  300_000,
);

itInBrowser('of a large file only the rows with problems are drawn; what cannot be read is said', async () => {
  await dashboard.withPage('/app/bulk/new', { viewport: DESKTOP }, async (page) => {
    await signUpHere(page);
    const rows = Array.from({ length: 30_000 }, (_each, at) => `A;0772${String(200_000 + at)};1;USD;\n`);
    rows[29_000] = 'A;0772229000;one;USD;\n';
    await drop(page, HEADER + rows.join(''));
    await page.getByText('29,999 rows would be sent, 1 row not.').waitFor({ timeout: 60_000 });
    await page.getByLabel('Amount of row 29002').waitFor();
    expect(await page.locator('tbody tr').count()).toBeLessThan(10);
    const workbook = { name: 'may.xlsx', mimeType: 'text/csv', buffer: Buffer.from('PK\u0003\u0004') };
    await page.locator('input[type=file]').setInputFiles(workbook);
    await page.getByText('This is an Excel workbook.').waitFor();
  });
});

itInBrowser(
  'a file too large for a request is uploaded, corrected and uploaded again; one that no batch may be is refused',
  async () => {
    await dashboard.withPage('/app/bulk/new', { viewport: DESKTOP }, async (page, complaints) => {
      await signUpHere(page);
      page.setDefaultTimeout(60_000);
      const name = 'A name that somebody else has put into this file, which we have no use for';
      const rows = Array.from({ length: 45_000 }, (_each, at) => `${name};0772${String(200_000 + at)};1;USD;\n`);
      rows[44_000] = `${name};0772244000;one;USD;\n`;
      const text = HEADER + rows.join('');
      expect(text.length).toBeGreaterThan(3.5 * 1024 * 1024);
      const uploads: string[] = [];
      page.on('request', (request) => request.method() === 'PUT' && uploads.push(new URL(request.url()).origin));
      await drop(page, text);
      await page.getByText('44,999 rows would be sent, 1 row not.').waitFor({ timeout: 60_000 });
      expect(await page.locator('tbody tr').count()).toBeLessThan(10);
      await page.getByLabel('Amount of row 44002').fill('5');
      await page.route(/X-Amz-Signature/, (route) => route.abort('connectionreset'));
      await checkAgain(page).click();
      await page.getByRole('alert').getByText('No answer').waitFor();
      await page.unroute(/X-Amz-Signature/);
      await page.getByRole('button', { name: 'Check the file' }).click();
      await page.getByText(/^45,000 rows would be sent\.$/).waitFor({ timeout: 60_000 });
      // Not ours, as in the cloud: the browser has asked there, and its policy lets it.
      expect(uploads).toHaveLength(3);
      expect(uploads).not.toContain(dashboard.origin);
      expect(complaints.filter((each) => !/Failed to load resource|^failed: |^another host: /.test(each))).toEqual([]);
      const many = { name: 'all.csv', mimeType: 'text/csv', buffer: Buffer.alloc(10 * 1024 * 1024 + 1, 'x') };
      await page.locator('input[type=file]').setInputFiles(many);
      await page.getByText('This file is larger than 10 MB').waitFor();
    });
  },
  300_000,
);

itInBrowser('who may only look sees batches, and is offered no new one, not even by its address', async () => {
  await dashboard.withPage('/app/bulk', { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'viewer');
    await page.getByRole('heading', { name: 'Batches' }).waitFor();
    expect(await page.getByRole('link', { name: 'New batch' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Send airtime' }).count()).toBe(0);
    for (const path of ['/app/bulk/new', '/app/send']) {
      await page.goto(dashboard.origin + path);
      await page.getByText('Your role does not include this page').waitFor();
    }
    const { status } = await callAs(page, 'POST', '/api/v1/bulk', { csv: GOOD });
    expect(status).toBe(403);
  });
});
