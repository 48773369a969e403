import { expect, it } from '@jest/globals';
import { acceptInvitation } from '../../../functions/account/accept-invitation.ts';
import { createBusiness } from '../../../functions/account/create-business.ts';
import { createKey } from '../../../functions/account/create-key.ts';
import { getAccount } from '../../../functions/account/get-account.ts';
import { getMe } from '../../../functions/account/get-me.ts';
import { listAudit } from '../../../functions/account/list-audit.ts';
import { previewInvitation } from '../../../functions/account/preview-invitation.ts';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { setTestBalance } from '../../../functions/wallet/set-test-balance.ts';
import { startTopup } from '../../../functions/wallet/start-topup.ts';
import { PLAY_MONEY } from '../../../shared/domain/play-money.ts';
import { changeTerms } from '../../../shared/flows/account/change-terms.ts';
import { requireSignUp } from '../../../shared/http/limits.ts';
import { newId } from '../../../shared/id.ts';
import { readTail } from '../../../shared/store/ledger.ts';
import { call } from '../../support/call.ts';
import { callOpen } from '../../support/call-open.ts';
import { OPERATOR } from '../../support/origin.ts';
import { aMember } from '../../support/people.ts';
import { as, bearer, issuer, me, peopleSignIn, signUp, somebody, world } from '../../support/team-set-up.ts';
import { aMerchant, sell } from '../../support/world.ts';

peopleSignIn();

const order = { product_id: 100, target: '0772279099', amount: 1, agent_reference: 'first' };

async function balances(merchantId: string) {
  const mode = 'test' as const;
  const codes = Object.keys(PLAY_MONEY) as (keyof typeof PLAY_MONEY)[];
  const tails = await Promise.all(codes.map((currency) => readTail(world, { merchantId, mode, currency })));
  return Object.fromEntries(codes.map((currency, place) => [currency, tails[place]?.balanceAfterMinor]));
}

it('whoever signs up has a business in test mode at once, with play money, a key and an order', async () => {
  await sell(world);
  const subject = somebody();
  const { status, json } = await signUp(subject, '  Tariro   Stores ');
  expect([status, json.business_name, json.role, json.live]).toEqual([201, 'Tariro Stores', 'owner', false]);
  expect((await me(subject)).json).toEqual({ person_id: subject, memberships: [json] });
  expect(await balances(json.merchant_id)).toEqual(PLAY_MONEY);
  const key = await as(subject, json.merchant_id, createKey, { body: { name: 'shop', scopes: ['orders:write'] } });
  expect([key.status, key.json.created_by]).toEqual([201, { type: 'person', id: json.member_id }]);
  const headers = { authorization: `Api-Key ${key.json.key}`, prefer: 'respond-async' };
  expect((await call(world, createOrder, { headers, body: order })).status).toBe(202);
  const played = await as(subject, json.merchant_id, createOrder, { body: { ...order, agent_reference: 'second' } });
  expect(played.status).toBeLessThan(300);
});

it('live stays off until an operator switches it on', async () => {
  const subject = somebody();
  const merchantId = (await signUp(subject)).json.merchant_id;
  const live = { mode: 'live' } as const;
  expect((await as(subject, merchantId, getAccount, live)).json).toMatchObject({ mode: 'live', live: false });
  for (const [route, body] of [
    [createOrder, order],
    [startTopup, { amount: 5, currency: 'USD' }],
  ] as const) {
    const refused = await call(world, route as never, {
      headers: { ...bearer(subject), 'airtime-merchant': merchantId, 'airtime-mode': 'live' },
      body,
    });
    expect([refused.status, refused.json.code]).toEqual([403, 'account_not_live']);
  }
  await changeTerms(world, { merchantId, mode: 'live' }, OPERATOR, (terms) => ({ ...terms, isLive: true }));
  world.advance(6_000);
  expect((await me(subject)).json.memberships[0].live).toBe(true);
  const refused = await as(subject, merchantId, createOrder, { ...live, body: order });
  expect([refused.status, refused.json.code]).toEqual([402, 'insufficient_funds']);
});

