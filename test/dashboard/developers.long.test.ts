import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { itInBrowser } from '../support/browser.ts';
import { callAs, eventually, openSystem, signInAs, signUp } from '../support/dashboard-set-up.ts';
import { DESKTOP, expectGood, LONG_LOOKS } from '../support/site-set-up.ts';

/** Keys, webhooks, events and the request log, in a real browser and with all that is behind them. */

const ORDER = { product_id: 100, target: '0772279099', amount: 5 };

let dashboard: Awaited<ReturnType<typeof openSystem>>;
let receiver: Server;
let hook: string;
let answerWith: number;
let received: { headers: Record<string, unknown>; body: string }[];
let people = 0;

beforeAll(async () => {
  dashboard = await openSystem();
}, 300_000);
afterAll(() => dashboard?.close(), 300_000);
beforeEach(async () => {
  answerWith = 204;
  received = [];
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(answerWith).end(answerWith < 300 ? undefined : 'out of paper');
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
});
afterEach(() => new Promise((resolve) => receiver.close(resolve)));

/** Somebody new for each test, whose business has nothing of the others. */
async function signUpNew(page: Page): Promise<void> {
  people += 1;
  await signUp(page, { email: `dev-${people}@shop.example`, business: `Shop ${people}` });
}

/** Runs a command that a page shows, without the shell: its address, headers and body. */
async function runCurl(command: string) {
  const [, url = ''] = /curl (?:-X \w+ )?'([^']+)'/.exec(command) ?? [];
  const method = /-X (\w+)/.exec(command)?.[1] ?? 'GET';
  const headers = [...command.matchAll(/-H ["']([\w-]+): ([^"']+)["']/g)].map(([, name, value]) => [name, value]);
  const body = /-d '([^']+)'/.exec(command)?.[1];
  const answer = await fetch(url, { method, headers: Object.fromEntries(headers), ...(body ? { body } : {}) });
  return { status: answer.status, json: (await answer.json()) as unknown };
}

