import { afterAll, beforeAll, beforeEach, describe, expect } from '@jest/globals';
import { itInBrowser, overflowOf } from '../support/browser.ts';
import { membership, openDashboard, Refused, signInAs } from '../support/dashboard-set-up.ts';
import { DESKTOP, expectGood, LONG_LOOKS, PHONE } from '../support/site-set-up.ts';

/** The list of orders and the page of one, in a real browser, with given answers of the API. */

const AT = '2026-05-07T08:00:00.000Z';
const ORDER = {
  id: 'ord_1',
  agent_reference: 'lunch-1',
  status: 'unknown',
  final: false,
  mode: 'test',
  product_id: 100,
  target: '0772279099',
  network: 'Econet',
  amount: 5.5,
  currency: 'USD',
  custom_sms: null,
  provider_ref: 'HR-17',
  failure: null,
  next_check_at: null as string | null,
  created_at: AT,
  finalized_at: null,
  timeline: [
    { at: AT, status: 'pending', note: 'Accepted; the wallet was debited.' },
    { at: AT, status: 'unknown', note: 'The provider did not say what happened.' },
  ],
};
const ENTRY = { id: 'ent_1', seq: 7, currency: 'USD', amount: -5.5, balance_after: 94.5, created_at: AT };

let order: Record<string, unknown>;
let reads: number;
let lists: (Record<string, string | undefined> | undefined)[];
let dashboard: Awaited<ReturnType<typeof openDashboard>>;
beforeAll(async () => {
  dashboard = await openDashboard({
    'GET /api/v1/me': () => ({
      person_id: 'p',
      memberships: [
        membership('owner', ['orders:read', 'orders:write', 'products:read', 'wallet:read', 'webhooks:read']),
      ],
    }),
    'GET /api/v1/products': () => ({ data: [{ id: 100, name: 'Econet airtime USD' }] }),
    'GET /api/v1/orders': ({ queryStringParameters }) => {
      lists.push(queryStringParameters);
      if (queryStringParameters?.status === 'bogus') throw new Refused(400, { title: 'There is no such status' });
      return { data: [order], next_cursor: null };
    },
    'GET /api/v1/orders/{agent_reference}': ({ pathParameters }) => {
      reads += 1;
      if (pathParameters?.agent_reference === 'gone') {
        throw new Refused(404, { code: 'order_not_found', title: 'Not here', fix: 'GET it.', request_id: 'req_2' });
      }
      return order;
    },
    'POST /api/v1/test/orders/{agent_reference}/advance': () => {
      order = { ...order, status: 'success', final: true, next_check_at: null, finalized_at: AT };
      return order;
    },
    'GET /api/v1/wallet/ledger': () => ({
      data: [
        { ...ENTRY, order_id: 'ord_1', description: 'Order lunch-1' },
        { ...ENTRY, id: 'ent_2', seq: 8, order_id: 'ord_2', description: 'Order of somebody else' },
      ],
      next_cursor: null,
    }),
    'GET /api/v1/webhooks/deliveries': () => ({
      data: [
        { id: 'dlv_1', event_type: 'order.unknown', status: 'delivered', tries: 1, last_status: 204, created_at: AT },
      ],
      next_cursor: null,
    }),
  });
}, 300_000);
afterAll(() => dashboard?.close());
beforeEach(() => {
  order = { ...ORDER };
  reads = 0;
  lists = [];
});

describe.each(LONG_LOOKS.map((look) => ({ look, name: `${look.viewport.width} px, ${look.colorScheme}` })))(
  '$name:',
  ({ look }) => {
    itInBrowser('the list and an order are accessible, complete and no wider than the screen', async () => {
      await dashboard.withPage('/app/orders', look, async (page, complaints) => {
        await signInAs(page, 'owner');
        await page.getByRole('link', { name: 'lunch-1' }).waitFor();
        await expectGood(page, complaints);
        await page.getByRole('link', { name: 'lunch-1' }).click();
        await page.getByText('94.50 USD').waitFor();
        await page.getByText('order.unknown').waitFor();
        await expectGood(page, complaints);
      });
    });
  },
);

