import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from '@jest/globals';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';

/** A real browser for tests: on Linux x64 the Chromium that comes as a package, elsewhere the one that is installed. */

/** Where Chrome and Chromium are put by those who install them. */
const INSTALLED: Readonly<Record<string, readonly string[]>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  linux: ['/usr/bin/google-chrome', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/snap/bin/chromium'],
  win32: ['C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'],
};

/** The browser to use: the package's, the path of an installed one, or undefined if there is none. */
export function chooseBrowser(
  { platform, arch, env }: Pick<NodeJS.Process, 'platform' | 'arch' | 'env'>,
  exists: (file: string) => boolean = existsSync,
): string | undefined {
  if (env.CHROME_PATH) return env.CHROME_PATH;
  if (platform === 'linux' && arch === 'x64') return PACKAGED;
  return INSTALLED[platform]?.find(exists);
}

const PACKAGED = 'packaged';
const chosen = chooseBrowser(process);
if (chosen === undefined) process.stderr.write('No Chrome is installed, nor at CHROME_PATH: skipped what needs one.\n');

/** A test that needs a browser. */
export const itInBrowser = chosen === undefined ? it.skip : it;

/**
 * Unpacks Chromium once for each version; its path. The package takes any `chromium` that is in the temporary folder,
 * whatever its version, so it is unpacked in a process with a temporary folder of its own, which then gets its name.
 */
function chromiumPath(): string {
  const { version } = JSON.parse(readFileSync('node_modules/@sparticuz/chromium/package.json', 'utf8'));
  const home = join(tmpdir(), `airtime-chromium-${version}`);
  if (!existsSync(home)) {
    mkdirSync(tmpdir(), { recursive: true });
    const unpacked = mkdtempSync(join(tmpdir(), 'airtime-chromium-'));
    const script = "await (await import('@sparticuz/chromium')).default.executablePath()";
    const env = { ...process.env, TMPDIR: unpacked };
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`Chromium was not unpacked: ${run.stderr}`);
    try {
      renameSync(unpacked, home);
    } catch {
      rmSync(unpacked, { recursive: true, force: true }); // Another process was faster.
    }
  }
  return join(home, 'chromium');
}

/** Starts it. The caller closes it. */
export function startBrowser(): Promise<Browser> {
  const executablePath = chosen === PACKAGED ? chromiumPath() : chosen;
  if (executablePath === undefined) throw new Error('There is no browser: itInBrowser skips a test that needs one.');
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** What a page has done that it should not: errors on the console, failed requests, calls of other hosts. */
export function complaintsOf(page: Page, origin: string): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('requestfailed', (request) => {
    // What a page still loads when it leads elsewhere is given up by the browser.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') complaints.push(`failed: ${request.url()}`);
  });
  page.on('request', (request) => {
    if (!/^(?:data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) {
      complaints.push(`another host: ${request.url()}`);
    }
  });
  return complaints;
}

/** What axe finds on a page, also against its best practices: a line for each finding, with its first element. */
export async function axeFindings(page: Page): Promise<string[]> {
  const hasAxe = await page.evaluate<boolean>("typeof axe === 'object'");
  if (!hasAxe) await page.evaluate(axe.source);
  return page.evaluate<string[]>(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ' (' + nodes.length + '): ' + nodes[0].html.slice(0, 200)))`);
}

/** How many pixels of the page are to the right of the screen. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
