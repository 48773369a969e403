import { afterEach, expect, it } from '@jest/globals';
import { makeProvider } from '../../shared/aws/provider-adapters.ts';
import { providersOn } from '../../shared/aws/providers-on.ts';
import { environment } from '../../shared/manifest/access.ts';
import type { Recharge } from '../../shared/providers/provider.ts';
import { NotSetUp } from '../../shared/providers/provider.ts';

const means = { isLocal: true, now: () => '2026-05-07T08:00:00.000Z', sleep: async () => undefined };
const rates = { sendsPerSecondMax: 7, queriesPerSecondMax: 3 };

afterEach(() => {
  delete process.env[environment.callRates];
  delete process.env[environment.providersOn];
});

it("an adapter keeps to the pace of the stage's account, and to its own where the stage has none", () => {
  const own = makeProvider('pesaway', means).capabilities;
  process.env[environment.callRates] = JSON.stringify({ hotrecharge: rates });
  expect(makeProvider('hotrecharge', means).capabilities).toMatchObject(rates);
  expect(makeProvider('pesaway', means).capabilities).toEqual(own);
});

it('an adapter of a provider that is off reads no secret and sends nothing, whatever it is asked', async () => {
  process.env[environment.providersOn] = 'pesaway,sandbox';
  expect(providersOn()).toEqual(['pesaway', 'sandbox']);
  const off = makeProvider('hotrecharge', means);
  await expect(off.catalogue()).rejects.toThrow(NotSetUp);
  await expect(off.balances()).rejects.toThrow('hotrecharge is off in this stage');
  const recharge: Recharge = {
    reference: 'ord-1',
    providerProductId: '100',
    kind: 'airtime',
    country: 'ZW',
    msisdn: '+263772279099',
    amountMinor: 500,
    currency: 'USD',
    sentAt: means.now(),
    receipt: {},
  };
  expect(await off.prepare(recharge)).toMatchObject({ kind: 'unsent' });
  expect(await off.query(recharge)).toMatchObject({ kind: 'unclear' });
});

it('a function without the list of providers that are on fails, instead of guessing', () => {
  expect(() => providersOn()).toThrow('environment variable PROVIDERS_ON is not set');
});
