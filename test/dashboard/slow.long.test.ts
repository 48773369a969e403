import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { itInBrowser } from '../support/browser.ts';
import { callAs, openSystem, signUp } from '../support/dashboard-set-up.ts';
import { DESKTOP, PHONE } from '../support/site-set-up.ts';

/** A line that is slow, loses requests or is gone: what was there stays, and money moves once. */

/** 400 kbit a second. */
const BYTES_A_SECOND = 50_000;
const LATENCY_MS = 150;
/** Five in a hundred requests come to nothing. */
const LOST_EVERY = 20;
const SLOW_MS = 60_000;

let dashboard: Awaited<ReturnType<typeof openSystem>>;
let people = 0;
beforeAll(async () => {
  dashboard = await openSystem();
}, 300_000);
afterAll(() => dashboard?.close(), 300_000);

async function signUpHere(page: Page): Promise<void> {
  people += 1;
  await signUp(page, { email: `slow-${people}@kiosk.example`, business: `Kiosk ${people}` });
}

async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: LATENCY_MS, downloadThroughput: BYTES_A_SECOND, uploadThroughput: BYTES_A_SECOND },
  });
}

/**
 * A proxy on whose way requests come to nothing: half of them before they arrive, half on the way back. What the
 * browser has in its cache does not pass it; routes of the browser's own would switch that cache off.
 */
