import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { startApiGateway } from '../../shared/local/api-gateway.ts';
import { freePort } from '../../shared/local/engine.ts';
import { servePeople } from '../../shared/local/people/people.ts';
import { SIGNED_IN_PATH, SIGNED_OUT_PATH } from '../../shared/manifest/people.ts';
import { axeFindings, itInBrowser, overflowOf, startBrowser } from '../support/browser.ts';

/** The pages of the issuer of `npm start` in a browser: their policy lets through what they need, and all can use them. */

itInBrowser.each([
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 320 },
] as const)('sign somebody in, change who it is, and sign them out: %j', async ({ colorScheme, width }) => {
  const folder = mkdtempSync(join(tmpdir(), 'airtime-people-'));
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const body = '<!doctype html><html lang="en"><title>x</title><main><h1>x</h1></main></html>';
  const gateway = await startApiGateway({
    port,
    routes: [],
    notFound: async () => ({ statusCode: 404, body: '{}' }),
    people: servePeople({ origin, fileOf: (name) => join(folder, name) }),
    site: async () => ({ status: 200, headers: { 'content-type': 'text/html' }, body }),
  });
  const browser = await startBrowser();
  try {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
    const refused: string[] = [];
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) refused.push(message.text());
    });
    const faults = async () => ({ axe: await axeFindings(page), overflow: await overflowOf(page), refused });
    const none = { axe: [], overflow: 0, refused: [] };
    const query = new URLSearchParams({
      client_id: 'airtime-dashboard',
      redirect_uri: origin + SIGNED_IN_PATH,
      response_type: 'code',
      scope: 'openid email profile',
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
    });
    await page.goto(`${origin}/people/auth?${query}`);
    expect(await faults()).toEqual(none);
    await page.getByLabel('Or with a mail address').fill('nobody');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await faults()).toEqual(none);
    await page.getByLabel('Or with a mail address').fill('new@shop.example');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${origin}${SIGNED_IN_PATH}?*`);
    await page.goto(`${origin}/people/auth?${query}&prompt=login`);
    await page.getByRole('button', { name: 'viewer@demo.example' }).click();
    await page.waitForURL(`${origin}${SIGNED_IN_PATH}?*`);
    const out = new URLSearchParams({
      client_id: 'airtime-dashboard',
      post_logout_redirect_uri: origin + SIGNED_OUT_PATH,
    });
    await page.goto(`${origin}/people/session/end?${out}`);
    await page.waitForURL(origin + SIGNED_OUT_PATH);
    await page.goto(`${origin}/people/sign-in/nobody`);
    expect(await faults()).toEqual(none);
  } finally {
    await browser.close();
    await gateway.stop();
    rmSync(folder, { recursive: true });
  }
});
