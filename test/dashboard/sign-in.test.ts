import { afterAll, beforeAll, expect } from '@jest/globals';
import { itInBrowser } from '../support/browser.ts';
import { membership, openDashboard, signInAs } from '../support/dashboard-set-up.ts';
import { DESKTOP } from '../support/site-set-up.ts';

/** One sign-in to the dashboard, in a real browser. The long run has the rest: `npm run test:browser`. */

const ORDER = {
  id: 'ord_1',
  agent_reference: 'lunch-1',
  status: 'success',
  final: true,
  amount: 5.5,
  currency: 'USD',
  target: '0772279099',
  network: 'Econet',
  created_at: '2026-05-07T08:00:00.000Z',
};

let dashboard: Awaited<ReturnType<typeof openDashboard>>;
const asked: { query: unknown; headers: Record<string, string | undefined> }[] = [];
beforeAll(async () => {
  dashboard = await openDashboard({
    'GET /api/v1/me': () => ({
      person_id: 'p',
      memberships: [membership('owner', ['orders:read', 'products:read'], { live: false })],
    }),
    'GET /api/v1/products': () => ({ data: [] }),
    'GET /api/v1/orders': ({ headers, queryStringParameters }) => {
      asked.push({ query: queryStringParameters, headers });
      return { data: [ORDER], next_cursor: null };
    },
  });
}, 300_000);
afterAll(() => dashboard?.close());

itInBrowser(
  'whoever signs in comes back to the page that was asked for, and a new tab needs no second time',
  async () => {
    await dashboard.withPage(
      '/app/orders?target=0772279099',
      { viewport: DESKTOP },
      async (page, complaints, context) => {
        await signInAs(page, 'owner');
        await page.getByRole('link', { name: 'lunch-1' }).waitFor();
        expect(page.url()).toBe(`${dashboard.origin}/app/orders?target=0772279099`);
        expect(await page.getByText('5.50 USD').count()).toBe(1);
        expect(await page.getByText('7 May 2026, 10:00:00').count()).toBe(1);
        // The number is asked for as it was typed, in the name of the person and of the business.
        const { headers, query } = asked[0] ?? {};
        expect(query).toMatchObject({ target: '0772279099' });
        expect(headers).toMatchObject({ 'airtime-merchant': 'mer_1', 'airtime-mode': 'test' });
        expect(headers?.authorization).toMatch(/^Bearer ey/);
        const other = await context.newPage();
        await other.goto(`${dashboard.origin}/app/orders`);
        await other.getByRole('link', { name: 'lunch-1' }).waitFor();
        expect(complaints).toEqual([]);
      },
    );
  },
);
