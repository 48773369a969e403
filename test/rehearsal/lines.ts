import { expect } from '@jest/globals';
import { plainSignature } from '../../shared/flows/webhooks/sign-event.ts';
import type { Day } from './day.ts';
import { LATER, order } from './day.ts';
import { leaveBusy, leaveStored } from './left.ts';

const WALLETS = { usd: ['live', 'USD'], kes: ['live', 'KES'], play: ['test', 'USD'] } as const;
type Name = keyof typeof WALLETS;

/** Each who moves money finds a wallet busy, leads its line, and posts what others left there. */
export async function busyWalletsAreLed(day: Day): Promise<void> {
  const { cloud, merchant, keys } = day;
  const campaigns = new Map<string, { id: string; secret: string }>();
  for (const [name, [mode, currency]] of Object.entries(WALLETS)) {
    const body = { name, currency, budget: 100, amount: 10 };
    campaigns.set(name, await day.well('/api/v1/campaigns', { key: keys[mode], body }));
  }
  const busy = async (...names: Name[]) => {
    for (const name of names) {
      const [mode, currency] = WALLETS[name];
      await leaveBusy(cloud.database, { merchantId: merchant, mode, currency }, campaigns.get(name)?.id ?? '');
    }
  };
  const kenyan = (agent_reference: string, target: string) => ({
    body: order(agent_reference, { product_id: 254_001, target, amount: 10 }),
    ...LATER,
  });
  const played = (target: string) => ({ key: keys.test, body: order(`led-${target}`, { target }), ...LATER });
  await day.well('/api/v1/orders', played('0772279001'));
  await day.well('/api/v1/orders', kenyan('led-stored', '254712345923'));
  await day.well('/api/v1/orders', kenyan('led-lost', '254712345922'));
  await cloud.lose('dispatch-sandbox');
  await cloud.drain();
  // Whoever orders.
  await busy('usd', 'kes');
  const sent = { ExternalReference: 'led-pesaway', Amount: 10, PhoneNumber: '254712345902', Currency: 'KES' };
  await Promise.all([
    day.well('/api/v1/orders', { body: order('led', { target: '0772279901' }), ...LATER }),
    day.well('/api/v1/airtime/send-airtime', { body: sent, headers: { 'x-region': 'ke' } }),
  ]);
  // Whoever sends: what is refused at once, what was stored before, and what the sandbox refuses.
  const lost = { merchantId: merchant, mode: 'live', agentReference: 'led-stored' } as const;
  await leaveStored(cloud.database, lost);
  await cloud.send('dispatch-pesaway', lost);
  await cloud.send('dispatch-sandbox', { merchantId: merchant, mode: 'test', agentReference: 'led-0772279001' });
  await busy('usd', 'kes', 'play');
  await cloud.drain();
  expect([await day.statusOf('led'), await day.statusOf('led-stored')]).toEqual(['refunded', 'refunded']);
  // Whoever gets the message, and whoever asks.
  await day.well('/api/v1/orders', kenyan('led-callback', '254712345901'));
  await day.well('/api/v1/orders', played('0772279012'));
  await busy('kes', 'play');
  await cloud.drain();
  await day.well('/api/v1/test/orders/led-0772279012/advance?to=final', { key: keys.test, body: {} });
  await day.until(async () => (await day.statusOf('led-callback')) === 'refunded');
  await busy('kes', 'usd');
  const csv = 'target,amount\n0772279901,1\n0772279902,1';
  const [, batch] = await Promise.all([
    day.reconcile(),
    day.well('/api/v1/bulk', { body: { csv, batch_reference: 'led' } }),
  ]);
  expect(await day.statusOf('led-lost')).toBe('refunded');
  await busy('usd');
  await cloud.drain();
  await busy('usd');
  await day.well(`/api/v1/bulk/${batch.id}/retry-failed`, { body: {} });
  await busy('usd');
  const body = JSON.stringify({ respondent_id: 'led', target: '0772000001' });
  const { id = '', secret = '' } = campaigns.get('usd') ?? {};
  const headers = { 'x-airtime-signature': plainSignature(secret, body) };
  await day.well(`/api/v1/campaigns/${id}/payouts`, { body, headers, key: '' });
  await busy('usd');
  await day.payIn('led');
  await busy('usd');
  const why = ['--mode', 'live', '--reason', 'Led', '--reference', 'led'];
  await day.operator('wallet', 'adjust', merchant, '1', 'USD', ...why);
  await cloud.drain();
}
