import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nodeHttp } from '../../shared/aws/http.ts';
import { pesaway } from '../../shared/providers/pesaway.ts';
import type { Recharge } from '../../shared/providers/provider.ts';
import { send } from '../support/send.ts';
import { System } from '../support/system.ts';

/** A merchant of PesaWay who changes the host and nothing else, against `npm start`, over HTTP. */

const run = promisify(execFile);
const data = mkdtempSync(join(tmpdir(), 'airtime-'));
const heard: { headers: Record<string, string>; body: string }[] = [];
let system: System;
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    heard.push({ headers: request.headers as Record<string, string>, body });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback-url`;
  system = await System.start(data);
}, 300_000);

afterAll(async () => {
  await system.stop();
  server.close();
  rmSync(data, { recursive: true, force: true });
});

/** The document's curl, word for word but for what it masks: host, token, number, callback and a reference of its own. */
async function curl(region: string, token: string, fields: { number: string; currency: string; reference: string }) {
  const { stdout } = await run('curl', [
    '-sS',
    '--location',
    `${system.local.baseUrl}/api/v1/airtime/send-airtime/`,
    '--header',
    `X-Region: ${region}`,
    '--header',
    'Content-Type: application/json',
    '--header',
    `Authorization: ${token}`,
    '--data',
    `{
"ExternalReference": "${fields.reference}",
"Amount": 1000,
"PhoneNumber": "${fields.number}",
"MerchantCode": "44444",
"Currency": "${fields.currency}",
"Description": "Airtime Transfer",
"ResultsUrl": "${url}"
}`,
  ]);
  return JSON.parse(stdout);
}

async function resultOf(reference: string) {
  for (let waited = 0; waited < 600; waited += 1) {
    const found = heard.find(({ body }) => JSON.parse(body).OriginatorReference === reference);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`no result of ${reference}`);
}

async function login(keyId: string, key: string): Promise<string> {
  const body = { consumer_key: keyId, consumer_secret: key, grant_type: 'client_credentials' };
  return (await system.api('/api/v1/token/', { body, headers: { 'x-region': 'ke' } })).json.access_token;
}

const REGIONS = [
  ['ke', '254712345678', 'KES'],
  ['ug', '256772123456', 'UGX'],
  ['tz', '255754123456', 'TZS'],
] as const;

describe.each(REGIONS)("the document's curl in %s", (region, number, currency) => {
  it('gets its answer, and the result of a success comes to its URL', async () => {
    const { liveKeyId, liveKey } = system.local;
    const reference = `live-${region}`;
    const token = `Bearer ${await login(liveKeyId, liveKey)}`;
    const answer = await curl(region, token, { number, currency, reference });
    expect(answer).toEqual({
      code: '200.001',
      OriginatorReference: reference,
      TransactionID: expect.stringMatching(/^ord_/),
      ResponseDescription: 'Success. Request accepted for processing',
    });
    const { headers, body } = await resultOf(reference);
    expect(JSON.parse(body)).toEqual({
      ResultCode: 0,
      ResultDesc: 'The airtime request is processed successfully.',
      OriginatorReference: reference,
      PhoneNumber: number,
      TransactionID: answer.TransactionID,
      TransactionAmount: '1000.00',
      AccountAvailableFunds: expect.stringMatching(/^\d+\.\d\d$/),
      TransactionCompletedDateTime: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/),
    });
    expect(headers['webhook-id']).toMatch(/^res_/);
    expect(headers['x-airtime-signature']).toMatch(/^sha256=[0-9a-f]{64}$/);
  }, 300_000);

  it("and that of a failure, for the document's number and a test key", async () => {
    const reference = `test-${region}`;
    const answer = await curl(region, `Api-Key ${system.local.testKey}`, {
      number: '980321123123',
      currency,
      reference,
    });
    expect(answer.code).toBe('200.001');
    expect(JSON.parse((await resultOf(reference)).body)).toEqual({
      ResultCode: 2001,
      ResultDesc: 'Transaction failed',
      OriginatorReference: reference,
      TransactionID: answer.TransactionID,
      TransactionAmount: '1000.00',
      TransactionReceipt: null,
    });
  }, 300_000);

  it('and of a failure at the live provider', async () => {
    const reference = `refused-${region}`;
    // The simulated upstream refuses what ends in 901, by a callback of its own.
    const refused = `${number.slice(0, -3)}901`;
    await curl(region, `Bearer ${system.local.liveKey}`, { number: refused, currency, reference });
    expect(JSON.parse((await resultOf(reference)).body)).toMatchObject({ ResultCode: 2001, TransactionReceipt: null });
  }, 300_000);
});

it('a result is signed with the secret that the merchant is given', async () => {
  const path = '/api/v1/webhooks/endpoints/results/rotate-secret';
  const { secret } = (await system.api(path, { body: { overlap_hours: 0 } })).json;
  const number = '254712345678';
  await curl('ke', `Api-Key ${system.local.liveKey}`, { number, currency: 'KES', reference: 'signed' });
  const { headers, body } = await resultOf('signed');
  const expected = createHmac('sha256', secret).update(body).digest('hex');
  expect(headers['x-airtime-signature']).toBe(`sha256=${expected}`);
}, 300_000);

/** The client is our own adapter, written for the real PesaWay: it logs in, sends, asks and reads the callback. */
describe('a client that was written for PesaWay', () => {
  const client = () =>
    pesaway({
      http: nodeHttp({ loopbackOnly: true }),
      now: () => new Date().toISOString(),
      credentials: async () => ({
        baseUrl: `${system.local.baseUrl}/api/v1`,
        consumerKey: system.local.liveKeyId,
        consumerSecret: system.local.liveKey,
        merchantCode: '44444',
      }),
    });
  const recharge = (reference: string, changes: Partial<Recharge> = {}): Recharge => ({
    reference,
    providerProductId: 'ke',
    kind: 'airtime',
    country: 'KE',
    msisdn: '+254712345678',
    amountMinor: 10_000,
    currency: 'KES',
    sentAt: new Date().toISOString(),
    receipt: {},
    callbackUrl: url,
    ...changes,
  });

  it('sends, receives the result, and finds the transaction', async () => {
    const sent = await send(client(), recharge('as-client'));
    expect(sent.kind).toBe('accepted');
    const message = await resultOf('as-client');
    expect(await client().readCallback?.(message)).toMatchObject({
      reference: 'as-client',
      finding: { kind: 'success' },
      msisdn: '254712345678',
      amount: '100.00',
    });
    expect(await client().query(recharge('as-client'))).toMatchObject({ kind: 'success' });
    expect(await client().query(recharge('never-sent'))).toMatchObject({ kind: 'not_found' });
  }, 300_000);

  it('reads a failure as one', async () => {
    await send(client(), recharge('as-client-901', { msisdn: '+254712345901' }));
    const message = await resultOf('as-client-901');
    expect((await client().readCallback?.(message))?.finding.kind).toBe('rejected');
    expect((await client().query(recharge('as-client-901'))).kind).toBe('rejected');
  }, 300_000);

  it('takes no refusal for proof, because PesaWay documents none of an order', async () => {
    const wrong = await send(client(), recharge('as-client-bad', { msisdn: '+254999999999' }));
    expect(wrong.kind).toBe('unclear');
    const tooMuch = await send(client(), recharge('as-client-much', { amountMinor: 100_000_000 }));
    expect(tooMuch.kind).toBe('unclear');
  }, 300_000);

  it('reads the balances of its regions', async () => {
    const balances = await client().balances();
    expect(balances.map(({ currency }) => currency)).toEqual(['KES', 'UGX', 'TZS']);
    for (const { balanceMinor } of balances) expect(balanceMinor).toBeGreaterThan(0);
  }, 300_000);
});
