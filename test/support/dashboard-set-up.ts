import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { DASHBOARD_FOLDER, freshenDashboard } from '../../bin/dashboard/fresh.ts';
import type { Membership } from '../../sdk/typescript/src/api.ts';
import type { ApiGatewayRoute } from '../../shared/local/api-gateway.ts';
import { startApiGateway } from '../../shared/local/api-gateway.ts';
import { freePort } from '../../shared/local/engine.ts';
import { localPeople } from '../../shared/local/people/local-people.ts';
import { servePeople } from '../../shared/local/people/people.ts';
import { serveSite } from '../../shared/local/site.ts';
import { complaintsOf, startBrowser } from './browser.ts';
import { System } from './system.ts';

/** By `GET /path`: what the API answers instead of an API. */
type Answers = Readonly<Record<string, (request: Parameters<ApiGatewayRoute['handler']>[0]) => unknown>>;

/** What is thrown as an answer is refused. */
export class Refused {
  readonly status: number;
  readonly body: object;
  constructor(status: number, body: object) {
    this.status = status;
    this.body = body;
  }
}

/** What somebody is in one business, which is live. */
export function membership(role: string, scopes: readonly string[], more: Partial<Membership> = {}): Membership {
  const business = { merchant_id: 'mer_1', business_name: 'Demo', live: true };
  return { ...business, member_id: 'mem_1', role, scopes: [...scopes], joined_at: '2026-05-07T08:00:00.000Z', ...more };
}

/** The first page asks for it. */
const NOTHING_YET: Answers = {
  'GET /status': () => ({ status: 'ok', components: [], providers: [] }),
  'GET /api/v1/figures': () => ({ from: '2026-05-01', to: '2026-05-07', data: [] }),
};

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
    routes: Object.entries({ ...NOTHING_YET, ...answers }).map(([route, answer]) => {
      const [method = '', path = ''] = route.split(' ');
      return { method, path, handler: async (event) => answered(() => answer(event)) };
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
    withPage: opener(browser, origin),
    async close(): Promise<void> {
      await browser.close();
      await gateway.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The dashboard of `npm start`, with all that is behind it; and a browser. */
export async function openSystem() {
  const data = mkdtempSync(join(tmpdir(), 'airtime-dashboard-'));
  const [first, browser] = await Promise.all([System.start(data), startBrowser(), freshenDashboard()]);
  let system = first;
  const origin = system.local.baseUrl;
  return {
    origin,
    system,
    withPage: opener(browser, origin),
    /** The same system some minutes later, when its schedules run at once. */
    async later(minutesLater: number): Promise<void> {
      await system.stop();
      system = await System.start(data, { port: Number(new URL(origin).port), minutesLater });
    },
    /** What was mailed, the first first. */
    mails(): { to: string; subject: string; text: string; headers?: Record<string, string> }[] {
      const file = join(data, 'mail.jsonl');
      const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
      return lines.map((line) => JSON.parse(line));
    },
    async close(): Promise<void> {
      await browser.close();
      await system.stop();
      rmSync(data, { recursive: true });
    },
  };
}

/** Opens a page with nothing of earlier ones. */
function opener(browser: Browser, origin: string) {
  return async (
    path: string,
    look: BrowserContextOptions,
    use: (page: Page, complaints: string[], context: BrowserContext) => Promise<unknown>,
    prepare: (page: Page) => Promise<unknown> = async () => {},
  ): Promise<void> => {
    const context = await browser.newContext({ timezoneId: 'Africa/Harare', locale: 'en-GB', ...look });
    try {
      context.setDefaultTimeout(60_000);
      const page = await context.newPage();
      const complaints = complaintsOf(page, origin);
      await prepare(page);
      await page.goto(origin + path);
      await use(page, complaints, context);
    } finally {
      await context.close();
    }
  };
}

async function answered(answer: () => unknown) {
  try {
    return json(200, await answer());
  } catch (error) {
    if (error instanceof Refused) return json(error.status, error.body);
    throw error;
  }
}

function json(statusCode: number, body: unknown) {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** Waits until a press of the same button is no longer taken for the second one of a double click (`useAct`). */
export async function afterDoubleClick(page: Page): Promise<void> {
  await page.waitForTimeout(600);
}

/** Signs in as one of the demo people, from wherever the dashboard has led. */
export async function signInAs(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `${name}@demo.example` }).click();
}

/** Signs up as somebody new, with a business that is in test mode. */
export async function signUp(page: Page, { email, business }: { email: string; business: string }): Promise<void> {
  await page.getByLabel('Or with a mail address').fill(email);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Name of the business').fill(business);
  await page.getByRole('button', { name: 'Begin in test mode' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).waitFor({ state: 'attached' });
}

/** Waits until something is so, for as long as the test may take. */
export async function eventually(page: Page, isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await page.waitForTimeout(250);
}

/** Calls the API as whoever is signed in on a page, for what a test only prepares. */
export async function callAs(page: Page, method: string, path: string, body?: unknown) {
  const headers = await page.evaluate<Record<string, string>>(`(async () => {
    const [name] = Object.keys(sessionStorage).filter((each) => each.startsWith('oidc.user:'));
    const { access_token: token } = JSON.parse(sessionStorage.getItem(name));
    const authorization = 'Bearer ' + token;
    const me = await (await fetch('/api/v1/me', { headers: { authorization } })).json();
    const kept = sessionStorage.getItem('airtime.merchant') ?? me.memberships[0].merchant_id;
    const mode = sessionStorage.getItem('airtime.mode') ?? 'test';
    return { authorization, 'airtime-merchant': kept, 'airtime-mode': mode };
  })()`);
  const sent = await fetch(new URL(path, page.url()), {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: sent.status, json: await sent.json() };
}

export const TOO_MANY_DETAIL = 'That was too often in a short time, so nothing was done.';
/** What a limit answers, before anything of the request is looked up. */
export const TOO_MANY = {
  status: 429,
  contentType: 'application/problem+json',
  body: JSON.stringify({ code: 'rate_limited', title: 'Too many requests', detail: 'The limit is reached.' }),
};
