import { createHmac } from 'node:crypto';
import { afterEach, expect, it } from '@jest/globals';
import { makeProvider } from '../../shared/aws/provider-adapters.ts';
import { providersOn } from '../../shared/aws/providers-on.ts';
import { LOCAL_CREDENTIALS } from '../../shared/local/environment.ts';
import { startSecrets } from '../../shared/local/secrets.ts';
import { PESAWAY_FAKE_ACCOUNT, startPesawayFake } from '../../shared/local/upstreams/pesaway.ts';
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

const airtime: Recharge = {
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

it('an adapter of a provider that is off reads no secret and sends nothing, whatever it is asked to sell', async () => {
  process.env[environment.providersOn] = 'pesaway,sandbox';
  expect(providersOn()).toEqual(['pesaway', 'sandbox']);
  const off = makeProvider('hotrecharge', means);
  await expect(off.catalogue()).rejects.toThrow(NotSetUp);
  await expect(off.lookup?.('1', '37112345678')).rejects.toThrow('hotrecharge is off in this stage');
  expect(await off.prepare(airtime)).toEqual({ kind: 'unsent', evidence: 'hotrecharge is off in this stage' });
});

it('one that was turned off while orders were open still queries them, and reads what it reports of them', async () => {
  const upstream = await startPesawayFake();
  const secrets = await startSecrets({ pesaway: JSON.stringify({ baseUrl: upstream.url, ...PESAWAY_FAKE_ACCOUNT }) });
  const variables = {
    ...LOCAL_CREDENTIALS,
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    [environment.secretArn('pesaway')]: 'pesaway',
    [environment.providersOn]: 'pesaway,sandbox',
  };
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    const kenyan: Recharge = {
      ...airtime,
      country: 'KE',
      msisdn: '+254712345678',
      currency: 'KES',
      amountMinor: 5_000,
    };
    const adapter = makeProvider('pesaway', means);
    const prepared = await adapter.prepare(kenyan);
    expect(prepared.kind === 'ready' && (await prepared.send())).toMatchObject({ kind: 'accepted' });
    process.env[environment.providersOn] = 'sandbox';
    expect(await adapter.query(kenyan)).toMatchObject({ kind: 'success' });
    expect(await adapter.balances()).toHaveLength(3);
    const body = JSON.stringify({ ResultCode: 2001, OriginatorReference: 'ord-1', TransactionID: 'T1' });
    const signature = createHmac('sha256', PESAWAY_FAKE_ACCOUNT.callbackSecret).update(body).digest('base64');
    const reading = await adapter.readCallback?.({ headers: { signature }, body });
    expect(reading).toMatchObject({ reference: 'ord-1', finding: { kind: 'rejected' } });
    expect(await adapter.prepare(kenyan)).toMatchObject({ kind: 'unsent' });
    expect(upstream.deliveries()).toHaveLength(1);
  } finally {
    process.env = before;
    await Promise.all([upstream.close(), secrets.stop()]);
  }
});

it('a function without the list of providers that are on fails, instead of guessing', () => {
  expect(() => providersOn()).toThrow('environment variable PROVIDERS_ON is not set');
});
