import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { buildSite } from '../../bin/site.ts';
import { axeFindings, complaintsOf, overflowOf, startBrowser } from './browser.ts';
import { serveSite } from './serve-site.ts';

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 900 };
export const LOOKS = [
  { viewport: PHONE, colorScheme: 'light' },
  { viewport: DESKTOP, colorScheme: 'dark' },
  { viewport: PHONE, colorScheme: 'dark' },
  { viewport: DESKTOP, colorScheme: 'light' },
] as const;

/** The site as it is built now, served, and a browser to look at it. */
export async function openSite() {
  const folder = mkdtempSync(join(tmpdir(), 'airtime-site-'));
  const [browser] = await Promise.all([startBrowser(), buildSite(join(folder, 'site'))]);
  const { server, origin } = await serveSite(join(folder, 'site'));
  return {
    origin,
    async close(): Promise<void> {
      await browser.close();
      server.close();
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
        context.setDefaultTimeout(15_000);
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

/** What holds for every page in every look. */
export async function expectGood(page: Page, complaints: string[]): Promise<void> {
  expect(await axeFindings(page)).toEqual([]);
  expect(await overflowOf(page)).toBe(0);
  expect(complaints).toEqual([]);
}
