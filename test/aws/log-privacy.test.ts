import { afterAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createBulk } from '../../functions/bulk/create-bulk.ts';
import { createOrder } from '../../functions/orders/create-order.ts';
import { getTarget } from '../../functions/orders/get-target.ts';
import { receiveCallback } from '../../functions/orders/receive-callback.ts';
import { startTopup } from '../../functions/wallet/start-topup.ts';
import { createEndpoint } from '../../functions/webhooks/create-endpoint.ts';
import { syncCatalogue } from '../../functions/workers/sync-catalogue.ts';
import { powertoolsLog } from '../../shared/aws/powertools.ts';
import { plainError, redacted } from '../../shared/aws/redaction.ts';
import { serveOpen } from '../../shared/http/pipeline.ts';
import type { RouteHandler } from '../../shared/http/route.ts';
import { LOGGED_FIELDS } from '../../shared/manifest/logged-fields.ts';
import type { HttpAnswer } from '../../shared/outbound-http.ts';
import { hotrecharge } from '../../shared/providers/hotrecharge.ts';
import { call } from '../support/call.ts';
import { aCampaign, pay } from '../support/campaigns.ts';
import { airtimeUsd, aProduct } from '../support/products.ts';
import { callBack } from '../support/topup-set-up.ts';
import type { TestMerchant, TestWorld } from '../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../support/world.ts';

/** Nothing that tells who somebody is, or how much money we hold, is ever in a line of the log. */

const TARGET = '0772279099';
/** What upstreams answer: numbers, names, tokens, our balance. */
const ANSWER =
  'Recharge of 263772279099 (+263 77 227 9099) for T. Moyo of 4 Samora Avenue: token 1234 5678 9012 3456 7890, ' +
  'WalletBalance 9451.27, AccountAvailableFunds 8312.45';
const FORBIDDEN = [/7\s?2\s?2\s?7\s?9\s?0\s?9\s?9/, /Moyo/, /Samora/, /5678/, /9451/, /8312/, /Happy birthday/];
const NEVER = [...FORBIDDEN, /respondent-7/, /payer@example/, /12345678901/];

let world: TestWorld;
let merchant: TestMerchant;
let lines: string[];

beforeEach(async () => {
  lines = [];
  Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'DEBUG', POWERTOOLS_DEV: 'true' });
  for (const method of ['debug', 'info', 'warn', 'error', 'log'] as const) {
    jest.spyOn(console, method).mockImplementation((line: unknown) => void lines.push(String(line)));
  }
  world = await testWorld({ publicUrl: 'https://api.example', providers: () => ({}) });
  const { metric: _metric, ...written } = powertoolsLog();
  Object.assign(world, { log: { ...written, metric() {} } });
  merchant = await aMerchant(world);
  await sell(world, airtimeUsd, aProduct({ id: 103, kind: 'zesa', targetType: 'meter', network: 'ZESA' }));
});
afterAll(stopEngine);

const ask = <P, Q, B>(endpoint: RouteHandler<P, Q, B>, input: object) =>
  call(world, endpoint, { headers: { ...merchant.headers(), prefer: 'respond-async' }, ...input });

const order = (agent_reference: string) =>
  ask(createOrder, {
    body: { product_id: 100, target: TARGET, amount: 1, agent_reference, custom_sms: 'Happy birthday' },
  });

async function settle(): Promise<void> {
  for (let rounds = 0; rounds < 3; rounds += 1) {
    while (world.messages.length > 0) await world.dispatchAll().catch(() => undefined);
    await world.sweep();
  }
}

/** As DynamoDB refuses a condition: with the whole item. */
function refusal(): Error {
  const Item = { msisdn: { S: '+263772279099' }, customSms: { S: 'Happy birthday' } };
  return Object.assign(new Error(`The item of ${TARGET} is not as expected`), {
    name: 'ValidationException',
    CancellationReasons: [{ Code: 'ConditionalCheckFailed', Item }],
    Item,
    $metadata: { httpStatusCode: 400, requestId: 'aws-1' },
  });
}

async function callbackOf(message: object): Promise<void> {
  const [provider = '', token = ''] = (world.upstream.sends.at(-1)?.callbackUrl ?? '').split('/').slice(-2);
  await serveOpen(world, receiveCallback, {
    ...{ method: 'POST', path: '', params: { provider, token }, query: {}, headers: {} },
    ...{ body: JSON.stringify(message), requestId: 'req_1' },
  });
}

const events = () => lines.map((line) => JSON.parse(line).message);

function expectClean(): void {
  for (const line of lines) for (const forbidden of NEVER) expect(line).not.toMatch(forbidden);
  const listed = new Set<string>(LOGGED_FIELDS);
  const around = ['level', 'message', 'timestamp', 'error', 'invocation', 'coldStart', 'trace', 'dropped'];
  const unlisted = lines.flatMap((line) => Object.keys(JSON.parse(line)).filter((name) => !listed.has(name)));
  expect(unlisted.filter((name) => !around.includes(name))).toEqual([]);
  expect(lines.filter((line) => JSON.parse(line).dropped !== undefined)).toEqual([]);
}

