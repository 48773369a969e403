import { afterAll, beforeAll, beforeEach, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { axeFindings, itInBrowser } from '../support/browser.ts';
import { membership, openDashboard, Refused, signInAs } from '../support/dashboard-set-up.ts';
import { DESKTOP, PHONE } from '../support/site-set-up.ts';

/** Sessions, roles and modes of the dashboard in a real browser, with given answers of the API. */

const OWNER = membership('owner', ['orders:read', 'products:read']);
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

const NEXT_WEEK = '2026-05-14T08:00:00.000Z';

let memberships: object[];
let orders: () => unknown;
let named: unknown[];
let modes: (string | undefined)[];
let dashboard: Awaited<ReturnType<typeof openDashboard>>;
beforeAll(async () => {
  dashboard = await openDashboard({
    'GET /api/v1/me': () => ({ person_id: 'p', memberships }),
    'POST /api/v1/businesses': ({ body = '' }) => {
      named.push(JSON.parse(body));
      memberships = [OWNER];
      return {};
    },
    'POST /api/v1/invitations/preview': ({ body = '' }) => {
      if (JSON.parse(body).token !== 'inv_1') throw new Refused(404, { code: 'invitation_not_found' });
      const [business_name, email] = ['Invited', 'operator@demo.example'];
      return { business_name, email, role: 'finance', invited_by: 'rudo@shop.example', expires_at: NEXT_WEEK };
    },
    'POST /api/v1/invitations/accept': ({ body = '' }) => {
      if (JSON.parse(body).token !== 'inv_1') throw new Refused(404, { title: 'There is no such invitation' });
      memberships = [OWNER, { ...OWNER, merchant_id: 'mer_2', business_name: 'Invited' }];
      return memberships[1];
    },
    'GET /api/v1/products': () => ({ data: [] }),
    'GET /api/v1/orders': ({ headers }) => {
      modes.push(headers['airtime-mode']);
      return orders();
    },
  });
}, 300_000);
afterAll(() => dashboard?.close());
beforeEach(() => {
  memberships = [OWNER];
  orders = () => ({ data: [ORDER], next_cursor: null });
  named = [];
  modes = [];
});

async function openOrders(page: Page): Promise<void> {
  await signInAs(page, 'owner');
  await page.getByRole('link', { name: 'lunch-1' }).waitFor();
}

itInBrowser(
  'signing out ends the session at the issuer and in other tabs, too: the next visit asks who it is',
  async () => {
    await dashboard.withPage('/app/orders', { viewport: DESKTOP }, async (page, complaints, context) => {
      await openOrders(page);
      const typed = 'Object.keys(sessionStorage).filter((each) => /^airtime\\.(?:draft|kept)/.test(each)).length';
      await page.evaluate("sessionStorage.setItem('airtime.draft.mer_1.test.send', '{}')");
      expect(await page.evaluate<number>(typed)).toBe(1);
      const other = await context.newPage();
      await other.goto(`${dashboard.origin}/app/orders`);
      await other.getByRole('link', { name: 'lunch-1' }).waitFor();
      await page.getByRole('button', { name: 'owner@demo.example' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
      expect(
        await page.evaluate<number>('Object.keys(sessionStorage).filter((each) => each.startsWith("oidc")).length'),
      ).toBe(0);
      expect(await page.evaluate<number>(typed)).toBe(0);
      expect(await axeFindings(page)).toEqual([]);
      await other.getByRole('heading', { name: 'You are signed out' }).waitFor();
      expect(await other.getByRole('link', { name: 'lunch-1' }).count()).toBe(0);
      expect(complaints).toEqual([]);
      for (const visit of [() => page.goBack(), () => page.goto(`${dashboard.origin}/app/orders`)]) {
        await visit();
        await page.getByLabel('Or with a mail address').waitFor();
      }
    });
  },
);

itInBrowser('who does nothing is warned in time, stays by a click, and is signed out half an hour later', async () => {
  await dashboard.withPage('/app/orders', { viewport: PHONE }, async (page) => {
    await openOrders(page);
    await page.clock.install();
    await page.getByRole('heading', { name: 'Orders' }).click();
    await page.clock.runFor('28:05');
    const warning = page.getByRole('dialog', { name: 'Are you still there?' });
    await warning.waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await warning.getByRole('button', { name: 'Stay signed in' }).click();
    await page.clock.runFor('03:00');
    expect(await warning.count()).toBe(0);
    await page.clock.runFor('28:00');
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await page.getByText('Nothing had happened here for a while').waitFor();
  });
});

itInBrowser('whose session had ended already while nobody was there is signed out at the issuer, too', async () => {
  await dashboard.withPage('/app/orders', { viewport: DESKTOP }, async (page) => {
    await openOrders(page);
    await page.clock.install();
    await page.evaluate(
      'for (const each of Object.keys(sessionStorage)) if (each.startsWith("oidc")) sessionStorage.removeItem(each)',
    );
    await page.clock.runFor('31:00');
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await page.clock.resume();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Or with a mail address').waitFor();
  });
});

itInBrowser('who is signed out for doing nothing comes back to the page and to what was typed', async () => {
  memberships = [membership('owner', ['orders:read', 'keys:write'])];
  await dashboard.withPage('/app/keys/new?from=link', { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'owner');
    await page.getByLabel('Name', { exact: true }).fill('Till of the shop');
    await page.clock.install();
    await page.getByRole('heading', { name: 'Create a key' }).click();
    await page.clock.runFor('28:05');
    // The form is below the warning, as it was.
    await page.getByRole('dialog', { name: 'Are you still there?' }).waitFor();
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Till of the shop');
    await page.clock.runFor('02:00');
    await page.getByText('is kept in this tab until you sign in again').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.clock.resume();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await signInAs(page, 'owner');
    await page.waitForURL(`${dashboard.origin}/app/keys/new?from=link`);
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Till of the shop');
  });
});

itInBrowser('another tab is signed in without a second password, on the page that it was opened for', async () => {
  await dashboard.withPage('/app/', { viewport: DESKTOP }, async (page, complaints, context) => {
    await openOrders(page);
    const other = await context.newPage();
    const asked: string[] = [];
    other.on('framenavigated', (frame) => asked.push(new URL(frame.url()).pathname));
    await other.goto(`${dashboard.origin}/app/orders?status=success`);
    await other.getByRole('link', { name: 'lunch-1' }).waitFor();
    expect(other.url()).toBe(`${dashboard.origin}/app/orders?status=success`);
    expect(asked.filter((path) => path.includes('/sign-in/'))).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

itInBrowser('a session that ended takes its page away, and brings back the same one after a sign-in', async () => {
  await dashboard.withPage('/app/orders?status=success', { viewport: DESKTOP }, async (page) => {
    await openOrders(page);
    await page.route('**/people/token', (route) => route.fulfill({ status: 400, json: { error: 'invalid_grant' } }));
    orders = () => {
      throw new Refused(401, { title: 'The token has ended', code: 'expired_token' });
    };
    await page.evaluate("window.dispatchEvent(new Event('visibilitychange'))");
    await page.reload();
    await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
    expect(await page.getByRole('heading', { name: 'Orders', exact: true }).count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    await page.unroute('**/people/token');
    orders = () => ({ data: [ORDER], next_cursor: null });
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await page.getByRole('link', { name: 'lunch-1' }).waitFor();
    expect(page.url()).toBe(`${dashboard.origin}/app/orders?status=success`);
  });
});

itInBrowser('a sign-in that was begun elsewhere says so in words, and begins again', async () => {
  await dashboard.withPage('/app/signed-in?code=x&state=of-another-tab', { viewport: PHONE }, async (page) => {
    await page.getByText('It was begun in another tab or too long ago').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByLabel('Or with a mail address').waitFor();
  });
});

itInBrowser('somebody new names a business, and is in test mode at once', async () => {
  memberships = [];
  await dashboard.withPage('/app', { viewport: PHONE, colorScheme: 'dark' }, async (page, complaints) => {
    await signInAs(page, 'operator');
    await page.getByLabel('Name of the business').fill('Kiosk 7');
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByText('Test mode: nothing here is real.').waitFor();
    expect(named).toEqual([{ name: 'Kiosk 7' }]);
    expect(complaints).toEqual([]);
  });
});

itInBrowser(
  'an invitation is kept through the sign-in, is accepted by a click, and leads into its business',
  async () => {
    memberships = [];
    await dashboard.withPage('/app/invitation#inv_1', { viewport: PHONE }, async (page, complaints) => {
      await signInAs(page, 'operator');
      await page.getByRole('heading', { name: 'You are invited' }).waitFor();
      await page.getByText('To Invited, as finance').waitFor();
      await page.getByText('Invited by rudo@shop.example.').waitFor();
      await page.getByText('The invitation works until').waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Accept the invitation' }).click();
      await page.waitForURL(`${dashboard.origin}/app`);
      await page.getByText('Test mode: nothing here is real.').waitFor();
      expect(await page.evaluate("sessionStorage.getItem('airtime.merchant')")).toBe('mer_2');
      expect(complaints).toEqual([]);
    });
    await dashboard.withPage('/app/invitation#inv_2', { viewport: PHONE }, async (page) => {
      await signInAs(page, 'operator');
      await page.getByText('The invitation does not work any more').waitFor();
      expect(await page.getByRole('button', { name: 'Accept the invitation' }).count()).toBe(0);
      expect(await page.getByRole('link', { name: 'Go to the dashboard' }).count()).toBe(1);
    });
    await dashboard.withPage('/app/invitation', { viewport: PHONE }, async (page) => {
      await signInAs(page, 'operator');
      await page.getByText(/This link has no invitation in it/).waitFor();
    });
  },
);

itInBrowser('test mode is named in words on every page, live mode asks for live data and is kept', async () => {
  await dashboard.withPage('/app/orders', { viewport: PHONE }, async (page) => {
    await openOrders(page);
    const strip = page.getByText('Test mode: nothing here is real.');
    expect(await strip.isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Test mode' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Live mode' }).click();
    await strip.waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('link', { name: 'lunch-1' }).waitFor();
    expect(await page.getByRole('button', { name: 'Live mode' }).isVisible()).toBe(true);
    expect(new Set([modes[0], modes.at(-1)])).toEqual(new Set(['test', 'live']));
  });
});

itInBrowser(
  'a tab stays in its mode when another one changes it, and the tabs that are opened from it are in it',
  async () => {
    await dashboard.withPage('/app/orders', { viewport: DESKTOP }, async (page, _complaints, context) => {
      await openOrders(page);
      const other = await context.newPage();
      await other.goto(`${dashboard.origin}/app/orders`);
      await other.getByRole('button', { name: 'Test mode' }).click();
      await other.getByRole('menuitemcheckbox', { name: 'Live mode' }).click();
      await other.getByRole('button', { name: 'Live mode' }).waitFor();
      const openFrom = async (opener: Page, mode: string) => {
        const link = opener.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Orders' });
        const [opened] = await Promise.all([
          context.waitForEvent('page'),
          link.click({ modifiers: ['ControlOrMeta'] }),
        ]);
        await opened.getByRole('button', { name: mode }).waitFor();
      };
      await openFrom(page, 'Test mode');
      await openFrom(other, 'Live mode');
      await page.reload();
      await page.getByRole('button', { name: 'Test mode' }).waitFor();
    });
  },
);

itInBrowser('a business that is not live has no live mode, whatever was chosen before', async () => {
  memberships = [{ ...OWNER, live: false }];
  await dashboard.withPage(
    '/app/orders',
    { viewport: DESKTOP },
    async (page) => {
      await openOrders(page);
      expect(await page.getByText('Test mode: nothing here is real.').isVisible()).toBe(true);
      await page.getByRole('button', { name: 'Test mode' }).click();
      const live = page.getByRole('menuitemcheckbox', { name: 'Live mode' });
      expect(await live.getAttribute('aria-disabled')).toBe('true');
      expect(new Set(modes)).toEqual(new Set(['test']));
    },
    (page) => page.addInitScript("localStorage.setItem('airtime.mode', 'live')"),
  );
});

itInBrowser('another business or mode begins with the list, instead of an order that it does not have', async () => {
  memberships = [OWNER, { ...OWNER, merchant_id: 'mer_2', business_name: 'Second' }];
  await dashboard.withPage('/app/orders/lunch-1', { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'owner');
    await page.getByText('No such thing.').waitFor();
    await page.getByRole('button', { name: 'Demo', exact: true }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Second' }).click();
    await page.waitForURL(`${dashboard.origin}/app/orders`);
    await page.getByRole('link', { name: 'lunch-1' }).waitFor();
  });
});

itInBrowser('a page that a role does not include is not in the menu, and says so at its address', async () => {
  memberships = [membership('finance', ['wallet:read'])];
  await dashboard.withPage('/app/orders', { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'finance');
    await page.getByText('Your role does not include this page').waitFor();
    expect(await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Orders' }).count()).toBe(0);
    expect(modes).toEqual([]);
  });
});

itInBrowser('a refusal shows what is wrong, what to do and its id; a retry shows the list', async () => {
  orders = () => {
    throw new Refused(403, {
      code: 'scope_missing',
      title: 'Not allowed',
      detail: 'It lacks a scope.',
      fix: 'Use a key with the scope.',
      request_id: 'req_17',
    });
  };
  await dashboard.withPage('/app/orders', { viewport: PHONE }, async (page) => {
    await signInAs(page, 'owner');
    for (const text of [
      'Your role does not include this',
      'An owner or an admin can give you another role, under Team.',
      'req_17',
    ])
      await page.getByText(text).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    orders = () => ({ data: [], next_cursor: null });
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('No orders yet').waitFor();
  });
});

itInBrowser('without a connection the last data stays, with its age', async () => {
  orders = () => ({ data: [{ ...ORDER, status: 'pending', final: false }], next_cursor: null });
  await dashboard.withPage('/app/orders', { viewport: PHONE }, async (page, _complaints, context) => {
    await openOrders(page);
    await context.setOffline(true);
    await page.getByText(/Not current: as of \d+ seconds? ago/).waitFor({ timeout: 60_000 });
    expect(await page.getByRole('link', { name: 'lunch-1' }).isVisible()).toBe(true);
    await context.setOffline(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText(/Not current/).waitFor({ state: 'detached' });
  });
});

itInBrowser('a search that has not reached the end says so, and goes on; nothing at all is no match', async () => {
  orders = () => ({ data: [], next_cursor: 'c', searched_to: '2026-03-01T10:00:00.000Z' });
  await dashboard.withPage('/app/orders?target=0772279099', { viewport: DESKTOP }, async (page) => {
    await signInAs(page, 'owner');
    const goOn = page.getByRole('button', { name: 'Continue the search' });
    await goOn.waitFor();
    await page.getByText('Searched back to 1 Mar 2026, 12:00:00').waitFor();
    orders = () => ({ data: [], next_cursor: null });
    await goOn.click();
    await page.getByText('Nothing here has all of that.').waitFor();
    await page.getByRole('button', { name: 'Clear the filter' }).first().click();
    await page.getByText('No orders yet').waitFor();
    expect(page.url()).toBe(`${dashboard.origin}/app/orders`);
  });
});
