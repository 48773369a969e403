import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { itInBrowser } from '../support/browser.ts';
import { afterDoubleClick, callAs, openSystem, signInAs, signUp } from '../support/dashboard-set-up.ts';
import { DESKTOP, expectGood, LONG_LOOKS, PHONE } from '../support/site-set-up.ts';

/** Campaigns in a real browser and with all that is behind it; the code that they show is run. */

let dashboard: Awaited<ReturnType<typeof openSystem>>;
let businesses = 0;
beforeAll(async () => {
  dashboard = await openSystem();
}, 300_000);
afterAll(() => dashboard?.close(), 300_000);

async function signUpHere(page: Page): Promise<void> {
  businesses += 1;
  await signUp(page, { email: `survey-${businesses}@kiosk.example`, business: `Survey ${businesses}` });
}

async function type(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Amount (USD)').fill('0.50');
  await page.getByLabel('Budget (USD)').fill('2.25');
}

const submit = (page: Page) => page.getByRole('main').getByRole('button', { name: 'Create a campaign' });
const secretOn = async (page: Page) =>
  /whsec_\S+/.exec(await page.locator('.code', { hasText: 'whsec_' }).first().innerText())?.[0] ?? '';

describe.each(LONG_LOOKS.map((look) => ({ look, name: `${look.viewport.width} px, ${look.colorScheme}` })))(
  '$name:',
  ({ look }) => {
    itInBrowser('every page is accessible, complete and no wider than the screen', async () => {
      await dashboard.withPage('/app/campaigns', { ...look, reducedMotion: 'reduce' }, async (page, complaints) => {
        await signUpHere(page);
        await page.getByText('No campaigns yet').waitFor();
        await expectGood(page, complaints);
        await page.goto(`${dashboard.origin}/app/campaigns/new`);
        await submit(page).click();
        await page.getByText('This is needed.').first().waitFor();
        await page.getByRole('button', { name: 'More limits' }).click();
        await expectGood(page, complaints);
        await type(page, 'Survey');
        await submit(page).click();
        await page.getByText('The secret is shown here and never again').waitFor();
        await expectGood(page, complaints);
        await page.getByRole('button', { name: 'I have stored it' }).click();
        await page.getByText('No payouts yet').waitFor();
        await expectGood(page, complaints);
        await page.getByRole('button', { name: 'New secret' }).click();
        await page.getByRole('dialog').waitFor();
        await expectGood(page, complaints);
      });
    });
  },
);

itInBrowser('at 320 px, as at a zoom of 400 %, nothing is wider than the screen', async () => {
  const look = { viewport: { width: 320, height: 640 }, reducedMotion: 'reduce' } as const;
  await dashboard.withPage('/app/campaigns/new', look, async (page, complaints) => {
    await signUpHere(page);
    await type(page, 'Survey');
    await expectGood(page, complaints);
    await submit(page).click();
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await page.getByText('No payouts yet').waitFor();
    await expectGood(page, complaints);
  });
});

itInBrowser(
  'what a campaign shows to be run pays: in Node, Python and a shell, once for the same respondent',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'airtime-samples-'));
    try {
      await dashboard.withPage('/app/campaigns/new', { viewport: DESKTOP }, async (page, complaints) => {
        await signUpHere(page);
        await type(page, 'Household survey');
        await submit(page).click();
        await page.getByText('The secret is shown here and never again').waitFor();
        const secret = await secretOn(page);
        const code = async (name: string) => {
          await page.getByRole('tab', { name }).click();
          return page.getByRole('tabpanel', { name }).locator('pre').innerText();
        };
        const files = {
          'payout.mjs': await code('Node'),
          'payout.py': await code('Python'),
          'payout.sh': await code('Shell'),
        };
        for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), `${text}\n`);
        const env = { ...process.env, CAMPAIGN_SECRET: secret };
        const runs = [];
        for (const line of ['node payout.mjs', 'python3 payout.py', 'sh payout.sh'])
          runs.push(await run(line, folder, env));
        for (const out of runs) expect(out).toContain('uuid:7f3a');
        await page.getByRole('button', { name: 'I have stored it' }).click();
        const row = page.getByRole('row', { name: /uuid:7f3a .*0\.50 USD/ });
        await row.waitFor();
        expect(await row.count()).toBe(1);
        await page.getByText('0.50 USD of 2.25 USD').waitFor();
        await page.getByText('1.75 USD left').waitFor();
        expect(await page.getByText(secret).count()).toBe(0);
        const saved = page.waitForEvent('download');
        await page.getByRole('button', { name: 'Download as CSV' }).click();
        expect(readFileSync(await (await saved).path(), 'utf8')).toMatch(/^id,respondent_id,[\s\S]*,uuid:7f3a,/);
        await row.getByRole('link').click();
        await page.getByText('It is delivered, and the money is spent.').waitFor();
        expect(complaints).toEqual([]);
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

function run(line: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(line, { cwd, env, shell: true, timeout: 20_000 });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (out += chunk));
    child.on('error', reject);
    child.on('close', () => resolve(out));
  });
}

itInBrowser('terms are changed, a campaign is paused and resumed, and gets another secret', async () => {
  await dashboard.withPage('/app/campaigns/new', { viewport: PHONE }, async (page, complaints) => {
    await signUpHere(page);
    await type(page, 'Survey');
    // What the API refuses is said beside the field.
    await page.getByLabel('Ends on').fill('2020-01-01');
    await page.getByLabel('Starts on').fill('2021-01-01');
    await submit(page).click();
    await page
      .getByText(/^Ends on must be after/)
      .first()
      .waitFor();
    complaints.length = 0;
    await page.getByLabel('Ends on').fill('');
    await page.getByLabel('Starts on').fill('');
    await submit(page).click();
    await page.getByText('The secret is shown here and never again').waitFor();
    const first = await secretOn(page);
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('status').filter({ hasText: 'Paused' }).waitFor();
    await afterDoubleClick(page);
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('status').filter({ hasText: 'Paying' }).waitFor();
    await page.getByRole('link', { name: 'Change terms' }).click();
    await page.getByLabel('Budget (USD)').fill('10');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('0.00 USD of 10.00 USD').waitFor();
    await page.getByRole('button', { name: 'New secret' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'New secret' }).click();
    await page.getByText('The secret is shown here and never again').waitFor();
    expect(await secretOn(page)).not.toBe(first);
    expect(complaints).toEqual([]);
  });
});

itInBrowser('where the answer to a new campaign is lost, it says to look before creating it again', async () => {
  await dashboard.withPage('/app/campaigns/new', { viewport: PHONE }, async (page) => {
    await signUpHere(page);
    await type(page, 'Lost');
    await page.route('**/api/v1/campaigns', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await submit(page).click();
    await page.getByText('There was no answer').waitFor();
    await page.unroute('**/api/v1/campaigns');
    await page.getByRole('link', { name: 'Campaigns' }).last().click();
    await page.getByRole('link', { name: 'Lost' }).waitFor();
  });
});

itInBrowser('a viewer reads campaigns and is offered nothing that changes one', async () => {
  await dashboard.withPage('/app/campaigns', { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'viewer');
    await page.getByText('No campaigns yet').waitFor();
    expect(await page.getByRole('link', { name: 'Create a campaign' }).count()).toBe(0);
    await page.goto(`${dashboard.origin}/app/campaigns/new`);
    await page.getByText('Your role does not include this page').waitFor();
    const body = { name: 'No', currency: 'USD', budget: 1, amount: 1 };
    expect((await callAs(page, 'POST', '/api/v1/campaigns', body)).status).toBe(403);
  });
});
