import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { createBulk } from '../../functions/bulk/create-bulk.ts';
import { createOrder } from '../../functions/orders/create-order.ts';
import { sendAirtime } from '../../functions/pesaway/send-airtime.ts';
import { startTopup } from '../../functions/wallet/start-topup.ts';
import { updateWallet } from '../../functions/wallet/update-wallet.ts';
import { createEndpoint } from '../../functions/webhooks/create-endpoint.ts';
import { createListener } from '../../functions/webhooks/create-listener.ts';
import { recoverDeliveries } from '../../functions/webhooks/recover-deliveries.ts';
import { testEndpoint } from '../../functions/webhooks/test-endpoint.ts';
import { updateEndpoint } from '../../functions/webhooks/update-endpoint.ts';
import { countFigures } from '../../functions/workers/count-figures.ts';
import { eraseOld } from '../../functions/workers/erase-old.ts';
import { mailNotices } from '../../functions/workers/mail-notices.ts';
import { verifyLedgers } from '../../functions/workers/verify-ledgers.ts';
import type { Origin } from '../../shared/domain/act.ts';
import { memberCaller } from '../../shared/domain/caller.ts';
import type { DayFigures } from '../../shared/domain/figures.ts';
import type { Fact } from '../../shared/domain/notice.ts';
import type { Outcome } from '../../shared/domain/order.ts';
import { defaultTerms } from '../../shared/domain/terms.ts';
import { DAY } from '../../shared/domain/time.ts';
import { makeKey } from '../../shared/flows/keys/make-key.ts';
import { revokeKey } from '../../shared/flows/keys/revoke-key.ts';
import { rollKey } from '../../shared/flows/keys/roll-key.ts';
import { addToNotices } from '../../shared/flows/notices/add-to-notices.ts';
import { acceptInvitation, invite, removeMember } from '../../shared/flows/people/change-team.ts';
import { createBusiness } from '../../shared/flows/people/create-business.ts';
import { chooseNotifications } from '../../shared/flows/people/own-notifications.ts';
import { makerOf } from '../../shared/flows/people/standing.ts';
import { eraseNumber } from '../../shared/flows/privacy/erase-number.ts';
import { adjustWallet } from '../../shared/flows/wallet/adjust-wallet.ts';
import { admitBadKey } from '../../shared/http/limits.ts';
import type { RouteHandler } from '../../shared/http/route.ts';
import type { TableName } from '../../shared/manifest/tables.ts';
import { tables } from '../../shared/manifest/tables.ts';
import { HttpFailure } from '../../shared/outbound-http.ts';
import { unpackRows } from '../../shared/store/batches.ts';
import { saveCanaryRun } from '../../shared/store/canary.ts';
import { putRow, rowOf } from '../../shared/store/lines.ts';
import { createMerchant } from '../../shared/store/merchants.ts';
import { saveTerms } from '../../shared/store/terms.ts';
import type { Mail } from '../../shared/world.ts';
import { allItems } from './all-items.ts';
import { call } from './call.ts';
import { aCampaign, pay } from './campaigns.ts';
import { aKeptRequest } from './kept-requests.ts';
import { OPERATOR } from './origin.ts';
import { airtimeUsd, aProduct } from './products.ts';
import { callBack } from './topup-set-up.ts';
import type { TestMerchant, TestWorld } from './world.ts';
import { aMerchant, sell } from './world.ts';

/** A world in which everything happened that stores an attribute of its own, and what is stored in it. */

const TARGET = '0772279099';
const KENYAN = { network: 'Safaricom', country: 'KE', currency: 'KES', minMinor: 500, maxMinor: 1_000_000 } as const;
const DELIVERED: Outcome = {
  kind: 'success',
  receipt: {
    ...{ providerRef: '77', costMinor: 90, holder: { name: 'T. Moyo', address: '4 Samora Avenue' } },
    tokens: [{ token: '12345678901234567890', units: '12.5' }],
  },
  evidence: `Recharge to ${TARGET}`,
};

/** A stored attribute, by the item that has it. */
export interface StoredField {
  readonly table: TableName;
  /** The keys of an item that has it. */
  readonly key: string;
  /** With those inside it, such as `receipt.tokens[].token`. */
  readonly field: string;
}

/** What is stored at the end of each part of the world's life, at the end of which a part of it is erased. */
export async function storedFields(world: TestWorld): Promise<StoredField[]> {
  const merchant = await aMerchant(world, { USD: 100_000, KES: 100_000 });
  const meters = { id: 103, kind: 'zesa', targetType: 'meter', network: 'ZESA' } as const;
  await sell(world, airtimeUsd, aProduct(meters), aProduct({ id: 254_001, stepMinor: 100, ...KENYAN }));
  await live(world, merchant);
  const fields = await fieldsOf(world);
  await settle(world);
  const frozen = { live: freezeOf(world), test: freezeOf(world) };
  await saveTerms(world, { ...defaultTerms(merchant.id), frozen, ownFreezes: frozen, version: 2 }, []);
  fields.push(...(await fieldsOf(world)));
  world.advance(401 * DAY);
  await eraseOld(world);
  await eraseNumber(world, `+263${TARGET.slice(1)}`, OPERATOR);
  fields.push(...(await fieldsOf(world)));
  return fields;
}

