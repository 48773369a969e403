import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { buildSite } from '../../bin/site.ts';
import type { HttpHandler } from '../../shared/local/api-gateway.ts';
import { startApiGateway } from '../../shared/local/api-gateway.ts';
import { serveSite } from '../../shared/local/site.ts';
import { axeFindings, complaintsOf, overflowOf, startBrowser } from './browser.ts';
import { repeatsInLong } from './length.ts';

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 900 };
export const LOOKS = [
  { viewport: PHONE, colorScheme: 'light' },
  { viewport: DESKTOP, colorScheme: 'dark' },
  { viewport: PHONE, colorScheme: 'dark' },
  { viewport: DESKTOP, colorScheme: 'light' },
] as const;
/** What the long tests look at: in the gate one width in each theme. */
export const LONG_LOOKS = LOOKS.slice(0, repeatsInLong({ gate: 2, all: LOOKS.length }));

/** The site as it is built now, served as `npm start` does, beside functions of a test; and a browser to look at it. */
export async function openSite(functions: { readonly status?: HttpHandler } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'airtime-site-'));
  const [browser] = await Promise.all([startBrowser(), buildSite(join(folder, 'site'))]);
  const { status = async () => ({ statusCode: 200, body: '{ "status": "ok", "providers": [] }' }) } = functions;
  const gateway = await startApiGateway({
    port: 0,
    routes: [{ method: 'GET', path: '/status', handler: status }],
    notFound: async () => ({ statusCode: 404 }),
    site: serveSite(join(folder, 'site')),
  });
  const origin = `http://127.0.0.1:${gateway.port}`;
  return {
    origin,
    async close(): Promise<void> {
      await browser.close();
      await gateway.stop();
      rmSync(folder, { recursive: true });
    },
    /** Opens a page with nothing of earlier ones. */
    async withPage(
      path: string,
      look: BrowserContextOptions,
      use: (page: Page, complaints: string[]) => Promise<unknown>,
    ): Promise<void> {
      const context = await browser.newContext(look);
      try {
        context.setDefaultTimeout(60_000);
        const page = await context.newPage();
        const complaints = complaintsOf(page, origin);
        await page.goto(origin + path);
        await use(page, complaints);
      } finally {
        await context.close();
      }
    },
  };
}

/** What holds for every page in every look. With `SCREENSHOTS=FOLDER` it is also kept there, to be looked at. */
export async function expectGood(page: Page, complaints: string[]): Promise<void> {
  if (process.env.SCREENSHOTS) await keepScreenshot(page, process.env.SCREENSHOTS);
  expect(await axeFindings(page)).toEqual([]);
  expect(await overflowOf(page)).toBe(0);
  expect(complaints).toEqual([]);
}

let screenshots = 0;
async function keepScreenshot(page: Page, folder: string): Promise<void> {
  screenshots += 1;
  const name = `${expect.getState().currentTestName} ${new URL(page.url()).pathname} ${screenshots}`;
  await page.screenshot({ path: join(folder, `${name.replace(/[^\w]+/g, '-').slice(0, 150)}.png`), fullPage: true });
}
