import { afterAll, beforeEach } from '@jest/globals';
import { getTopup } from '../../functions/wallet/get-topup.ts';
import { receivePayment } from '../../functions/wallet/receive-payment.ts';
import { startTopup } from '../../functions/wallet/start-topup.ts';
import type { Mode } from '../../shared/domain/ledger.ts';
import { serveOpen } from '../../shared/http/pipeline.ts';
import { listWallet } from '../../shared/store/ledger.ts';
import { call } from './call.ts';
import type { TestMerchant, TestWorld } from './world.ts';
import { aMerchant, stopEngine, testWorld } from './world.ts';

/** What the tests of top-ups share. `world` and `merchant` are those of the test that runs. */

export const HOUR = 3_600_000;

export let world: TestWorld;

export let merchant: TestMerchant;

export const body = { amount: 25, currency: 'USD', reference: 'r1' };

export const paid = { kind: 'paid', amountMinor: 2500, currency: 'USD', evidence: 'SUCCESS' } as const;

export async function start(content: object = body, mode: Mode = 'live') {
  return call(world, startTopup, { headers: merchant.headers(mode), body: content });
}

export async function show(id: string, mode: Mode = 'live') {
  return call(world, getTopup, { headers: merchant.headers(mode), params: { topup_id: id } });
}

/** A callback by the payment gateway, or by somebody who has its URL. */
export async function callBack(url = world.gateway.started[0]?.resultUrl ?? '', of = world) {
  const token = url.split('/').at(-1) ?? '';
  const request = {
    method: 'POST',
    path: '',
    params: { token },
    query: {},
    headers: {},
    body: 'x',
    requestId: 'req_1',
  };
  return serveOpen(of, receivePayment, request);
}

export async function credits(mode: Mode = 'live') {
  const { entries } = await listWallet(world, { merchantId: merchant.id, mode, currency: 'USD' }, { limit: 100 });
  return entries.map((entry) => [entry.kind, entry.amountMinor, entry.balanceAfterMinor]);
}

/** Gives each test a world with a merchant, whose wallet is empty by default. */
export function freshWalletForEachTest(funds: Parameters<typeof aMerchant>[1] = {}): void {
  beforeEach(async () => {
    world = await testWorld({ publicUrl: 'https://api.example' });
    merchant = await aMerchant(world, funds);
  });
  afterAll(stopEngine);
}