/** A business that somebody signs up with, who invites two: one joins and leaves, the other waits. */
async function people(world: TestWorld): Promise<void> {
  const founder = { subject: 'founder', email: async () => 'founder@people.example', origin: {} };
  const membership = await createBusiness(world, founder, 'Kiosk');
  const { merchantId } = membership;
  const maker = memberCaller(membership, { merchantId, mode: 'test' });
  const origin: Origin = { by: { kind: 'person', id: membership.id } };
  const invited = (email: string) =>
    invite(world, merchantId, { email, role: 'owner' }, { origin, maker: makerOf(maker) });
  const { token } = await invited('joiner@people.example');
  const joiner = { subject: 'joiner', email: async () => 'joiner@people.example', origin: {} };
  await removeMember(world, maker, (await acceptInvitation(world, token, joiner)).id, origin);
  const { token: second } = await invited('joiner@people.example');
  await acceptInvitation(world, second, joiner);
  await invited('other@people.example');
  await chooseNotifications(world, { ...maker, mode: 'live' }, { batch_finished: true });
  await notices(world, merchantId);
}

/** Of everything that may be mailed something waits, and something is mailed: to one member in vain. */
async function notices(world: TestWorld, merchantId: string): Promise<void> {
  const at = world.now();
  const reference = 'one';
  const facts: readonly Fact[] = [
    { kind: 'low_balance', at, balance: '1.00 USD', threshold: '2.00 USD' },
    { kind: 'endpoint_failing', at, host: 'merchant.example', failingSince: at, disabled: 'failing' },
    { kind: 'batch_finished', at, batchId: 'bat_1', reference, isCancelled: false, rows: 2, delivered: 1 },
    { kind: 'orders_under_review', at, reference },
    {
      ...{ kind: 'topup_problem', at, topupId: 'top_1', reference, amount: '1.00 USD', status: 'failed' },
      failure: 'declined',
    },
  ];
  const addEach = (time: string) =>
    addToNotices(
      world,
      facts.map((fact) => ({
        key: { merchantId, mode: 'live', kind: fact.kind, subject: 'all' },
        id: `${fact.kind} ${time}`,
        fact,
      })),
    );
  const send: Mail['send'] = async ({ to }) => {
    if (to.startsWith('joiner')) throw new Error('refused');
  };
  await addEach('first');
  await mailNotices({ ...world, mail: { send } });
  await addEach('second');
}

const freezeOf = (world: TestWorld) => ({ at: world.now(), by: OPERATOR.by, reason: 'A key leaked.' });

async function live(world: TestWorld, merchant: TestMerchant): Promise<void> {
  const ask = <P, Q, B>(endpoint: RouteHandler<P, Q, B>, body: object, more: object = {}) =>
    call(world, endpoint, {
      headers: { ...merchant.headers(), prefer: 'respond-async', 'x-region': 'ke' },
      body,
      ...more,
    });
  const order = (agent_reference: string, changes: object = {}) =>
    ask(createOrder, {
      ...{ product_id: 100, target: TARGET, amount: 1, agent_reference, custom_sms: 'Hello' },
      ...changes,
    });
  await people(world);
  const endpoint = await ask(createEndpoint, { url: 'https://merchant.example/hook', description: 'mine' });
  const params = { params: { endpoint_id: endpoint.json.id } };
  await ask(updateEndpoint, { description: 'ours' }, params);
  await ask(updateWallet, { low_balance_threshold: 5_000 }, { params: { currency: 'USD' } });
  world.upstream.script = [
    DELIVERED,
    { kind: 'rejected', failure: 'network_refused', evidence: 'no' },
    { kind: 'unclear', evidence: 'no answer' },
    { kind: 'refuses_us', reason: 'credentials', evidence: 'no' },
    { kind: 'accepted', receipt: { providerRef: '78' }, evidence: 'accepted' },
  ];
  for (const reference of ['one', 'two', 'three', 'four', 'five']) {
    await order(reference, reference === 'one' ? { product_id: 103, target: '12345678901' } : {});
    await world.dispatchAll();
  }
  await order('too much', { amount: 250, agent_reference: 'six' });
  await ask(sendAirtime, {
    ...{ ExternalReference: 'seven', Amount: 10, PhoneNumber: '254712345678', Description: 'Hello' },
    ResultsUrl: 'https://merchant.example/results',
  });
  const csv = `target,amount,custom_sms,reference,product_id,currency\n${TARGET},1,Hello,,,\nno number,1,Hello,mine,100,USD`;
  await ask(createBulk, { csv, batch_reference: 'may', accept: 'valid_rows' });
  const campaign = await aCampaign(world, merchant.id, { one_per_number: true });
  await pay(world, campaign, { respondent_id: 'r-1', target: TARGET });
  world.gateway.script = [{ kind: 'unclear', evidence: 'no answer' }];
  const topup = { amount: 25, currency: 'USD', reference: 'r1', return_url: 'https://merchant.example/paid' };
  await ask(startTopup, topup);
  await ask(startTopup, topup);
  const paid = { kind: 'paid', amountMinor: 2500, currency: 'USD' } as const;
  world.gateway.finding = { ...paid, evidence: `Paid by ${TARGET}` };
  await callBack(world.gateway.started.at(-1)?.resultUrl, world);
  await keysOf(world, merchant);
  const wallet = { merchantId: merchant.id, mode: 'live', currency: 'USD' } as const;
  await adjustWallet(world, wallet, { amountMinor: 100, reason: 'Deposit', by: 'test', reference: 'bank-1' });
  const posting = { id: 'wri_1', puts: [], movements: [] };
  await putRow(world, rowOf(wallet, posting, world.now()));
  await createMerchant(world, 'Another');
  await saveCanaryRun(world, true);
  const limits = {
    live: { rates: { orders: { quota: 900, windowSeconds: 10 } }, counts: {} },
    test: defaultTerms('').limits.test,
  };
  const headers = { ...merchant.headers('test'), prefer: 'respond-async' };
  await call(world, createOrder, {
    headers,
    body: { product_id: 100, target: TARGET, amount: 1, agent_reference: 'held' },
  });
  const listener = (await call(world, createListener, { headers })).json;
  await call(world, testEndpoint, { headers, params: { endpoint_id: listener.endpoint_id } });
  await saveTerms(world, { ...defaultTerms(merchant.id), limits, frozen: { test: freezeOf(world) }, version: 1 }, []);
  await aKeptRequest(world, merchant, { id: 'req_kept' });
  await admitBadKey(world, '203.0.113.9');
  await ask(recoverDeliveries, { since: '2026-05-01' }, params);
}

