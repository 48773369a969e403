import { afterAll, beforeEach, expect } from '@jest/globals';
import { getCampaign } from '../../functions/campaigns/get-campaign.ts';
import { updateCampaign } from '../../functions/campaigns/update-campaign.ts';
import { applyCallback } from '../../shared/domain/order-life.ts';
import { attemptReference, payoutReference } from '../../shared/domain/payout.ts';
import { changeOrder } from '../../shared/flows/orders/change-order.ts';
import { listWallet } from '../../shared/store/ledger.ts';
import { readOrder } from '../../shared/store/orders.ts';
import { call } from './call.ts';
import type { Known } from './campaigns.ts';
import { pay } from './campaigns.ts';
import type { TestMerchant, TestWorld } from './world.ts';
import { aMerchant, sell, stopEngine, testWorld } from './world.ts';

/** What the tests of campaigns share. `world` and `merchant` are those of the test that runs. */

export const HOUR = 3_600_000;

export const DAY = 24 * HOUR;

export let world: TestWorld;

export let merchant: TestMerchant;

export async function show({ id }: Known) {
  return (await call(world, getCampaign, { headers: merchant.headers(), params: { campaign_id: id } })).json;
}

export async function change({ id }: Known, body: object) {
  return call(world, updateCampaign, { headers: merchant.headers(), params: { campaign_id: id }, body });
}

export async function spent(campaign: Known) {
  const { spent, left, payouts } = await show(campaign);
  return [spent, left, payouts];
}

export async function orderOf({ id }: Known, respondentId: string, attempt = 1) {
  const agentReference = attemptReference(payoutReference(id, respondentId), attempt);
  const order = await readOrder(world, { merchantId: merchant.id, mode: 'live', agentReference });
  if (!order) throw new Error(`no order ${agentReference}`);
  return order;
}

export async function moved(): Promise<number> {
  const { entries } = await listWallet(
    world,
    { merchantId: merchant.id, mode: 'live', currency: 'USD' },
    { limit: 1000 },
  );
  return 10_000 - (entries[0]?.balanceAfterMinor ?? 0);
}

/** Hands every order to the upstream, and its events to webhooks. */
export async function settle(): Promise<void> {
  await world.dispatchAll();
  await world.dispatchAll();
}

/** Two tries of one respondent, both refused. */
export async function failTwice(campaign: Known, body: { respondent_id: string; target: string }): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
    expect((await pay(world, campaign, body)).status).toBe(201);
    await settle();
  }
}

/** The first try of a respondent proves delivered after its refund. */
export async function deliverLate(campaign: Known, respondentId: string): Promise<void> {
  const order = await orderOf(campaign, respondentId);
  await changeOrder(world, order, (now) =>
    applyCallback(now, { kind: 'success', receipt: {}, evidence: '' }, world.now()),
  );
}

/** Gives each test a world with a funded merchant. */
export function freshMerchantForEachTest(): void {
  beforeEach(async () => {
    world = await testWorld();
    merchant = await aMerchant(world);
    await sell(world);
  });
  afterAll(stopEngine);
}
