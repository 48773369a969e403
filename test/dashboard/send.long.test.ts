import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { sendTexts } from '../../dashboard/src/texts/send.ts';
import { itInBrowser } from '../support/browser.ts';
import { callAs, openSystem, signInAs, signUp, TOO_MANY, TOO_MANY_DETAIL } from '../support/dashboard-set-up.ts';
import { DESKTOP, expectGood, LONG_LOOKS, PHONE } from '../support/site-set-up.ts';

/** Sending one order, in a real browser and with all that is behind it. */

let dashboard: Awaited<ReturnType<typeof openSystem>>;
let people = 0;
beforeAll(async () => {
  dashboard = await openSystem();
}, 300_000);
afterAll(() => dashboard?.close(), 300_000);

async function signUpHere(page: Page): Promise<void> {
  people += 1;
  await signUp(page, { email: `send-${people}@kiosk.example`, business: `Kiosk ${people}` });
  await page.getByRole('heading', { level: 1, name: 'Send airtime' }).waitFor();
}

async function type(page: Page, number: string, amount: string): Promise<void> {
  await page.getByLabel('Number or meter').fill(number);
  await page.getByLabel(/^Amount/).fill(amount);
}

async function ordersOf(page: Page): Promise<{ agent_reference: string }[]> {
  const { json } = await callAs(page, 'GET', '/api/v1/orders');
  return (json as { data: { agent_reference: string }[] }).data;
}

async function chooseProduct(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /^Product/ }).click();
  await page.getByRole('option', { name }).click();
}

const send = (page: Page) => page.getByRole('button', { name: /^Send \d/ });
const review = (page: Page) => page.getByRole('button', { name: 'Review and send' });

describe.each(LONG_LOOKS.map((look) => ({ look, name: `${look.viewport.width} px, ${look.colorScheme}` })))(
  '$name:',
  ({ look }) => {
    itInBrowser('every step is accessible, complete and no wider than the screen', async () => {
      await dashboard.withPage('/app/send', { ...look, reducedMotion: 'reduce' }, async (page, complaints) => {
        await signUpHere(page);
        await page.getByLabel('Number or meter').click();
        await page.getByText('Delivered after three seconds').waitFor();
        await expectGood(page, complaints);
        await page.getByLabel('Number or meter').fill('0772279015');
        await page.getByText('+263772279015').waitFor();
        await review(page).click();
        await page.getByText('Type an amount.').waitFor();
        await expectGood(page, complaints);
        await page.getByLabel(/^Amount/).fill('5.50');
        await review(page).click();
        await page.getByRole('dialog').waitFor();
        await expectGood(page, complaints);
        await send(page).click();
        await page.getByText('It is accepted and the money is taken.').waitFor();
        await expectGood(page, complaints);
      });
    });
  },
);

itInBrowser('it works by the keyboard alone, and the result is announced and live', async () => {
  await dashboard.withPage('/app/send', { viewport: DESKTOP }, async (page, complaints) => {
    await signUpHere(page);
    await review(page).click();
    await page.getByText(sendTexts.problems.number).waitFor();
    await page.getByLabel('Number or meter').focus();
    await page.keyboard.type('0772279015');
    await page.getByText('+263772279015').waitFor();
    await page.keyboard.press('Escape');
    // Of an amount that nobody could type before, nothing is said.
    await page.getByLabel(/^Amount/).waitFor();
    expect(await page.getByText('Type an amount.').count()).toBe(0);
    // The amount lacks: the keyboard is led to it.
    await page.keyboard.press('Enter');
    await page.getByText('Type an amount.').waitFor();
    await page.waitForFunction("document.activeElement.getAttribute('aria-invalid') === 'true'");
    await page.keyboard.type('5.50');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    while (!(await send(page).evaluate((button) => button === button.ownerDocument.activeElement))) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    const status = page.getByRole('status').filter({ hasText: 'the money is taken' });
    await status.waitFor();
    await page.waitForFunction("document.activeElement.tagName === 'H1'");
    const [order] = await ordersOf(page);
    expect(order).toMatchObject({ target: '+263772279015', amount: 5.5, status: 'pending' });
    await callAs(page, 'POST', `/api/v1/test/orders/${order?.agent_reference}/advance?to=final`);
    await page.getByRole('status').filter({ hasText: 'It is delivered, and the money is spent.' }).waitFor();
    expect(complaints).toEqual([]);
  });
});