async function makeKey(page: Page, name: string): Promise<string> {
  await page.getByRole('link', { name: 'Create a key' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Create a key' }).click();
  await page.getByText('Copy it now:').waitFor();
  return (await page.getByText(/^atk_test_\w{38}$/).textContent()) ?? '';
}

async function addEndpoint(page: Page, more = ''): Promise<string> {
  const { json } = await callAs(page, 'POST', '/api/v1/webhooks/endpoints', { url: hook + more });
  return (json as { id: string }).id;
}

describe.each(LONG_LOOKS.map((look) => ({ look, name: `${look.viewport.width} px, ${look.colorScheme}` })))(
  '$name:',
  ({ look }) => {
    itInBrowser(
      'the pages are accessible, complete and no wider than the screen',
      async () => {
        await dashboard.withPage('/app/keys', { ...look, reducedMotion: 'reduce' }, async (page, complaints) => {
          const good = () => expectGood(page, complaints);
          await signUpNew(page);
          await page.getByText('No keys yet').waitFor();
          await good();
          await page.getByRole('link', { name: 'Create a key' }).first().click();
          await page.getByLabel('Name', { exact: true }).waitFor();
          await good();
          await page.goBack();
          await makeKey(page, 'Shop');
          await good();
          await page.getByRole('button', { name: 'Done' }).click();
          await page.getByText('Never used').waitFor();
          await good();
          await page.getByRole('button', { name: 'Replace: Shop' }).click();
          await page.getByLabel('Hours that the old one still works').waitFor();
          await good();
          await page.getByRole('dialog').getByRole('button', { name: 'Replace' }).click();
          await page.getByText('Copy it now:').waitFor();
          await good();
          await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click();
          await page.getByRole('button', { name: 'Revoke: Shop' }).first().click();
          await page.getByText('This cannot be undone').waitFor();
          await good();
          await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
          await page.getByText('It is revoked').waitFor();
          await good();
          answerWith = 500;
          await page.goto(`${dashboard.origin}/app/webhooks`);
          await page.getByText('No endpoints yet').waitFor();
          await good();
          await page.goto(`${dashboard.origin}/app/webhooks/new`);
          await page.getByLabel('Address').fill(hook);
          await page.getByText('Only these').click();
          await page.getByText('A batch has ended').waitFor();
          await good();
          await page.getByText('All events, also types that come later').click();
          await page.getByRole('button', { name: 'Add an endpoint' }).click();
          await page.getByText('The secret of this endpoint').waitFor();
          await good();
          await page.getByRole('link', { name: 'Go to the endpoint' }).click();
          await page.getByText('No events yet').waitFor();
          await page.getByRole('button', { name: 'Send a test event' }).click();
          await page.getByRole('dialog').getByRole('button', { name: 'Send', exact: true }).click();
          await page.getByText('It was not delivered').waitFor();
          await good();
          await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click();
          await page.getByRole('link', { name: 'webhook.test' }).waitFor();
          await good();
          for (const item of ['Change', 'Switch off', 'Change the secret', 'Send what was missed', 'Delete']) {
            await page.getByRole('button', { name: 'More' }).last().click();
            await page.getByRole('menuitem', { name: item, exact: true }).click();
            await page.getByRole('dialog').waitFor();
            await good();
            await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
          }
          await page.goto(`${dashboard.origin}/app/webhooks`);
          await page.getByRole('link', { name: hook }).waitFor();
          await good();
          await page.goto(`${dashboard.origin}/app/events`);
          await page.getByRole('link', { name: 'webhook.test' }).waitFor();
          await good();
          await page.getByRole('link', { name: 'webhook.test' }).click();
          await page.getByText('Your server answered 500').first().waitFor();
          await good();
          await callAs(page, 'POST', '/api/v1/orders', { ...ORDER, amount: -1, agent_reference: 'bad-1' });
          await page.goto(`${dashboard.origin}/app/requests`);
          await page.getByRole('link', { name: 'POST /api/v1/orders' }).waitFor();
          await good();
          await page.getByRole('link', { name: 'POST /api/v1/orders' }).click();
          await page.getByText('What was sent').waitFor();
          await good();
          await page.getByRole('button', { name: 'Replay this request' }).click();
          await page.getByLabel('Body (JSON)').waitFor();
          await good();
          await page.goto(`${dashboard.origin}/app/errors`);
          await page.getByText(/1 error among/).waitFor();
          await good();
        });
      },
      300_000,
    );
  },
);

itInBrowser('a key that was made works in the command beside it, and its order is seen', async () => {
  await dashboard.withPage('/app/keys', { viewport: DESKTOP }, async (page, complaints) => {
    await signUpNew(page);
    const key = await makeKey(page, 'Shop');
    const command = (await page.getByText(/^curl -X POST/).textContent()) ?? '';
    expect(command).toContain(key);
    expect(await runCurl(command)).toMatchObject({ status: 201 });
    await page.getByRole('button', { name: 'Done' }).click();
    // On other pages examples have it until the page is loaded again; the list never has.
    await page.getByText('The test key that you made in this session is filled in.').waitFor();
    await page.goto(`${dashboard.origin}/app/orders`);
    await page.getByRole('link', { name: 'from-curl-1' }).waitFor();
    await page.goto(`${dashboard.origin}/app/keys`);
    await page.getByRole('rowheader', { name: /Shop/ }).waitFor();
    expect((await page.content()).includes(key)).toBe(false);
    expect(complaints).toEqual([]);
  });
});

itInBrowser('what is missing is said at its field, and what the API refuses, too', async () => {
  await dashboard.withPage('/app/keys/new', { viewport: DESKTOP }, async (page) => {
    await signUpNew(page);
    await page.getByRole('button', { name: 'Create a key' }).click();
    await page.getByText('Give it a name.').waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Shop');
    await page.getByLabel('Works from').fill('203.0.113.0/99');
    await page.getByRole('button', { name: 'Create a key' }).click();
    await page
      .getByText(/Works from.* must be/)
      .first()
      .waitFor();
    // What was typed is there after the page is loaded again.
    await page.reload();
    await expect(page.getByLabel('Works from').inputValue()).resolves.toBe('203.0.113.0/99');
  });
});

itInBrowser('a revoked key is refused from then on, and what it left is named', async () => {
  await dashboard.withPage('/app/keys', { viewport: DESKTOP }, async (page) => {
    await signUpNew(page);
    const made = await callAs(page, 'POST', '/api/v1/keys', {
      ...{ name: 'Leaky', scopes: ['keys:write', 'orders:read', 'webhooks:write', 'campaigns:read', 'wallet:read'] },
    });
    const headers = {
      authorization: `Api-Key ${(made.json as { key: string }).key}`,
      'content-type': 'application/json',
    };
    const post = (path: string, body: object) =>
      fetch(dashboard.origin + path, { method: 'POST', headers, body: JSON.stringify(body) });
    expect((await post('/api/v1/keys', { name: 'Child', scopes: ['orders:read'] })).status).toBe(201);
    expect((await post('/api/v1/webhooks/endpoints', { url: hook })).status).toBe(201);
    await page.reload();
    await page.getByRole('button', { name: 'Revoke: Leaky' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('It is revoked').waitFor();
    await page.getByRole('dialog').getByText('Child').waitFor();
    await page.getByRole('dialog').getByRole('link', { name: hook }).waitFor();
    expect((await post('/api/v1/keys', { name: 'Other', scopes: ['orders:read'] })).status).toBe(401);
  });
});

itInBrowser('a key that was rolled has a successor, shown once, and both work for now', async () => {
  await dashboard.withPage('/app/keys', { viewport: DESKTOP }, async (page) => {
    await signUpNew(page);
    const old = await makeKey(page, 'Shop');
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Replace: Shop' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Replace' }).click();
    const next =
      (await page
        .getByRole('dialog')
        .getByText(/^atk_test_\w{38}$/)
        .textContent()) ?? '';
    expect(next).not.toBe(old);
    for (const key of [old, next]) {
      const answer = await fetch(`${dashboard.origin}/api/v1/orders`, { headers: { authorization: `Api-Key ${key}` } });
      expect(answer.status).toBe(200);
    }
    await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click();
    await page.getByText('Being replaced').waitFor();
  });
});

itInBrowser(
  'by the keyboard alone a key is made, a dialog is left where it was opened, and the key is revoked',
  async () => {
    await dashboard.withPage('/app/keys/new', { viewport: DESKTOP }, async (page) => {
      await signUpNew(page);
      await page.getByLabel('Name', { exact: true }).focus();
      await page.keyboard.type('Shop');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      // Takes the first scope away.
      await page.keyboard.press('Space');
      await page.getByLabel('Name', { exact: true }).press('Enter');
      await page.getByText('Copy it now:').waitFor();
      await page.locator('h1:focus').waitFor();
      await page.getByRole('button', { name: 'Done' }).press('Enter');
      await page.getByRole('cell', { name: 'orders:read', exact: true }).waitFor();
      await page.getByRole('button', { name: 'Replace: Shop' }).press('Enter');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.locator(':focus[aria-label="Replace: Shop"]').waitFor();
      await page.getByRole('button', { name: 'Revoke: Shop' }).press('Enter');
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).press('Enter');
      await page.getByRole('status').getByText('No request with it is accepted any more.').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('cell', { name: 'Revoked' }).waitFor();
    });
  },
);

itInBrowser('a lost answer is no key lost: the page says where to look', async () => {
  await dashboard.withPage('/app/keys/new', { viewport: DESKTOP }, async (page) => {
    await signUpNew(page);
    await page.route('**/api/v1/keys', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      await route.fetch();
      return route.abort();
    });
    await page.getByLabel('Name', { exact: true }).fill('Lost');
    await page.getByRole('button', { name: 'Create a key' }).click();
    await page.getByText('No answer: the key may have been made').waitFor();
    await page.getByRole('link', { name: 'Show the keys' }).click();
    await page.getByRole('button', { name: 'Revoke: Lost' }).waitFor();
  });
});

