import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { DASHBOARD_FOLDER, freshenDashboard } from '../../bin/dashboard/fresh.ts';
import type { ApiGatewayRoute } from '../../shared/local/api-gateway.ts';
import { startApiGateway } from '../../shared/local/api-gateway.ts';
import { freePort } from '../../shared/local/engine.ts';
import { localPeople } from '../../shared/local/people/local-people.ts';
import { servePeople } from '../../shared/local/people/people.ts';
import { serveSite } from '../../shared/local/site.ts';
import { complaintsOf, startBrowser } from './browser.ts';

/** By `GET /path`: what the API answers instead of an API. */
export type Answers = Readonly<Record<string, (request: Parameters<ApiGatewayRoute['handler']>[0]) => unknown>>;

/** The dashboard as it is built, with the issuer of `npm start` and given answers of the API; and a browser. */
export async function openDashboard(answers: Answers) {
  const folder = mkdtempSync(join(tmpdir(), 'airtime-dashboard-'));
  writeFileSync(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const { issuer, clientId } = localPeople(origin);
  const [browser] = await Promise.all([startBrowser(), freshenDashboard()]);
  const gateway = await startApiGateway({
    port,
    routes: Object.entries(answers).map(([route, answer]) => {
      const [method = '', path = ''] = route.split(' ');
      return { method, path, handler: async (event) => json(200, await answer(event)) };
    }),
    notFound: async () => json(404, { title: 'Not here', detail: 'No such thing.', request_id: 'req_1' }),
    site: serveSite(folder, undefined, {
      folder: DASHBOARD_FOLDER,
      config: { issuer, client_id: clientId, logout_url: null, stage: 'local' },
    }),
    people: servePeople({ origin, fileOf: (name) => join(folder, name) }),
  });
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
      use: (page: Page, complaints: string[], context: BrowserContext) => Promise<unknown>,
    ): Promise<void> {
      const context = await browser.newContext({ timezoneId: 'Africa/Harare', locale: 'en-GB', ...look });
      try {
        context.setDefaultTimeout(15_000);
        const page = await context.newPage();
        const complaints = complaintsOf(page, origin);
        await page.goto(origin + path);
        await use(page, complaints, context);
      } finally {
        await context.close();
      }
    },
  };
}

function json(statusCode: number, body: unknown) {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** Signs in as one of the demo people, from wherever the dashboard has led. */
export async function signInAs(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `${name}@demo.example` }).click();
}