itInBrowser('where the answer is lost, the order is looked up and shown, and nothing is sent twice', async () => {
  await dashboard.withPage('/app/send', { viewport: PHONE }, async (page) => {
    await signUpHere(page);
    let sent = 0;
    await page.route('**/api/v1/orders', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      sent += 1;
      await route.fetch();
      await route.abort('connectionreset');
    });
    await type(page, '0772279011', '6');
    await review(page).click();
    await send(page).click();
    await page.getByText(/nobody can say yet whether it was delivered/).waitFor();
    await page.reload();
    await page.getByText(/nobody can say yet whether it was delivered/).waitFor();
    expect(sent).toBe(1);
    expect(await ordersOf(page)).toHaveLength(1);
    // Its end is known: after that a reload begins again, with nothing typed.
    await page.getByRole('button', { name: 'Next answer now' }).click();
    await page.getByText('It is delivered, and the money is spent.').waitFor();
    await page.reload();
    await review(page).waitFor();
    expect(await page.getByLabel('Number or meter').inputValue()).toBe('');
  });
});

itInBrowser(
  'a request that never arrived is sent again under its reference; other fields have another one',
  async () => {
    await dashboard.withPage('/app/send', { viewport: DESKTOP }, async (page) => {
      await signUpHere(page);
      const references: string[] = [];
      await page.route('**/api/v1/orders', async (route) => {
        if (route.request().method() !== 'POST') return route.continue();
        references.push(route.request().postDataJSON().agent_reference);
        if (references.length === 1) return route.abort('connectionrefused');
        // It says nothing of the first one, which stays open.
        return references.length === 2 ? route.fulfill(TOO_MANY) : route.continue();
      });
      await type(page, '0772279099', '6');
      await review(page).click();
      await send(page).click();
      await page.getByText('The order has not reached us').waitFor();
      await page.reload();
      await page.getByText('The order has not reached us').waitFor();
      await page.getByRole('button', { name: 'Send it again' }).click();
      await page.getByText(TOO_MANY_DETAIL).waitFor();
      await page.getByText('The order has not reached us').waitFor();
      await page.getByRole('button', { name: 'Send it again' }).click();
      await page.getByText('It is delivered, and the money is spent.').waitFor();
      await page.getByRole('button', { name: 'Send another' }).click();
      await type(page, '0772279099', '6');
      await review(page).click();
      await send(page).click();
      await page.getByText(/An order of the last minute has the same number and amount/).waitFor();
      expect(references.slice(1, 3)).toEqual([references[0], references[0]]);
      expect(references[3]).not.toBe(references[0]);
      expect(await ordersOf(page)).toHaveLength(2);
    });
  },
);

itInBrowser(
  'what the balance did not cover is said before, and goes under a new reference once it is filled',
  async () => {
    await dashboard.withPage('/app/send', { viewport: PHONE }, async (page) => {
      await signUpHere(page);
      await callAs(page, 'PUT', '/api/v1/test/wallet', { currency: 'USD', balance: 0 });
      await page.reload();
      await page.getByLabel('Number or meter').fill('0772279099');
      await chooseProduct(page, 'Econet Airtime USD');
      await page.getByLabel(/^Amount/).fill('6');
      await review(page).click();
      const question = page.getByRole('dialog');
      await question.getByText(/Your balance of 0\.00 USD does not cover this/).waitFor();
      const referenceOf = async () => /web-[0-9a-f]{16}/.exec(await question.innerText())?.[0];
      const first = await referenceOf();
      await send(page).click();
      await question.getByText('The balance does not cover it').waitFor();
      expect(await referenceOf()).not.toBe(first);
      await callAs(page, 'PUT', '/api/v1/test/wallet', { currency: 'USD', balance: 10 });
      await send(page).click();
      await page.getByText('It is delivered, and the money is spent.').waitFor();
    });
  },
);