async function keysOf(world: TestWorld, { id: merchantId }: TestMerchant): Promise<void> {
  const owner = { merchantId, mode: 'live' } as const;
  const origin = { ...OPERATOR, requestId: 'req_1', address: '203.0.113.7' };
  const wanted = { name: 'a key', scopes: ['orders:read'], allowedRanges: ['203.0.113.0/24'] } as const;
  const made = await makeKey(world, owner, { ...wanted, endsAt: undefined }, { origin });
  const rolled = await rollKey(world, owner, made.key.id, { overlapMs: DAY, endsAt: undefined }, { origin: OPERATOR });
  await revokeKey(world, owner, rolled.key.id, { keepsCampaigns: false }, OPERATOR);
}

async function settle(world: TestWorld): Promise<void> {
  let posts = 0;
  world.outboundAnswer = () => {
    posts += 1;
    if (posts === 1) throw new HttpFailure('connection refused', false);
    return { status: 500, headers: {}, body: 'no' };
  };
  for (let rounds = 0; rounds < 3; rounds += 1) {
    while (world.messages.length > 0) await world.dispatchAll();
    await world.sweep();
  }
  for (const { run } of world.background.splice(0)) await run();
  world.upstream.finding = { kind: 'success', receipt: {}, evidence: 'found' };
  world.outboundAnswer = () => ({ status: 200, headers: {}, body: 'ok' });
  for (let rounds = 0; rounds < 4; rounds += 1) {
    await world.sweep(60);
    while (world.messages.length > 0) await world.dispatchAll();
  }
  await verifyLedgers(world);
  await countFigures(world);
  const [of] = await allItems(world, 'figures');
  const { upTo, decided, open, openReferences } = of as unknown as DayFigures;
  const recount = { upTo, decided, open, openReferences };
  await world.db.send(new PutCommand({ TableName: world.table('figures'), Item: { ...of, recount } }));
}

async function fieldsOf(world: TestWorld): Promise<StoredField[]> {
  const found: StoredField[] = [];
  for (const table of Object.keys(tables) as TableName[]) {
    for (const item of await allItems(world, table)) {
      const key = [item.pk, item.sk].filter((part) => part !== undefined).join(' / ');
      const open = typeof item.rows === 'string' ? { ...item, rows: unpackRows(item.rows) } : item;
      const fields = new Set(Object.entries(open).flatMap(([name, value]) => namesIn(name, value)));
      found.push(...[...fields].map((field) => ({ table, key, field })));
    }
  }
  return found;
}

/** The name of an attribute, or of those inside it. */
function namesIn(name: string, value: unknown): string[] {
  if (Array.isArray(value)) {
    const inside = value.flatMap((each) => namesIn(`${name}[]`, each));
    return inside.length > 0 ? inside : [`${name}[]`];
  }
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [name];
  return Object.entries(value).flatMap(([inner, each]) => namesIn(`${name}.${inner}`, each));
}
