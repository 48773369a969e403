import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from '@jest/globals';
import { readCampaign } from '../../shared/store/campaigns.ts';
import { listWallet } from '../../shared/store/ledger.ts';
import { listPayouts } from '../../shared/store/orders.ts';
import { aCampaign, pay, respondent } from '../support/campaigns.ts';
import { repeats } from '../support/length.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../support/world.ts';

const PAID = repeats({ short: 40, long: 100 });

afterAll(stopEngine);

it('five times as many respondents at once as the budget pays for: exactly those are paid', async () => {
  const world = await testWorld({ clock: 'real' });
  const merchant = await aMerchant(world, { USD: 100_000 });
  await sell(world);
  const campaign = await aCampaign(world, merchant.id, { budget: PAID, one_per_number: true });
  // Three processes, each of which knows nothing of the others.
  const processes = [world, { ...world, memo: new Map() }, { ...world, memo: new Map() }];
  const answers = await Promise.all(
    Array.from({ length: 5 * PAID }, async (_, n) => {
      for (let waitMs = 1000; ; waitMs = Math.min(2 * waitMs, 16_000)) {
        const { status, json } = await pay(processes[n % 3] ?? world, campaign, respondent(n));
        // As any client does: the same request, signed again, after Retry-After and then ever later.
        if (status !== 503) return status === 409 ? json.code : String(status);
        await sleep(waitMs * (0.5 + Math.random()));
      }
    }),
  );
  const paid = answers.filter((answer) => answer === '201' || answer === '200');
  expect([paid.length, answers.filter((answer) => answer === 'budget_spent').length]).toEqual([PAID, 4 * PAID]);
  expect(await readCampaign(world, campaign.id)).toMatchObject({
    spentMinor: 100 * PAID,
    payouts: PAID,
    accepted: PAID,
  });
  const wallet = { merchantId: merchant.id, mode: 'live', currency: 'USD' } as const;
  const { entries } = await listWallet(world, wallet, { limit: 1000 });
  expect([entries.length, entries[0]?.balanceAfterMinor]).toEqual([PAID + 1, 100_000 - 100 * PAID]);
  const owner = { merchantId: merchant.id, mode: 'live' } as const;
  const { orders } = await listPayouts(world, owner, campaign.id, { limit: 100 });
  expect(new Set(orders.map(({ msisdn }) => msisdn)).size).toBe(PAID);
}, 300_000);
