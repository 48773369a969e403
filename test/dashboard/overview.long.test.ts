import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { itInBrowser } from '../support/browser.ts';
import { callAs, eventually, openSystem, signInAs, signUp } from '../support/dashboard-set-up.ts';
import { DESKTOP, expectGood, LONG_LOOKS } from '../support/site-set-up.ts';

/** The first page, in a real browser and with all that is behind it. */

let dashboard: Awaited<ReturnType<typeof openSystem>>;
let businesses = 0;
beforeAll(async () => {
  dashboard = await openSystem();
}, 300_000);
afterAll(() => dashboard?.close(), 300_000);

async function signUpHere(page: Page): Promise<void> {
  businesses += 1;
  await signUp(page, { email: `new-${businesses}@kiosk.example`, business: `Kiosk ${businesses}` });
  await page.getByText('First steps').waitFor();
}

const order = (page: Page, target: string) =>
  callAs(page, 'POST', '/api/v1/orders', { product_id: 100, target, amount: 5, agent_reference: `to-${target}` });

describe.each(LONG_LOOKS.map((look) => ({ look, name: `${look.viewport.width} px, ${look.colorScheme}` })))(
  '$name:',
  ({ look }) => {
    itInBrowser('it is accessible, complete and no wider than the screen, new and with orders', async () => {
      await dashboard.withPage('/app', { ...look, reducedMotion: 'reduce' }, async (page, complaints) => {
        await signUpHere(page);
        await page.getByText('1,000.00 USD').waitFor();
        await page.getByText('ZW Econet').first().waitFor();
        await expectGood(page, complaints);
        await order(page, '0772279011');
        await page.reload();
        await page.getByText('5.00 USD not decided yet').waitFor();
        await expectGood(page, complaints);
      });
    });
  },
);

itInBrowser('at 320 px, as at a zoom of 400 %, nothing is wider than the screen', async () => {
  const look = { viewport: { width: 320, height: 640 }, reducedMotion: 'reduce' } as const;
  await dashboard.withPage('/app', look, async (page, complaints) => {
    await signUpHere(page);
    await page.getByText('1,000.00 USD').waitFor();
    await page.getByText('ZW Econet').first().waitFor();
    await expectGood(page, complaints);
  });
});

itInBrowser('each first step is ticked by what is there, and all of them are gone when they are done', async () => {
  await dashboard.withPage('/app', { viewport: DESKTOP }, async (page) => {
    await signUpHere(page);
    const steps = page.getByRole('list', { name: 'First steps of a new business' });
    const ticked = () => steps.getByRole('img', { name: 'Done' }).count();
    await steps.waitFor();
    expect(await ticked()).toBe(0);
    await order(page, '0772279099');
    await callAs(page, 'POST', '/api/v1/keys', { name: 'Shop', scopes: ['orders:write'] });
    await page.reload();
    await steps.waitFor();
    expect(await ticked()).toBe(2);
    await callAs(page, 'POST', '/api/v1/webhooks/endpoints', { url: 'http://127.0.0.1:9/hook' });
    await page.reload();
    await page.getByText('The one endpoint takes what it is sent.').waitFor();
    await page.getByRole('link', { name: 'to-0772279099' }).waitFor();
    expect(await steps.count()).toBe(0);
  });
});

itInBrowser('an order whose outcome is not known is counted until it is, and leads to those like it', async () => {
  await dashboard.withPage('/app', { viewport: DESKTOP }, async (page, complaints) => {
    await signUpHere(page);
    const undecided = page.getByRole('status').filter({ hasText: 'Held for their provider' });
    await undecided.getByText('None').first().waitFor();
    expect(await undecided.getByText('None').count()).toBe(3);
    await order(page, '0772279011');
    await page.reload();
    await undecided.getByRole('link', { name: '1', exact: true }).waitFor();
    await page.getByText('Do not order these again').waitFor();
    await callAs(page, 'POST', '/api/v1/test/orders/to-0772279011/advance?to=final');
    // It is read again by itself while there is one.
    await eventually(page, async () => (await undecided.getByText('None').count()) === 3);
    expect(complaints).toEqual([]);
  });
});

itInBrowser('an endpoint that takes nothing is named, with since when', async () => {
  const server = createServer((_request, response) => response.writeHead(500).end()).listen(0, '127.0.0.1');
  try {
    await dashboard.withPage('/app', { viewport: DESKTOP }, async (page) => {
      await signUpHere(page);
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
      await callAs(page, 'POST', '/api/v1/webhooks/endpoints', { url });
      await order(page, '0772279099');
      await eventually(page, async () => {
        const { json } = await callAs(page, 'GET', '/api/v1/webhooks/endpoints');
        return (json as { data: { failing_since: string | null }[] }).data[0]?.failing_since != null;
      });
      await page.reload();
      await page.getByText('Takes nothing since').waitFor();
      await page.getByRole('link', { name: url }).waitFor();
    });
  } finally {
    server.close();
  }
});

itInBrowser('a viewer sees how things stand, and no steps that are not theirs', async () => {
  await dashboard.withPage('/app', { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'viewer');
    await page.getByRole('heading', { name: 'Undecided now' }).waitFor();
    await page.getByText('ZW Econet').first().waitFor();
    expect(await page.getByText('First steps').count()).toBe(0);
  });
});