async function lossyProxy() {
  const lost: string[] = [];
  let asked = 0;
  const proxy = createServer((incoming, outgoing) => {
    const { url = '', method = 'GET', headers } = incoming;
    const { pathname } = new URL(url);
    if (/^\/(?:api|app\/assets)\//.test(pathname)) asked += 1;
    const isLost = asked % LOST_EVERY === LOST_EVERY - 1;
    if (isLost) {
      asked += 1;
      lost.push(`${method} ${pathname}`);
      if (lost.length % 2 === 0) {
        incoming.socket.destroy();
        return;
      }
    }
    const onward = request(url, { method, headers }, (answer) => {
      if (isLost) {
        incoming.socket.destroy();
        return;
      }
      // A browser repeats what is lost on a connection that was used before.
      outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, connection: 'close' });
      answer.pipe(outgoing);
    });
    onward.on('error', () => incoming.socket.destroy());
    incoming.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  return {
    lost,
    settings: { server: `http://127.0.0.1:${port}`, bypass: '<-loopback>' },
    close: () => proxy.close(),
  };
}

async function ordersOf(page: Page): Promise<{ agent_reference: string; amount: number }[]> {
  const { json } = await callAs(page, 'GET', '/api/v1/orders');
  return (json as { data: { agent_reference: string; amount: number }[] }).data;
}

async function typeOrder(page: Page, number: string, amount: string): Promise<void> {
  await page.getByLabel('Number or meter').fill(number);
  await page.getByLabel(/^Amount/).fill(amount);
  await page.getByRole('button', { name: 'Review and send' }).click();
  await page.getByRole('button', { name: /^Send \d/ }).waitFor();
}

itInBrowser(
  'with 400 kbit a second and every twentieth request lost each page of the menu comes, without a broken one',
  async () => {
    const { lost, settings, close } = await lossyProxy();
    try {
      await dashboard.withPage('/app', { viewport: DESKTOP, proxy: settings }, async (page) => {
        page.setDefaultTimeout(SLOW_MS);
        await slowDown(page);
        await signUpHere(page);
        const links = page.getByRole('navigation', { name: 'Pages' }).locator('a[href^="/app/"]');
        await links.first().waitFor();
        const count = await links.count();
        for (let at = 0; at < count; at += 1) {
          const name = await links.nth(at).innerText();
          await links.nth(at).click();
          await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
          await page.waitForLoadState('networkidle');
          // What was lost is asked for again by itself.
          expect({ name, failed: await page.getByText('No answer').count() }).toEqual({ name, failed: 0 });
        }
      });
      process.stdout.write(`Lost on the way: ${lost.join(', ')}.\n`);
      expect(lost.length).toBeGreaterThan(3);
    } finally {
      close();
    }
  },
  300_000,
);

itInBrowser(
  'on such a line an order whose answer is lost is shown after a reload, and two clicks are one order',
  async () => {
    await dashboard.withPage('/app/send', { viewport: PHONE }, async (page) => {
      page.setDefaultTimeout(SLOW_MS);
      await signUpHere(page);
      await slowDown(page);
      const sent: string[] = [];
      await page.route('**/api/v1/orders', async (route) => {
        if (route.request().method() !== 'POST') return route.continue();
        sent.push(route.request().postDataJSON().agent_reference);
        await route.fetch();
        // The page is loaded again before anybody knows whether the answer comes.
        if (sent.length > 1) await route.abort('connectionreset');
      });
      await typeOrder(page, '0772279099', '6');
      await page.getByRole('button', { name: /^Send \d/ }).dblclick();
      while (sent.length === 0 || (await ordersOf(page)).length === 0) await page.waitForTimeout(200);
      await page.reload();
      await page.getByText('It is delivered, and the money is spent.').waitFor();
      expect(await page.getByText('6.00 ZWG').first().isVisible()).toBe(true);
      expect(new Set(sent).size).toBe(1);
      expect(await ordersOf(page)).toHaveLength(1);
      await page.getByRole('button', { name: 'Send another' }).click();
      expect(await page.getByLabel('Number or meter').inputValue()).toBe('');
    });
  },
  300_000,
);

itInBrowser(
  'without a line the last data stays with its age, and a page that is not there yet leaves the rest',
  async () => {
    await dashboard.withPage('/app/wallet', { viewport: DESKTOP }, async (page, _complaints, context) => {
      await signUpHere(page);
      const menu = page.getByRole('navigation', { name: 'Pages' });
      await page.getByText('1,000.00 USD').first().waitFor();
      await menu.getByRole('link', { name: 'Overview' }).click();
      await page.getByRole('heading', { name: 'Figures' }).waitFor();
      await page.waitForLoadState('networkidle');
      // Older than what is still taken for current.
      await page.waitForTimeout(6_000);
      await context.setOffline(true);
      await menu.getByRole('link', { name: 'Wallet' }).click();
      await page
        .getByText(/Not current: as of \d+ seconds? ago/)
        .first()
        .waitFor();
      expect(await page.getByText('1,000.00 USD').first().isVisible()).toBe(true);
      await menu.getByRole('link', { name: 'Ledger' }).click();
      await page.getByText('No answer').waitFor();
      expect(page.url()).toBe(`${dashboard.origin}/app/ledger`);
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByText('No answer').waitFor();
      await menu.getByRole('link', { name: 'Wallet' }).click();
      await page.getByText('1,000.00 USD').first().waitFor();
      await menu.getByRole('link', { name: 'Ledger' }).click();
      await page.getByText('No answer').waitFor();
      await context.setOffline(false);
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('heading', { level: 1, name: 'Ledger' }).waitFor();
    });
  },
);

itInBrowser(
  'an order that is sent without a line is sent once when the line is back, with what was typed',
  async () => {
    await dashboard.withPage('/app/send', { viewport: PHONE }, async (page, _complaints, context) => {
      await signUpHere(page);
      await typeOrder(page, '0772279099', '7');
      await context.setOffline(true);
      await page.getByRole('button', { name: /^Send \d/ }).click();
      await page.getByText('No answer').first().waitFor();
      await context.setOffline(false);
      await page.reload();
      await page.getByText('The order has not reached us').waitFor();
      expect(await ordersOf(page)).toEqual([]);
      await page.getByRole('button', { name: 'Send it again' }).dblclick();
      await page.getByText('It is delivered, and the money is spent.').waitFor();
      expect(await ordersOf(page)).toMatchObject([{ amount: 7 }]);
    });
  },
);

itInBrowser('a token that ends while there is no line ends no session, and a draft outlives a reload', async () => {
  await dashboard.withPage('/app/send', { viewport: PHONE }, async (page, _complaints, context) => {
    await signUpHere(page);
    await page.getByLabel('Number or meter').fill('0772279099');
    await page.getByText('+263772279099').waitFor();
    await page.getByLabel(/^Amount/).fill('8.25');
    await page.evaluate(`(() => {
      const [name] = Object.keys(sessionStorage).filter((each) => each.startsWith('oidc.user:'));
      const user = JSON.parse(sessionStorage.getItem(name));
      sessionStorage.setItem(name, JSON.stringify({ ...user, expires_at: Math.floor(Date.now() / 1000) + 5 }));
    })()`);
    await context.setOffline(true);
    await page.getByLabel('Number or meter').fill('0772279011');
    await page.getByText('No answer').waitFor();
    expect(await page.getByText(/session has ended/i).count()).toBe(0);
    await context.setOffline(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('+263772279011').waitFor();
    await page.reload();
    await page.getByText('+263772279011').waitFor();
    expect(await page.getByLabel(/^Amount/).inputValue()).toBe('8.25');
  });
});