itInBrowser('an order says what is known, whom we ask and when next, and what it did to the wallet', async () => {
  order = { ...ORDER, next_check_at: new Date(Date.now() + 95_000).toISOString() };
  await dashboard.withPage('/app/orders/ord_1', { viewport: DESKTOP }, async (page, complaints) => {
    await signInAs(page, 'owner');
    await page
      .getByRole('status')
      .getByText(/nobody can say yet whether it was delivered/)
      .waitFor();
    const countdown = page.getByText(/Next check in 1 minute\./);
    await countdown.waitFor();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('lunch-1');
    expect(await page.getByText('Order of somebody else').count()).toBe(0);
    expect(await page.getByText('-5.50 USD').count()).toBe(1);
    // UTC is beside the local time by a key, not by hovering alone.
    await page.getByRole('button', { name: '7 May 2026, 10:00:00' }).first().press('Enter');
    await page.getByText('7 May 2026, 08:00:00 UTC').waitFor();
    expect(complaints).toEqual([]);
  });
});

itInBrowser(
  'in test mode the next answer can be had now, and the page shows it without being read again by hand',
  async () => {
    await dashboard.withPage('/app/orders/ord_1', { viewport: PHONE }, async (page) => {
      await signInAs(page, 'owner');
      await page.getByRole('button', { name: 'Next answer now' }).click();
      await page.getByText('It is delivered, and the money is spent.').waitFor();
      expect(await page.getByRole('button', { name: 'Next answer now' }).count()).toBe(0);
    });
  },
);

itInBrowser('an open order is read again ever more slowly, a decided one never', async () => {
  await dashboard.withPage('/app/orders/ord_1', { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'owner');
    await page.getByText(/nobody can say yet/).waitFor();
    await page.waitForTimeout(7_000);
    // After 2, 4.8 and 8.7 seconds.
    expect(reads).toBeGreaterThanOrEqual(2);
    expect(reads).toBeLessThanOrEqual(4);
    order = { ...ORDER, status: 'success', final: true };
    await page.getByText('It is delivered, and the money is spent.').waitFor();
    const seen = reads;
    await page.waitForTimeout(4_000);
    expect(reads).toBe(seen);
  });
});

itInBrowser(
  'a page on which all is decided asks for nothing for a minute, and its list is read again by a click',
  async () => {
    order = { ...ORDER, status: 'success', final: true };
    await dashboard.withPage('/app/orders', { viewport: PHONE }, async (page) => {
      await signInAs(page, 'owner');
      await page.getByRole('link', { name: 'lunch-1' }).waitFor();
      await page.waitForLoadState('networkidle');
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.clock.install();
      await page.clock.runFor('01:00');
      expect(asked).toEqual([]);
      await page.getByRole('button', { name: 'Reload: Orders' }).click();
      await page.waitForLoadState('networkidle');
      expect(asked).toHaveLength(1);
    });
  },
);

itInBrowser('who saves data is not polled for', async () => {
  await dashboard.withPage(
    '/app/orders/ord_1',
    { viewport: PHONE },
    async (page) => {
      await signInAs(page, 'owner');
      await page.getByText(/nobody can say yet/).waitFor();
      const seen = reads;
      await page.waitForTimeout(5_000);
      expect(reads).toBe(seen);
    },
    (page) => page.addInitScript("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"),
  );
});

