import { afterAll, beforeAll, expect } from '@jest/globals';
import { listedPages, UNLISTED } from '../../bin/site/pages.ts';
import { itInBrowser, overflowOf } from '../support/browser.ts';
import { DESKTOP, expectGood, LONG_LOOKS, LOOKS, openSite } from '../support/site-set-up.ts';

let site: Awaited<ReturnType<typeof openSite>>;
beforeAll(async () => {
  site = await openSite();
}, 300_000);
afterAll(() => site?.close());

/** Seen on phone and desktop in light and dark; the others once on each, which shows each colour, too. */
const IN_ALL_LOOKS = ['/', '/docs', '/docs/webhooks', '/docs/api'];
const slugs = ['', ...[...listedPages, ...UNLISTED].map(({ slug }) => `/${slug}`), '/decisions/0008-dependencies'];

itInBrowser.each(['/', ...slugs.map((slug) => `/docs${slug}`)])(
  '%s is accessible, complete and fits, on phone and desktop, in light and dark',
  async (path) => {
    for (const look of IN_ALL_LOOKS.includes(path) ? LONG_LOOKS : LONG_LOOKS.slice(0, 2))
      await site.withPage(path, look, expectGood);
  },
  300_000,
);

itInBrowser('the page for what is not there is accessible, and fits', async () => {
  await site.withPage('/docs/gone', LOOKS[0], async (page, complaints) => {
    await expectGood(
      page,
      complaints.filter((line) => !line.includes('404')),
    );
  });
});

itInBrowser('requests are tried against the address of the page, by files of our own only', async () => {
  await site.withPage('/docs/api', { viewport: DESKTOP }, async (page, complaints) => {
    await page.getByRole('link', { name: /^Try it loads \d+ KB$/ }).click();
    await page.locator('#operations-tag-Orders').click();
    await page.locator('[id$="-listOrders"]').getByRole('button').first().click();
    await page.getByRole('button', { name: 'Try it out' }).click();
    const [request] = await Promise.all([
      page.waitForRequest(/\/api\/v1\/orders/),
      page.getByRole('button', { name: 'Execute' }).click(),
    ]);
    expect(new URL(request.url()).origin).toBe(site.origin);
    await page.getByText('Server response').first().waitFor();
    expect(complaints.filter((line) => !line.includes('404'))).toEqual([]);
    expect(await overflowOf(page)).toBe(0);
  });
});