itInBrowser('a second order of the same number and amount is warned of while the first is under way', async () => {
  await dashboard.withPage('/app/send', { viewport: DESKTOP }, async (page) => {
    await signUpHere(page);
    await type(page, '0772279011', '6');
    await review(page).click();
    await send(page).click();
    await page.getByText(/nobody can say yet whether it was delivered/).waitFor();
    await page.getByRole('button', { name: 'Send another' }).click();
    await type(page, '0772279011', '7');
    await review(page).click();
    const warning = page.getByText('The same amount went to this number before');
    await page.getByRole('dialog').waitFor();
    await page.waitForTimeout(1_500);
    expect(await warning.count()).toBe(0);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByLabel(/^Amount/).fill('6.00');
    await review(page).click();
    await warning.waitFor();
  });
});

itInBrowser(
  'without a connection what was sent is shown, with its reference, and found once there is one',
  async () => {
    await dashboard.withPage('/app/send', { viewport: PHONE }, async (page, _complaints, context) => {
      await signUpHere(page);
      await type(page, '0772279099', '6');
      await review(page).click();
      await context.setOffline(true);
      await send(page).click();
      await page.getByText('6.00 ZWG to +263772279099').waitFor();
      await page.getByText(/sent under the reference web-[0-9a-f]{16}/).waitFor();
      await page.getByText('This device has no connection at present.').waitFor();
      await page.getByText('No answer').waitFor({ timeout: 60_000 });
      await context.setOffline(false);
      await page.getByText('The order has not reached us').waitFor();
      await page.getByText('6.00 ZWG to +263772279099').waitFor();
    });
  },
);

itInBrowser('a number with a calling code is of its country, whatever is chosen for others', async () => {
  await dashboard.withPage('/app/send', { viewport: DESKTOP }, async (page) => {
    await signUpHere(page);
    for (const [number, country] of [
      ['+254712345099', 'Kenya'],
      ['+256772123099', 'Uganda'],
      ['+255754123099', 'Tanzania'],
    ] as const) {
      await page.getByLabel('Number or meter').fill(number);
      await page
        .getByRole('status')
        .filter({ hasText: `· ${country}` })
        .waitFor();
    }
  });
});

itInBrowser('what the API refuses is said in the dialog, and the order can be changed', async () => {
  await dashboard.withPage('/app/send', { viewport: DESKTOP }, async (page) => {
    await signUpHere(page);
    await page.getByLabel('Number or meter').fill('123456789012345');
    await page.getByText('This is neither a mobile number of a country we serve').waitFor();
    await type(page, '0772279099', '6');
    await review(page).click();
    await page.route('**/api/v1/orders', (route) =>
      route.fulfill({
        status: 403,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'account_frozen', title: 'Account frozen', detail: 'It is frozen.' }),
      }),
    );
    await send(page).click();
    await page.getByRole('alert').getByText('It is frozen.').waitFor();
    expect(await page.getByText('Since when and why is said under Business').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByLabel(/^Amount/).fill('7');
    await review(page).click();
    await page.getByRole('button', { name: 'Send 7.00 ZWG' }).waitFor();
    expect(await ordersOf(page)).toEqual([]);
  });
});

itInBrowser('in live mode it offers no test numbers, and says that it is real', async () => {
  await dashboard.withPage('/app/send', { viewport: DESKTOP }, async (page, complaints) => {
    await signInAs(page, 'owner');
    await page.getByRole('button', { name: 'Test mode' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Live mode' }).click();
    await page.getByText('A phone number or an electricity meter, as you know it.').waitFor();
    await page.getByLabel('Number or meter').click();
    expect(await page.getByText('Delivered after three seconds').count()).toBe(0);
    await type(page, '0772279099', '50');
    await review(page).click();
    await page.getByText('Once it is delivered, it cannot be taken back.').waitFor();
    expect(complaints).toEqual([]);
  });
});