describe('the log', () => {
  it('of orders, their callbacks and their webhooks names nobody', async () => {
    Object.assign(world.upstream, { readCallback: async ({ body }: { body: string }) => JSON.parse(body) });
    world.outboundAnswer = () => ({ status: 500, headers: {}, body: ANSWER });
    await ask(createEndpoint, { body: { url: 'https://merchant.example/hook' } });
    const failing = async () => {
      throw new Error(`no answer about ${TARGET}, or +263 77 227 9099`);
    };
    const receipt = { tokens: [{ token: '1234 5678 9012 3456 7890' }], holder: { name: 'T. Moyo' } };
    world.upstream.script = [
      { kind: 'success', receipt, evidence: ANSWER, balanceMinor: 945_127 },
      { kind: 'rejected', failure: 'network_refused', evidence: ANSWER },
      failing,
      { kind: 'unclear', evidence: ANSWER },
    ];
    for (const reference of ['one', 'two', 'three']) {
      await order(reference);
      await world.dispatchAll();
    }
    world.upstream.finding = { kind: 'unclear', evidence: ANSWER };
    await order('four');
    await settle();
    const { reference } = world.upstream.sends.at(-1) ?? {};
    const finding = { kind: 'success', receipt, evidence: ANSWER };
    await callbackOf({ reference, finding, msisdn: '263770000000' });
    await callbackOf({ reference, finding, msisdn: '263772279099' });
    await settle();
    expect(events()).toEqual(
      expect.arrayContaining([
        'callback.received',
        'provider.threw',
        'provider.queried',
        'webhook.sent',
        'order.success',
      ]),
    );
    expectClean();
  });

  it('of batches, payouts and top-ups names nobody', async () => {
    world.upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: ANSWER }];
    const csv = `target,amount,custom_sms\n${TARGET},1,Happy birthday\nT. Moyo,1,`;
    await ask(createBulk, { body: { csv, batch_reference: 'may', accept: 'valid_rows' } });
    const campaign = await aCampaign(world, merchant.id, { one_per_number: true });
    await pay(world, campaign, { respondent_id: 'respondent-7', target: TARGET });
    await settle();
    world.gateway.script = [{ kind: 'unclear', evidence: `${ANSWER} payer@example` }];
    await ask(startTopup, { body: { amount: 25, currency: 'USD', reference: 'r1' } });
    world.gateway.script = [
      { kind: 'started', gatewayRef: 'g', redirectUrl: 'https://pay.example/g', evidence: `${ANSWER} payer@example` },
    ];
    await ask(startTopup, { body: { amount: 25, currency: 'USD', reference: 'r1' } });
    const paid = { kind: 'paid', amountMinor: 2_500, currency: 'USD' } as const;
    world.gateway.finding = { ...paid, evidence: `${ANSWER} payer@example` };
    await callBack(world.gateway.started[0]?.resultUrl, world);
    await settle();
    expect(events()).toEqual(expect.arrayContaining(['batch.running', 'payment.started', 'payment.queried']));
    expectClean();
  });

  it('of what fails in the database, at a provider or in a look-up names nobody', async () => {
    world.fault = (_command, input) => (JSON.stringify(input).includes('#broken') ? refusal() : undefined);
    expect((await order('broken')).status).toBe(500);
    world.fault = undefined;
    const answers = (answer: HttpAnswer) =>
      hotrecharge({
        now: world.now,
        credentials: async () => ({ baseUrl: 'http://hot/api/v3', accessCode: 'a-code', accessPassword: 'a-password' }),
        http: async ({ url }) =>
          url.includes('/identity/') ? { status: 200, headers: {}, body: '{"token":"t"}' } : answer,
      });
    const failing = answers({ status: 500, headers: {}, body: `{"said":"${ANSWER}"}` });
    const on = { ...world, provider: () => failing };
    await syncCatalogue(on).catch(() => undefined);
    const looked = await call(on, getTarget, { headers: merchant.headers(), params: { target: '12345678901' } });
    expect(looked.status).toBe(503);
    expect(events()).toEqual(
      expect.arrayContaining(['request.failed', 'catalogue.not_synced', 'provider.lookup_failed']),
    );
    expectClean();
  });
});

describe('a line', () => {
  it('has the fields that are listed, and of the others their names', () => {
    const fields = { orderId: 'ord_1', target: TARGET, reason: 'no +263 77 227 9099 at 0772279099', seq: undefined };
    expect(redacted(fields)).toEqual({
      ...{ orderId: 'ord_1', reason: 'no …099 at …099', dropped: 'target' },
    });
  });

  it.each([
    'ord_0mov74e80ak833ygsb3s',
    'ord-202605071234567',
    '2026-05-07T08:00:00.000Z',
    '8f5a1c9e-4b0d-4f9e-9f57-123456789012',
  ])('keeps the id %s', (reason) => {
    expect(redacted({ reason })).toEqual({ reason });
  });

  it('about an error of the database has none of the items that it carries', () => {
    const caused = new Error(`the order of ${TARGET} was not written`, { cause: refusal() });
    expect(JSON.stringify(plainError(caused))).not.toMatch(/772279|birthday/);
    expect(plainError(caused)).toMatchObject({
      message: 'the order of …099 was not written',
      cause: { name: 'ValidationException', httpStatus: 400, awsRequestId: 'aws-1' },
    });
  });
});