itInBrowser('a filter is in the address, and a reference leads to its order', async () => {
  await dashboard.withPage('/app/orders', { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'owner');
    const filter = page.getByRole('combobox', { name: /^Filter by/ });
    await filter.fill('0772279099');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\?target=0772279099$/);
    await page.getByRole('link', { name: 'lunch-1' }).waitFor();
    expect(lists.at(-1)).toMatchObject({ target: '0772279099' });
    await filter.fill('lunch-1');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${dashboard.origin}/app/orders/lunch-1`);
    await page.getByRole('heading', { level: 1, name: 'lunch-1' }).waitFor();
  });
});

itInBrowser('no text makes a list wider than its place, beside the menu or on a phone', async () => {
  order = {
    ...ORDER,
    ...{ agent_reference: 'x'.repeat(64), target: '+255752345678', amount: 2000, currency: 'TZS', network: 'Vodacom' },
    created_by: { type: 'person', id: 'mem_17' },
  };
  for (const viewport of [DESKTOP, PHONE]) {
    await dashboard.withPage('/app/orders', { viewport }, async (page) => {
      await signInAs(page, 'owner');
      await page.getByRole('link', { name: 'x'.repeat(64) }).waitFor();
      expect(await overflowOf(page)).toBe(0);
      const cut = await page.evaluate<number[]>(`[...document.querySelectorAll('.rows table')]
        .map((each) => each.offsetWidth - each.parentElement.clientWidth)`);
      expect(cut.filter((pixels) => pixels > 0)).toEqual([]);
    });
  }
});

itInBrowser('a row of a batch is linked by its reference, because it is not found by its id', async () => {
  order = { ...ORDER, agent_reference: 'may/1', batch_id: 'bat_1' };
  await dashboard.withPage('/app/orders', { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'owner');
    const link = page.getByRole('link', { name: 'may/1' });
    expect(await link.getAttribute('href')).toBe('/app/orders/may%2F1');
  });
});

itInBrowser('of a row of a batch it is not said that its money is back before its batch has returned it', async () => {
  order = { ...ORDER, status: 'refunded', final: true, batch_id: 'bat_1' };
  await dashboard.withPage('/app/orders/lunch-1', { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'owner');
    await page.getByText(/Its batch paid for it, and returns the money/).waitFor();
    expect(await page.getByText(/the money is back in your wallet/).count()).toBe(0);
  });
});

itInBrowser('a day in the filter is the day of its reader', async () => {
  await dashboard.withPage('/app/orders?from=2026-05-07&to=2026-05-08', { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'owner');
    await page.getByRole('link', { name: 'lunch-1' }).waitFor();
    expect(lists.at(-1)).toMatchObject({ from: '2026-05-06T22:00:00.000Z', to: '2026-05-07T22:00:00.000Z' });
  });
});

itInBrowser('a filter that cannot be can be cleared where it is refused', async () => {
  await dashboard.withPage('/app/orders?status=bogus', { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'owner');
    await page.getByText('There is no such status').waitFor();
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await page.getByRole('link', { name: 'lunch-1' }).waitFor();
  });
});

itInBrowser('by the keyboard alone an order is reached, and reading goes on at its title', async () => {
  await dashboard.withPage('/app/orders', { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'owner');
    await page.getByRole('link', { name: 'lunch-1' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'lunch-1' }).waitFor();
    await page.locator('h1:focus').waitFor();
    expect(await page.title()).toBe('lunch-1 · Airtime');
    await page.goBack();
    await page.waitForURL(`${dashboard.origin}/app/orders`);
  });
});

itInBrowser('a page that cannot be loaded says so, and is there when it is loaded again', async () => {
  await dashboard.withPage('/app/orders', { viewport: PHONE }, async (page) => {
    await signInAs(page, 'owner');
    await page.getByRole('link', { name: 'lunch-1' }).waitFor();
    await page.route('**/app/assets/order-page-*', (route) => route.abort());
    await page.getByRole('link', { name: 'lunch-1' }).click();
    const again = page.getByRole('button', { name: 'Try again' });
    await again.waitFor();
    await page.unroute('**/app/assets/order-page-*');
    await again.click();
    await page.getByText(/nobody can say yet/).waitFor();
  });
});

itInBrowser('at 320 px, as at a zoom of 400 %, nothing is wider than the screen', async () => {
  await dashboard.withPage('/app/orders/ord_1', { viewport: { width: 320, height: 640 } }, async (page, complaints) => {
    await signInAs(page, 'owner');
    await page.getByText('94.50 USD').waitFor();
    await page.getByRole('button', { name: 'Original request' }).click();
    await expectGood(page, complaints);
  });
});

itInBrowser('an order that is not there says what to do, and where it may be', async () => {
  await dashboard.withPage('/app/orders/gone', { viewport: PHONE }, async (page) => {
    await signInAs(page, 'owner');
    await page.getByText('There is no such order here.').waitFor();
    expect(await page.getByText('Check the reference. The order may be in the other mode.').isVisible()).toBe(true);
  });
});