it('the same name of the same person is one business, however often and at once, and of another person another', async () => {
  const [one, other] = [somebody(), somebody()];
  const all = await Promise.all([1, 2, 3].map(() => signUp(one, 'Kiosk')));
  expect(new Set(all.map(({ json }) => json.merchant_id)).size).toBe(1);
  const again = await signUp(one, 'KIOSK');
  expect([again.status, again.headers['idempotent-replayed']]).toEqual([200, 'true']);
  expect(again.json.merchant_id).toBe(all[0]?.json.merchant_id);
  world.advance(1);
  expect((await signUp(one, 'Second kiosk')).json.merchant_id).not.toBe(again.json.merchant_id);
  expect((await signUp(other, 'Kiosk')).json.merchant_id).not.toBe(again.json.merchant_id);
  expect((await me(one)).json.memberships.map((each: { business_name: string }) => each.business_name)).toEqual([
    'Kiosk',
    'Second kiosk',
  ]);
});

it.each([
  ['the answer of any one write is lost', 'after'],
  ['any one write is lost', 'before'],
] as const)('where %s, there is one business and its play money once', async (_what, fault) => {
  for (let lost = 0; lost < 4; lost += 1) {
    const subject = somebody();
    let writes = -1;
    world.fault = (command) => {
      writes += command === 'TransactWriteCommand' ? 1 : 0;
      return command === 'TransactWriteCommand' && writes === lost ? fault : undefined;
    };
    await signUp(subject);
    world.fault = undefined;
    const { json } = await signUp(subject);
    expect((await me(subject)).json.memberships).toEqual([json]);
    expect(await balances(json.merchant_id)).toEqual(PLAY_MONEY);
  }
});

it('a sign-up that died before the wallets were funded funds them at its repeat, and never again', async () => {
  const subject = somebody();
  world.fault = (command, input) =>
    command === 'TransactWriteCommand' && JSON.stringify(input).includes('Play money')
      ? new Error('killed')
      : undefined;
  expect((await signUp(subject)).status).toBe(500);
  world.fault = undefined;
  const { json } = await signUp(subject);
  expect(await balances(json.merchant_id)).toEqual(PLAY_MONEY);
  await as(subject, json.merchant_id, setTestBalance, { body: { currency: 'USD', balance: 3 } });
  await signUp(subject);
  expect(await balances(json.merchant_id)).toEqual({ ...PLAY_MONEY, USD: 300 });
});

it('the audit log says who signed up, without an address of theirs', async () => {
  const subject = somebody();
  const { json } = await signUp(subject);
  const audit = await as(subject, json.merchant_id, listAudit, { mode: 'live', query: { member_id: json.member_id } });
  const by = { type: 'person', id: json.member_id };
  // They are of one moment.
  expect(audit.json.data).toHaveLength(2);
  expect(audit.json.data).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ action: 'member.joined', subject: json.member_id, by, after: { role: 'owner' } }),
      expect.objectContaining({ action: 'merchant.created', subject: json.merchant_id, by }),
    ]),
  );
  expect(audit.text).not.toContain('people.example');
});

it.each<[string, Record<string, unknown>]>([
  ['whose address is not verified', { email: 'a@b.example', email_verified: false }],
  ['whose address is verified in no known way', { email: 'a@b.example', email_verified: 'yes' }],
  ['without an address', { email_verified: true }],
])('somebody %s makes no business', async (_what, profile) => {
  const subject = somebody();
  issuer.profiles.set(subject, profile);
  const refused = await signUp(subject);
  expect([refused.status, refused.json.code]).toEqual([403, 'email_not_verified']);
  expect((await me(subject)).json.memberships).toEqual([]);
});