itInBrowser('a delivery that failed says why, and is delivered when it is sent again', async () => {
  await dashboard.withPage('/app/events', { viewport: DESKTOP }, async (page, complaints) => {
    await signUpNew(page);
    answerWith = 500;
    await addEndpoint(page);
    expect(await callAs(page, 'POST', '/api/v1/orders', { ...ORDER, agent_reference: 'hooked-1' })).toMatchObject({
      status: 201,
    });
    await page.reload();
    await page.getByRole('link', { name: 'order.success' }).click();
    await page.getByText('Your server answered 500').first().waitFor();
    await page.getByText('out of paper').first().waitFor();
    answerWith = 204;
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByText('Your server has it.').waitFor();
    await page.getByText('Your server answered 204').waitFor();
    await page.getByText('1 after 1 resend').waitFor();
    expect(complaints).toEqual([]);
  });
});

itInBrowser(
  'an endpoint is added, tested, changed, switched off and on, recovered and deleted',
  async () => {
    await dashboard.withPage('/app/webhooks', { viewport: DESKTOP }, async (page) => {
      await signUpNew(page);
      await page.getByRole('link', { name: 'Add an endpoint' }).first().click();
      await page.getByRole('button', { name: 'Add an endpoint' }).click();
      await page.getByText('Write the address that events are posted to.').waitFor();
      await page.getByLabel('Address').fill(hook);
      await page.getByText('Only these').click();
      await page.getByLabel('order.success').check();
      await page.getByRole('button', { name: 'Add an endpoint' }).click();
      const secret = (await page.getByText(/^whsec_\S+$/).textContent()) ?? '';
      expect(await page.getByText(/os\.environ\["WEBHOOK_SECRET"\]/).count()).toBe(1);
      for (const [language, mark] of [
        ['Node', 'timingSafeEqual'],
        ['PHP', 'hash_equals'],
        ['Java', 'MessageDigest.isEqual'],
        ['C#', 'FixedTimeEquals'],
        ['Go', 'hmac.Equal'],
      ] as const) {
        await page.getByRole('tab', { name: language, exact: true }).click();
        expect(await page.getByRole('tabpanel').innerText()).toContain(mark);
        expect(await page.getByRole('tabpanel').innerText()).toContain('WEBHOOK_SECRET');
      }
      await page.getByRole('link', { name: 'Go to the endpoint' }).click();
      await page.getByText('Takes events').waitFor();
      expect((await page.content()).includes(secret)).toBe(false);

      await page.getByRole('button', { name: 'Send a test event' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Send', exact: true }).click();
      await page.getByText('It was delivered').waitFor();
      expect(received).toHaveLength(1);
      await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click();

      const more = async (item: string) => {
        await page.getByRole('button', { name: 'More' }).last().click();
        await page.getByRole('menuitem', { name: item, exact: true }).click();
      };
      await more('Change');
      await page.getByRole('dialog').getByLabel('Description').fill('The till');
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
      await page.getByText('The till').waitFor();
      await more('Switch off');
      await page.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click();
      await page.getByText('You switched it off.').waitFor();
      await callAs(page, 'POST', '/api/v1/orders', { ...ORDER, agent_reference: 'held-1' });
      await page.reload();
      await page.getByText('Held').first().waitFor();
      await more('Switch on');
      await page.getByRole('dialog').getByRole('button', { name: 'Switch on' }).click();
      await page.getByText('Takes events').waitFor();
      await more('Send what was missed');
      await page.getByRole('dialog').getByRole('button', { name: 'Send what was missed' }).click();
      await page.getByText('1 event is due again.').first().waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click();
      await more('Change the secret');
      await page.getByRole('dialog').getByRole('button', { name: 'Change the secret' }).click();
      const next = (await page.getByText(/^whsec_\S+$/).textContent()) ?? '';
      expect(next).not.toBe(secret);
      await page.getByText('Earlier secrets sign until').waitFor();
      await more('Delete');
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await page.getByText('No endpoints yet').waitFor();
    });
  },
  300_000,
);

itInBrowser('a refused request says why, and is replayed as an order when it is put right', async () => {
  await dashboard.withPage('/app/requests', { viewport: DESKTOP }, async (page, complaints) => {
    await signUpNew(page);
    await callAs(page, 'POST', '/api/v1/orders', { ...ORDER, amount: -1, agent_reference: 'fixed-1' });
    await callAs(page, 'GET', '/api/v1/orders/nobody');
    await page.reload();
    await page.getByRole('link', { name: 'POST /api/v1/orders' }).waitFor();
    await page.getByRole('combobox', { name: /^Filter by/ }).fill('create-order');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\?operation=create-order$/);
    await page.getByRole('link', { name: 'POST /api/v1/orders' }).click();
    await page.getByRole('button', { name: 'Replay this request' }).click();
    const body = page.getByLabel('Body (JSON)');
    await body.fill((await body.inputValue()).replace('-1', '5'));
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.getByText('It was accepted').waitFor();
    // Once more is the same order: its reference is in the body.
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.getByRole('link', { name: 'Show the order' }).click();
    await page.getByRole('heading', { level: 1, name: 'fixed-1' }).waitFor();
    const orders = await callAs(page, 'GET', '/api/v1/orders');
    expect(orders.json).toMatchObject({ data: [{ agent_reference: 'fixed-1' }] });
    await page.goto(`${dashboard.origin}/app/errors`);
    await page.getByText(/2 errors among 2 of/).waitFor();
    expect(complaints.filter((each) => !each.includes('the server responded with a status of'))).toEqual([]);
  });
});

itInBrowser(
  'in live mode nothing is replayed, a test event is only that, and an event of a real order is sent again',
  async () => {
    await dashboard.withPage('/app/webhooks', { viewport: DESKTOP }, async (page, complaints) => {
      await signInAs(page, 'owner');
      await page.getByRole('button', { name: 'Test mode' }).click();
      await page.getByRole('menuitemcheckbox', { name: 'Live mode' }).click();
      await page.getByText('Test mode: nothing here is real.').waitFor({ state: 'detached' });
      const id = await addEndpoint(page);
      await page.goto(`${dashboard.origin}/app/webhooks/${id}`);
      await page.getByRole('button', { name: 'Send a test event' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('In live mode only the test event').waitFor();
      await dialog.getByRole('button', { name: /^Type/ }).click();
      await page.getByRole('option').first().waitFor();
      expect(await page.getByRole('option').count()).toBe(1);
      await page.keyboard.press('Escape');
      await dialog.getByRole('button', { name: 'Send', exact: true }).click();
      await dialog.getByText('It was delivered').waitFor();
      expect(received.map(({ body }) => JSON.parse(body).type)).toEqual(['webhook.test']);
      // Nor by the API: what is signed for a live endpoint has happened.
      const forged = await callAs(page, 'POST', `/api/v1/webhooks/endpoints/${id}/test`, { type: 'order.success' });
      expect(forged).toMatchObject({ status: 422, json: { code: 'test_mode_only' } });
      await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();

      answerWith = 500;
      const order = { ...ORDER, agent_reference: `live-${people}` };
      expect((await callAs(page, 'POST', '/api/v1/orders', order)).status).toBeLessThan(300);
      await eventually(page, async () => received.length > 1);
      await page.goto(`${dashboard.origin}/app/webhooks/${id}`);
      await page.getByRole('link', { name: 'order.success' }).click();
      await page.getByText('Your server answered 500').first().waitFor();
      answerWith = 204;
      await page.getByRole('button', { name: 'Send again' }).click();
      await page.getByText('Your server has it.').waitFor();
      const sent = received.filter(({ body }) => JSON.parse(body).type === 'order.success');
      expect(new Set(sent.map(({ headers }) => headers['webhook-id'])).size).toBe(1);

      await callAs(page, 'POST', '/api/v1/orders', { ...order, amount: -1, agent_reference: 'never' });
      await page.goto(`${dashboard.origin}/app/requests`);
      await page.getByRole('link', { name: 'POST /api/v1/orders' }).first().click();
      await page.getByText('What was sent').waitFor();
      expect(await page.getByRole('button', { name: 'Replay this request' }).count()).toBe(0);
      expect(await page.getByText(/curl -X POST/).count()).toBe(0);
      expect(complaints).toEqual([]);
    });
  },
  300_000,
);

itInBrowser('at 320 px, as at a zoom of 400 %, nothing is wider than the screen', async () => {
  const look = { viewport: { width: 320, height: 640 } };
  await dashboard.withPage('/app/keys/new', look, async (page, complaints) => {
    await signUpNew(page);
    await page.getByLabel('Name', { exact: true }).waitFor();
    await expectGood(page, complaints);
    const id = await addEndpoint(page, `?shop=${'x'.repeat(200)}`);
    await callAs(page, 'POST', `/api/v1/webhooks/endpoints/${id}/test`, { type: 'webhook.test' });
    for (const path of ['/webhooks', `/webhooks/${id}`, '/events', '/requests', '/errors', '/webhooks/new']) {
      await page.goto(`${dashboard.origin}/app${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      await expectGood(page, complaints);
    }
  });
});

itInBrowser('a viewer is offered nothing that changes, and each page that its role lacks says so', async () => {
  await dashboard.withPage('/app/webhooks', { viewport: DESKTOP }, async (page) => {
    await page.getByRole('button', { name: 'viewer@demo.example' }).click();
    await page.getByRole('heading', { level: 1, name: 'Webhooks' }).waitFor();
    expect(await page.getByRole('link', { name: 'Add an endpoint' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'API keys' }).count()).toBe(0);
    for (const path of ['/keys', '/webhooks/new', '/requests', '/errors']) {
      await page.goto(`${dashboard.origin}/app${path}`);
      await page.getByText('Your role does not include this page').waitFor();
    }
  });
});
