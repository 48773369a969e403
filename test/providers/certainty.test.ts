import { describe, expect, it } from '@jest/globals';
import { nodeHttp } from '../../shared/aws/http.ts';
import { HOUR } from '../../shared/domain/time.ts';
import { hotrecharge } from '../../shared/providers/hotrecharge.ts';
import { REPLY_CODES } from '../../shared/providers/hotrecharge-replies.ts';
import { pesaway } from '../../shared/providers/pesaway.ts';
import type { Recharge } from '../../shared/providers/provider.ts';
import { sandbox } from '../../shared/providers/sandbox.ts';
import { send } from '../support/send.ts';

/**
 * What counts as proof that nothing was delivered, written a second time: a table that is compared with itself agrees
 * with every mistake in it. Only docs/providers.md can be a reason to change a figure here.
 */

it.each([-1, 216, 219, 700, 701, 702, 703, 704])('reply %i of HotRecharge is never a refusal', (code) => {
  expect(REPLY_CODES[code]).toEqual({ outcome: 'unclear' });
});

describe('"not found" proves that nothing was delivered', () => {
  const deps = { http: nodeHttp(), now: () => '2026-05-07T08:00:00.000Z', sleep: async () => {} };
  const noCredentials = async () => {
    throw new Error('no call is made');
  };

  it.each([
    ['an hour after the send at HotRecharge', hotrecharge({ ...deps, credentials: noCredentials }), HOUR],
    ['never at PesaWay', pesaway({ ...deps, credentials: noCredentials }), null],
    ['five minutes after the send in the sandbox', sandbox(deps), HOUR / 12],
  ])('%s', (_name, { capabilities }, expected) => {
    expect(capabilities.notFoundFinalAfterMs).toBe(expected);
  });
});

describe('a login that fails for the moment leaves the order unsent, to be sent later', () => {
  const recharge: Recharge = {
    reference: 'ord-1',
    providerProductId: '100',
    kind: 'airtime',
    country: 'ZW',
    msisdn: '+263772279099',
    amountMinor: 550,
    currency: 'USD',
    sentAt: '2026-05-07T08:00:00.000Z',
    receipt: {},
  };
  const kenyan: Recharge = { ...recharge, country: 'KE', msisdn: '+254712345678', currency: 'KES' };
  const answering = (status: number) => ({
    http: async () => ({ status, headers: {}, body: '{}' }),
    now: () => '2026-05-07T08:00:00.000Z',
  });
  const account = { baseUrl: 'http://hot', accessCode: 'a', accessPassword: 'b' };
  const merchant = { baseUrl: 'http://pesa', consumerKey: 'a', consumerSecret: 'b', merchantCode: 'c' };

  it.each([429, 500, 502, 503])('with %i', async (status) => {
    const hot = hotrecharge({ ...answering(status), credentials: async () => account });
    const pesa = pesaway({ ...answering(status), credentials: async () => merchant });
    expect((await send(hot, recharge)).kind).toBe('unsent');
    expect((await send(pesa, kenyan)).kind).toBe('unsent');
  });
});
