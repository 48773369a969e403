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
const merchant = { baseUrl: 'http://pesa', consumerKey: 'a', consumerSecret: 'b', merchantCode: 'c' };

it.each([-1, 216, 219, 700, 701, 702, 703, 704])('reply %i of HotRecharge is never a refusal', (code) => {
  expect(REPLY_CODES[code]).toEqual({ outcome: 'unclear' });
});

describe('no answer of PesaWay to a send refunds, because none is documented to refuse an order', () => {
  it.each([
    [400, '400.001'],
    [400, '400.012'],
    [402, '402.001'],
    [404, '404.001'],
    [406, '406.1'],
    [410, '410.001'],
    [422, '422.007'],
    [451, '451.001'],
    [499, '499.999.999'],
    [400, '999.999.999'],
    [403, '402.001'],
    [404, '403.001'],
    [401, '401'],
    [403, '4030'],
  ])('%i with code %s is unclear', async (status, code) => {
    expect((await sendToPesaway(status, code)).kind).toBe('unclear');
  });

  it.each([
    [401, '401.001', 'credentials'],
    [401, '401.002', 'credentials'],
    [403, '403.001', 'suspended'],
    [403, '403.033', 'suspended'],
  ])('%i with code %s is a refusal of us', async (status, code, reason) => {
    expect(await sendToPesaway(status, code)).toMatchObject({ kind: 'refuses_us', reason });
  });

  function sendToPesaway(status: number, code: string) {
    const body = JSON.stringify({ code, ResponseDescription: 'Insufficient float balance' });
    const provider = pesaway({
      now: () => '2026-05-07T08:00:00.000Z',
      credentials: async () => merchant,
      http: async ({ url }) =>
        url.endsWith('/token/')
          ? { status: 200, headers: {}, body: '{"access_token":"t"}' }
          : { status, headers: {}, body },
    });
    return send(provider, kenyan);
  }
});

describe('"not found" proves that nothing was delivered', () => {
  const deps = { http: nodeHttp(), now: () => '2026-05-07T08:00:00.000Z', sleep: async () => {} };
  const noCredentials = async () => {
    throw new Error('no call is made');
  };

  it.each([
    ['an hour after the send at HotRecharge', hotrecharge({ ...deps, credentials: noCredentials }), HOUR],
    ['never at PesaWay', pesaway({ ...deps, credentials: noCredentials }), null],
    ['at once in the sandbox, which says it only where it is final', sandbox(deps), 0],
  ])('%s', (_name, { capabilities }, expected) => {
    expect(capabilities.notFoundFinalAfterMs).toBe(expected);
  });
});

describe('a login that fails for the moment leaves the order unsent, to be sent later', () => {
  const answering = (status: number) => ({
    http: async () => ({ status, headers: {}, body: '{}' }),
    now: () => '2026-05-07T08:00:00.000Z',
  });
  const account = { baseUrl: 'http://hot', accessCode: 'a', accessPassword: 'b' };

  it.each([429, 500, 502, 503])('with %i', async (status) => {
    const hot = hotrecharge({ ...answering(status), credentials: async () => account });
    const pesa = pesaway({ ...answering(status), credentials: async () => merchant });
    expect((await send(hot, recharge)).kind).toBe('unsent');
    expect((await send(pesa, kenyan)).kind).toBe('unsent');
  });
});