it('an issuer that writes its claims as texts is understood, one that speaks of somebody else is not', async () => {
  const [one, other] = [somebody(), somebody()];
  issuer.profiles.set(one, { email: 'a@b.example', email_verified: 'true' });
  expect((await signUp(one)).status).toBe(201);
  issuer.profiles.set(other, { sub: one, email: 'a@b.example', email_verified: true });
  expect((await signUp(other)).status).toBe(500);
});

it('what the issuer says of somebody reaches no log, even where it cannot be read', async () => {
  const lines: string[] = [];
  const error = (...line: unknown[]) => void lines.push(line.map((each) => `${each} ${JSON.stringify(each)}`).join());
  const http = async ({ url }: { url: string }) =>
    url.endsWith('/jwks')
      ? issuer.people.http({ method: 'GET', url, timeoutMs: 1 })
      : { status: 200, headers: {}, body: 'tendai@people.example is no JSON' };
  const at = { ...world, memo: new Map(), log: { ...world.log, error }, people: { ...issuer.people, http } };
  const refused = await callOpen(at, createBusiness, { headers: bearer(somebody()), body: { name: 'Shop' } });
  expect([refused.status, lines.length]).toEqual([503, 1]);
  expect(lines.join()).not.toContain('tendai');
});

it('while the issuer does not answer, nothing is made and the caller is asked to wait', async () => {
  const subject = somebody();
  await me(subject);
  issuer.isDown = true;
  const refused = await signUp(subject);
  issuer.isDown = false;
  expect([refused.status, refused.json.code, refused.headers['retry-after']]).toEqual([503, 'busy', '2']);
  expect((await me(subject)).json.memberships).toEqual([]);
});

it('one address makes twenty businesses an hour, and repeats do not count', async () => {
  const first = somebody();
  expect((await signUp(first, 'Shop', '203.0.113.9')).status).toBe(201);
  for (let n = 1; n < 20; n += 1) await requireSignUp(world, '203.0.113.9');
  const refused = await signUp(somebody(), 'Shop', '203.0.113.9');
  expect([refused.status, refused.json.code]).toEqual([429, 'rate_limited']);
  expect((await signUp(first, 'Shop', '203.0.113.9')).status).toBe(200);
  expect((await signUp(somebody(), 'Shop', '203.0.113.10')).status).toBe(201);
});

it('a person is a member of twenty businesses at most', async () => {
  const subject = somebody();
  for (let n = 0; n < 20; n += 1) await aMember(world, newId(world, 'mer'), 'viewer', subject);
  const refused = await signUp(subject, 'One too many');
  expect([refused.status, refused.json.code]).toEqual([409, 'business_limit_reached']);
});

it.each(['', ' ', 'x'.repeat(81), 'http://evil.example', 'evil.example', 'a <b>', '../etc', 7])(
  'a business is not called %j',
  async (name) => {
    const refused = await signUp(somebody(), name as string);
    expect([refused.status, refused.json.param]).toEqual([400, 'name']);
  },
);

it.each([getMe, createBusiness, previewInvitation, acceptInvitation])(
  '$name is for people: no key, and no token of long ago',
  async (route) => {
    const { headers } = await aMerchant(world);
    for (const [sent, status, code] of [
      [headers('test'), 403, 'person_required'],
      [{}, 401, 'token_invalid'],
      [{ authorization: 'Api-Key nonsense' }, 401, 'token_invalid'],
      [{ authorization: `Bearer ${issuer.token('x', { exp: 1 })}` }, 401, 'token_expired'],
    ] as const) {
      const refused = await callOpen(world, route, { headers: sent, body: {} });
      expect([refused.status, refused.json.code]).toEqual([status, code]);
    }
  },
);

it.each([previewInvitation, acceptInvitation])('$name takes a token and nothing else', async (route) => {
  const refused = await callOpen(world, route, { headers: bearer(somebody()), body: { code: 'x' } });
  expect([refused.status, refused.json.code]).toEqual([400, 'invalid_request']);
});
