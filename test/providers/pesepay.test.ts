import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import vendorsAddresses from 'pesepay/dist/constants.js';
import { Pesepay } from 'pesepay/dist/pesepay.js';
import { nodeHttp } from '../../shared/aws/http.ts';
import type { PaymentFinding } from '../../shared/domain/topup.ts';
import type { PesepayFake, PesepayTrouble } from '../../shared/local/upstreams/pesepay.ts';
import { PESEPAY_FAKE_ACCOUNT, PESEPAY_STATUSES, startPesepayFake } from '../../shared/local/upstreams/pesepay.ts';
import type { HttpRequest } from '../../shared/outbound-http.ts';
import { HttpFailure } from '../../shared/outbound-http.ts';
import type { PaymentRequest, PaymentStart } from '../../shared/providers/payment-gateway.ts';
import { parsePesepayCredentials, pesepay } from '../../shared/providers/pesepay.ts';
import { decrypt, encrypt } from '../../shared/providers/pesepay-cipher.ts';

/**
 * Pesepay's adapter against the upstream fake over HTTP, and against single answers where only their form matters; the
 * fake against the vendor's own client. A wrong "paid" gives money away; a wrong "failed" loses a customer's payment.
 */

const { integrationKey, encryptionKey } = PESEPAY_FAKE_ACCOUNT;
const OTHER_KEY = 'another-encryption-key-of-32-chr';
const http = nodeHttp({ loopbackOnly: true });

let upstream: PesepayFake;
let heard: string[] = [];
let resultUrl: string;
const receiver = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  heard.push(body);
  response.end();
});

beforeAll(async () => {
  upstream = await startPesepayFake();
  await new Promise<void>((resolve) => {
    receiver.listen(0, '127.0.0.1', resolve);
  });
  resultUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/callbacks/pesepay/token`;
});

afterEach(() => {
  upstream.reset();
  heard = [];
});

afterAll(async () => {
  await upstream.close();
  receiver.close();
  receiver.closeAllConnections();
});

function gateway(fields: Partial<typeof PESEPAY_FAKE_ACCOUNT & { baseUrl: string }> = {}, timeoutMs = 2_000) {
  const credentials = async () => ({ ...PESEPAY_FAKE_ACCOUNT, baseUrl: upstream.url, ...fields });
  return pesepay({ http, credentials, timeoutMs });
}

let serial = 0;
function aRequest(fields: Partial<PaymentRequest> = {}): PaymentRequest {
  serial += 1;
  const returnUrl = 'https://shop.example/back?top-up=1&done';
  return {
    reference: `top_${serial}`,
    amountMinor: 1_050,
    currency: 'USD',
    reason: 'Wallet top-up',
    resultUrl,
    returnUrl,
    ...fields,
  };
}

async function begun(fields: Partial<PaymentRequest> = {}) {
  const start = await gateway().start(aRequest(fields));
  if (start.kind !== 'started') throw new Error(`not started: ${start.evidence}`);
  return start;
}

/** A browser's press on a button of the page. */
async function press(redirectUrl: string, choice: string): Promise<Response> {
  return fetch(redirectUrl, { method: 'POST', body: new URLSearchParams({ choice }), redirect: 'manual' });
}

/** A gateway that answers everything alike, with what was sent to it. */
function answering(status: number, body: unknown) {
  const requests: HttpRequest[] = [];
  const credentials = async () => ({ ...PESEPAY_FAKE_ACCOUNT, baseUrl: 'https://api.example/payments-engine' });
  const one = pesepay({
    credentials,
    http: async (request) => {
      requests.push(request);
      return { status, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) };
    },
  });
  return { ...one, requests };
}

const sealed = (text: string, key = encryptionKey) => ({ payload: encrypt(text, key) });
/** What a check says of a payment `R-1` of which this JSON text is the amount. */
const checkOf = (amount: string, currencyCode = 'USD', key = encryptionKey) =>
  answering(
    200,
    sealed(
      `{"referenceNumber":"R-1","transactionStatus":"SUCCESS","amountDetails":{"amount":${amount},` +
        `"currencyCode":"${currencyCode}","totalTransactionAmount":99}}`,
      key,
    ),
  ).check('R-1');
const short = (said: PaymentFinding | PaymentStart) => {
  if (said.kind === 'paid') return `${said.amountMinor} ${said.currency}`;
  return said.kind === 'failed' ? `failed: ${said.failure}` : said.kind;
};

describe('the cipher', () => {
  /** Made with: openssl enc -aes-256-cbc -base64 -A -K <hex of the key> -iv <hex of its first half> */
  const VECTOR =
    'kBUi+YM7xDeFlcljZJhlxptJwOP8ZKq9pQ1grRyNN0SL8femyFVJ1N2G3mSSns7vwCgKaPVQVoyjIyaLhfmNH0NhqQtlr9UCLEVMafi6/Z8=';
  const TEXT = '{"referenceNumber":"R-1","transactionStatus":"SUCCESS","note":"mañana €5"}';

  it('agrees with openssl', () => {
    expect(encrypt(TEXT, encryptionKey)).toBe(VECTOR);
    expect(decrypt(VECTOR, encryptionKey)).toBe(TEXT);
    expect(decrypt(VECTOR.replace(/(.{76})/, '$1\r\n'), encryptionKey)).toBe(TEXT);
  });

  it.each(['', 'a', 'a'.repeat(15), 'a'.repeat(16), 'ß€𝄞'.repeat(99)])('decrypts what it encrypted: %j', (text) => {
    expect(decrypt(encrypt(text, encryptionKey), encryptionKey)).toBe(text);
  });

  it.each([
    ['nothing', ''],
    ['no base64', 'not base64 at all!'],
    ['half of it', VECTOR.slice(0, VECTOR.length / 2)],
    ['all but its last block', VECTOR.slice(0, 64)],
    ['a text in the open', TEXT],
    ['a flipped bit at its end', `${VECTOR.slice(0, -4)}/Z4=`],
  ])('reads nothing from %s', (_what, payload) => {
    expect(decrypt(payload, encryptionKey)).toBeUndefined();
  });

  it('reads nothing with another key, or with none', () => {
    expect(decrypt(VECTOR, OTHER_KEY)).toBeUndefined();
    expect(decrypt(VECTOR, 'short')).toBeUndefined();
  });
});

describe('the secret', () => {
  const right = { baseUrl: 'https://api.example/payments-engine/', integrationKey, encryptionKey };
  const read = (fields: object) => () => parsePesepayCredentials(JSON.stringify({ ...right, ...fields }));

  it('is read', () => {
    expect(read({ note: 'kept by hand' })()).toEqual({ ...right, baseUrl: 'https://api.example/payments-engine' });
    expect(read({ baseUrl: 'http://127.0.0.1:8080/x' })().baseUrl).toBe('http://127.0.0.1:8080/x');
  });

  it.each([
    ['baseUrl', undefined],
    ['baseUrl', 'http://api.example'],
    ['baseUrl', 'https://user:hunter2@api.example'],
    ['baseUrl', 'hunter2'],
    ['integrationKey', ''],
    ['integrationKey', 'hunter2\r\nx: y'],
    ['integrationKey', 2],
    ['encryptionKey', null],
    ['encryptionKey', 'hunter2'],
    ['encryptionKey', `hunter2${'x'.repeat(26)}`],
    ['encryptionKey', `hunter2€${'x'.repeat(24)}`],
  ])('that is wrong in its %s (%j) is named by the field alone', (name, value) => {
    expect(read({ [name]: value })).toThrow(name);
    expect(read({ [name]: value })).not.toThrow('hunter2');
  });

  it.each(['hunter2', '"hunter2"', '["hunter2"]', 'null'])('that is no object is not quoted: %j', (text) => {
    expect(() => parsePesepayCredentials(text)).toThrow(/^the pesepay secret is not a JSON object$/);
  });
});

describe('a start', () => {
  it('is one request in Pesepay’s format for exactly the amount', async () => {
    const request = aRequest({ amountMinor: 1, currency: 'ZWG', reason: 'Top-up – März' });
    const start = await gateway().start(request);
    expect(start).toMatchObject({ kind: 'started', gatewayRef: expect.stringMatching(/^SIM-/) });
    expect(upstream.requests()).toEqual([
      {
        method: 'POST',
        path: '/v1/payments/initiate',
        headers: expect.objectContaining({ key: integrationKey, 'content-type': 'application/json' }),
        body: {
          amountDetails: { amount: 0.01, currencyCode: 'ZiG' },
          reasonForPayment: 'Top-up – März',
          merchantReference: request.reference,
          transactionType: 'BASIC',
          resultUrl,
          returnUrl: request.returnUrl,
        },
      },
    ]);
  });

  it.each([
    [1, '0.01'],
    [1_000, '10'],
    [1_999, '19.99'],
    [110, '1.1'],
    [100_000_000_001, '1000000000.01'],
  ])('of %d minor units says %s', async (amountMinor, text) => {
    const { start, requests } = answering(500, '');
    await start(aRequest({ amountMinor }));
    const payload = decrypt(JSON.parse(requests[0]?.body ?? '').payload, encryptionKey);
    expect(payload).toContain(`{"amount":${text},`);
  });

  it('in an unsupported currency is our bug, and is not sent', async () => {
    const { start, requests, currencies } = answering(200, '');
    expect(currencies).toEqual(['USD', 'ZWG']);
    await expect(start(aRequest({ currency: 'KES' }))).rejects.toThrow('KES');
    expect(requests).toEqual([]);
  });

  const troubles: [PesepayTrouble, string][] = [
    [{ status: 400 }, 'rejected'],
    [{ status: 401 }, 'rejected'],
    [{ status: 404, message: 'Application not found' }, 'rejected'],
    [{ status: 408 }, 'unclear'],
    [{ status: 409, message: 'Duplicate' }, 'unclear'],
    [{ status: 429 }, 'unclear'],
    [{ status: 302 }, 'unclear'],
    [{ status: 500 }, 'unclear'],
    [{ status: 503 }, 'unclear'],
    ['garbage', 'unclear'],
    ['reset', 'unclear'],
    ['truncated', 'unclear'],
    ['flipped', 'unclear'],
    ['other_key', 'unclear'],
    ['other_reference', 'unclear'],
  ];
  it.each(troubles)('that is answered with %j is %s, and not repeated', async (behaviour, kind) => {
    upstream.troubleStarts({ behaviour });
    expect(short(await gateway().start(aRequest()))).toBe(kind);
    expect(upstream.requests()).toHaveLength(1);
  });

  it('that is never answered times out and is unclear: the payment may exist', async () => {
    upstream.troubleStarts({ behaviour: 'hang' });
    const before = upstream.payments().length;
    expect(await gateway({}, 80).start(aRequest())).toEqual({ kind: 'unclear', evidence: 'no answer within 80 ms' });
    expect(upstream.payments()).toHaveLength(before + 1);
  });

  it.each([
    ['the integration key', { integrationKey: encryptionKey }],
    ['the encryption key', { encryptionKey: OTHER_KEY }],
  ])('with %s wrong is rejected', async (_what, fields) => {
    expect(short(await gateway(fields).start(aRequest()))).toBe('rejected');
  });

  it('that was never sent, without a connection or our secret, is rejected', async () => {
    expect(short(await gateway({ baseUrl: 'http://127.0.0.1:1' }).start(aRequest()))).toBe('rejected');
    expect(short(await gateway({ baseUrl: 'https://api.pesepay.com' }).start(aRequest()))).toBe('rejected');
    const credentials = async () => parsePesepayCredentials('{}');
    const start = await pesepay({ http, credentials }).start(aRequest());
    expect(start).toEqual({ kind: 'rejected', evidence: 'no credentials: the pesepay secret is not set' });
  });

  it.each([
    ['an https page', 'started', { redirectUrl: 'https://pay.example/p?r=1' }],
    ['a page in the open', 'unclear', { redirectUrl: 'http://pay.example/p' }],
    ['a script', 'unclear', { redirectUrl: 'javascript:alert(1)' }],
    ['a name and password', 'unclear', { redirectUrl: 'https://pesepay.com:x@evil.example/' }],
    ['no page', 'unclear', { redirectUrl: null }],
    ['an endless page', 'unclear', { redirectUrl: `https://pay.example/${'x'.repeat(2_048)}` }],
    ['no reference', 'unclear', { referenceNumber: undefined }],
    ['a reference that is none', 'unclear', { referenceNumber: 'R 1\n' }],
    ['the reference of another', 'unclear', { merchantReference: 'top_0' }],
  ])('answered with %s is %s', async (_what, kind, fields) => {
    const right = { referenceNumber: 'R-1', redirectUrl: 'http://localhost:1/p', merchantReference: null };
    const { start } = answering(200, sealed(JSON.stringify({ ...right, ...fields })));
    expect(short(await start(aRequest()))).toBe(kind);
  });

  it('refused without a message of Pesepay’s is unclear: a proxy may have answered', async () => {
    expect(short(await answering(403, '<html>Blocked').start(aRequest()))).toBe('unclear');
  });
});

const EXPECTED: Readonly<Record<string, string>> = {
  INITIATED: 'in_progress',
  PENDING: 'in_progress',
  PROCESSING: 'in_progress',
  SUCCESS: '1050 USD',
  PARTIALLY_PAID: 'review',
  FAILED: 'failed: gateway_error',
  DECLINED: 'failed: declined',
  CANCELLED: 'failed: cancelled',
  ERROR: 'unclear',
  AUTHORIZATION_FAILED: 'failed: declined',
  INSUFFICIENT_FUNDS: 'failed: insufficient_funds',
  TIME_OUT: 'unclear',
  TERMINATED: 'failed: cancelled',
  CLOSED: 'failed: expired',
  CLOSED_PERIOD_ELAPSED: 'failed: expired',
  SERVICE_UNAVAILABLE: 'unclear',
  REVERSED: 'review',
};

describe('a check', () => {
  it.each(PESEPAY_STATUSES)('of a payment that is %s', async (status) => {
    const { gatewayRef } = await begun();
    upstream.change(gatewayRef, { status });
    const finding = await gateway().check(gatewayRef);
    expect(short(finding)).toBe(EXPECTED[status]);
    expect(finding.evidence).toContain(`status ${status}`);
  });

  it.each(['PROCESSED', 'success', 'SUCCESS ', '', 'constructor', '__proto__'])(
    'learns nothing from the status %j',
    async (transactionStatus) => {
      const body = { referenceNumber: 'R-1', transactionStatus, amountDetails: { amount: 1, currencyCode: 'USD' } };
      expect(short(await answering(200, sealed(JSON.stringify(body))).check('R-1'))).toBe('unclear');
    },
  );

  it.each([
    ['0.01', '1 USD'],
    ['10', '1000 USD'],
    ['10.00', '1000 USD'],
    ['"10.00"', '1000 USD'],
    ['1e3', '100000 USD'],
    ['1000000000.01', '100000000001 USD'],
    ['10.005', 'review'],
    ['9.99999999999999999', 'review'],
    ['10000000000.01', 'review'],
    ['"1e3"', 'review'],
    ['"10,00"', 'review'],
    ['" 10"', 'review'],
    ['-10', 'review'],
    ['0', 'review'],
    ['"0.00"', 'review'],
    ['""', 'review'],
    ['null', 'review'],
    ['true', 'review'],
    ['[10]', 'review'],
    ['{"amount":10}', 'review'],
  ])('reads a paid amount of %s as %s', async (amount, kind) => {
    expect(short(await checkOf(amount))).toBe(kind);
  });

  it.each([
    ['USD', '1000 USD'],
    ['ZiG', '1000 ZWG'],
    ['ZWG', '1000 ZWG'],
    ['ZIG', 'review'],
    ['ZWL', 'review'],
    ['KES', 'review'],
    ['usd', 'review'],
    ['', 'review'],
  ])('reads a payment in %j as %s', async (code, kind) => {
    expect(short(await checkOf('10.00', code))).toBe(kind);
  });

  it('reports what was paid, not what was requested', async () => {
    const { gatewayRef } = await begun();
    upstream.change(gatewayRef, { status: 'SUCCESS', amount: 10.49, currencyCode: 'ZiG' });
    expect(short(await gateway().check(gatewayRef))).toBe('1049 ZWG');
    upstream.change(gatewayRef, { amount: undefined });
    expect(short(await gateway().check(gatewayRef))).toBe('review');
  });

  const troubles: [PesepayTrouble, string][] = [
    [{ status: 404, message: 'Transaction not found' }, 'not_found'],
    [{ status: 404, message: 'Payment does not exist' }, 'not_found'],
    [{ status: 404, message: 'Application not found' }, 'unclear'],
    [{ status: 400, message: 'Transaction not found' }, 'unclear'],
    [{ status: 401 }, 'unclear'],
    [{ status: 429 }, 'unclear'],
    [{ status: 500, message: 'Transaction not found' }, 'unclear'],
    ['garbage', 'unclear'],
    ['reset', 'unclear'],
    ['truncated', 'unclear'],
    ['flipped', 'unclear'],
    ['other_key', 'unclear'],
    ['other_reference', 'unclear'],
  ];
  it.each(troubles)('that is answered with %j is %s', async (behaviour, kind) => {
    const { gatewayRef, redirectUrl } = await begun();
    await press(redirectUrl, 'pay');
    upstream.troubleChecks({ behaviour, next: 1 });
    expect(short(await gateway().check(gatewayRef))).toBe(kind);
    expect(short(await gateway().check(gatewayRef))).toBe('1050 USD');
  });

  it('that is never answered times out', async () => {
    const { gatewayRef } = await begun();
    upstream.troubleChecks({ behaviour: 'hang', match: { reference: gatewayRef } });
    const finding = await gateway({}, 80).check(gatewayRef);
    expect(finding).toEqual({ kind: 'unclear', evidence: 'no answer within 80 ms' });
  });

  it('learns nothing without a connection, a secret, or the right keys', async () => {
    const { gatewayRef } = await begun();
    const credentials = async () => parsePesepayCredentials('');
    const deaf = [
      gateway({ baseUrl: 'http://127.0.0.1:1' }),
      gateway({ encryptionKey: OTHER_KEY }),
      gateway({ integrationKey: encryptionKey, encryptionKey: OTHER_KEY }),
      pesepay({ http, credentials }),
    ];
    for (const one of deaf) expect(short(await one.check(gatewayRef))).toBe('unclear');
  });

  it('of a payment that does not exist finds none, and sends no other request', async () => {
    expect(short(await gateway().check('R-1&referenceNumber=SIM/2'))).toBe('not_found');
    expect(upstream.requests().at(-1)?.path).toBe(
      '/v1/payments/check-payment?referenceNumber=R-1%26referenceNumber%3DSIM%2F2',
    );
  });

  /** The cipher lets changed messages through: whatever one bit can do, it must not make other money of a payment. */
  it('with any single bit turned is the same payment, or none', async () => {
    const text =
      '{"referenceNumber":"R-1","transactionStatus":"SUCCESS","transactionStatusDescription":"Transaction successful",' +
      '"amountDetails":{"amount":10.00,"currencyCode":"USD"},"reasonForPayment":"Wallet top-up at the shop"}';
    const bytes = Buffer.from(encrypt(text, encryptionKey), 'base64');
    const kinds = new Set<string>();
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const turned = Buffer.from(bytes);
      turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      kinds.add(short(await answering(200, { payload: turned.toString('base64') }).check('R-1')));
    }
    expect([...kinds].filter((kind) => !['unclear', '1000 USD'].includes(kind))).toEqual([]);
  });
});

describe('evidence', () => {
  const leaks = [integrationKey, encryptionKey, encryptionKey.slice(0, 16), encryptionKey.slice(16)];
  const spilt = `${encryptionKey} ${integrationKey} ${encrypt('x'.repeat(100), encryptionKey)} ${'y '.repeat(5_000)}`;

  it.each([
    [500, { message: spilt }],
    [404, { message: spilt }],
    [400, { message: `first ${encryptionKey.slice(0, 16)} then ${encryptionKey.slice(16)}` }],
    [400, { message: `${'- '.repeat(290)}${encryptionKey} ${integrationKey}` }],
    [200, spilt],
    [200, { payload: spilt }],
    [200, sealed(spilt)],
    [200, sealed(JSON.stringify({ referenceNumber: spilt, transactionStatus: spilt, customer: 'T. Moyo' }))],
    [200, sealed(JSON.stringify({ referenceNumber: 'R-1', transactionStatus: 'SUCCESS', amountDetails: spilt }))],
  ])('has no keys and no payloads, and is bounded (%d)', async (status, body) => {
    const one = answering(status, body);
    for (const { evidence } of [await one.check('R-1'), await one.start(aRequest())]) {
      for (const secret of [
        ...leaks,
        encryptionKey.slice(0, 8),
        integrationKey.slice(0, 8),
        encrypt('x'.repeat(100), encryptionKey),
        'T. Moyo',
      ]) {
        expect(evidence).not.toContain(secret);
      }
      expect(evidence.length).toBeLessThanOrEqual(600);
      expect(evidence).toContain(String(status));
    }
  });

  it('has no keys, even if the error of the connection quotes them', async () => {
    const credentials = async () => ({ ...PESEPAY_FAKE_ACCOUNT, baseUrl: 'https://api.example' });
    const loud = pesepay({
      credentials,
      http: async ({ headers }) => {
        throw new HttpFailure(`bad header ${headers?.key}`, true);
      },
    });
    expect(await loud.check('R-1')).toEqual({ kind: 'unclear', evidence: 'bad header (key)' });
    expect(await loud.start(aRequest())).toEqual({ kind: 'unclear', evidence: 'bad header (key)' });
  });
});

describe('the page', () => {
  it('shows what is paid for, escaped', async () => {
    const { redirectUrl } = await begun({ reason: '<script>"Tom" & \'Jo\'</script>', amountMinor: 123_456 });
    const answer = await fetch(redirectUrl);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const page = await answer.text();
    expect(page).toContain('&#60;script&#62;&#34;Tom&#34; &#38; &#39;Jo&#39;&#60;/script&#62;');
    expect(page).not.toContain('<script');
    expect(page).toContain('Pay USD 1234.56');
  });

  it.each([
    ['pay', 'SUCCESS', '1050 USD'],
    ['decline', 'DECLINED', 'failed: declined'],
    ['cancel', 'CANCELLED', 'failed: cancelled'],
    ['later', 'PENDING', 'in_progress'],
  ])('by its button "%s" makes it %s, says so and sends the browser back', async (choice, status, kind) => {
    const request = aRequest();
    const { gatewayRef, redirectUrl } = await begun(request);
    const answer = await press(redirectUrl, choice);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, request.returnUrl]);
    expect(heard).toHaveLength(1);
    const said = JSON.parse(decrypt(JSON.parse(heard[0] ?? '').payload, encryptionKey) ?? '');
    expect(said).toMatchObject({
      referenceNumber: gatewayRef,
      merchantReference: request.reference,
      transactionStatus: status,
    });
    expect(short(await gateway().check(gatewayRef))).toBe(kind);
  });

  it('is used once: a second press changes nothing, and the page says how it ended', async () => {
    const { gatewayRef, redirectUrl } = await begun();
    await press(redirectUrl, 'pay');
    expect((await press(redirectUrl, 'cancel')).status).toBe(303);
    expect(heard).toHaveLength(1);
    expect(short(await gateway().check(gatewayRef))).toBe('1050 USD');
    expect(await (await fetch(redirectUrl)).text()).toContain('SUCCESS');
  });

  it('takes no other choice, and is there for no other payment', async () => {
    const { gatewayRef, redirectUrl } = await begun();
    expect((await press(redirectUrl, 'steal')).status).toBe(400);
    expect((await fetch(`${redirectUrl}0`)).status).toBe(404);
    expect(short(await gateway().check(gatewayRef))).toBe('in_progress');
  });
});

describe('the upstream fake', () => {
  it('closes what nobody pays within thirty minutes, and remembers all of it after a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pesepay-'));
    const recordFile = join(folder, 'payments.jsonl');
    let time = Date.UTC(2026, 4, 7);
    const first = await startPesepayFake({ recordFile, now: () => time });
    const made = [
      await gateway({ baseUrl: first.url }).start(aRequest()),
      await gateway({ baseUrl: first.url }).start(aRequest()),
    ];
    const [paid, left] = made.map((start) => (start.kind === 'started' ? start : undefined));
    await press(paid?.redirectUrl ?? '', 'pay');
    await first.close();
    const second = await startPesepayFake({ recordFile, now: () => time });
    const again = gateway({ baseUrl: second.url });
    expect(second.payments()).toMatchObject([{ status: 'SUCCESS' }, { status: 'INITIATED' }]);
    time += 30 * 60_000 - 1;
    expect(short(await again.check(left?.gatewayRef ?? ''))).toBe('in_progress');
    time += 1;
    expect(short(await again.check(left?.gatewayRef ?? ''))).toBe('failed: expired');
    expect(short(await again.check(paid?.gatewayRef ?? ''))).toBe('1050 USD');
    await second.close();
    rmSync(folder, { recursive: true });
  });

  const statusSaid = (body: string | undefined, key = encryptionKey) =>
    /"transactionStatus":"(\w+)"/.exec(decrypt(JSON.parse(body ?? '{}').payload, key) ?? '')?.[1];

  it('calls back early, twice, late or never, as it is scripted', async () => {
    upstream.planCallbacks({ when: 'early', times: 2 });
    await begun();
    expect(heard.map((body) => statusSaid(body))).toEqual(['INITIATED', 'INITIATED']);
    heard = [];
    upstream.planCallbacks({ when: 'late' });
    await press((await begun()).redirectUrl, 'pay');
    expect(heard).toEqual([]);
    await upstream.release();
    expect(heard.map((body) => statusSaid(body))).toEqual(['SUCCESS']);
    upstream.planCallbacks({ when: 'never' });
    await press((await begun()).redirectUrl, 'pay');
    expect(heard).toHaveLength(1);
  });

  it('calls back with lies, while a check stays true', async () => {
    const { gatewayRef } = await begun();
    expect(await upstream.callBack(gatewayRef, { status: 'SUCCESS' })).toEqual([200]);
    expect(await upstream.callBack(gatewayRef, { status: 'SUCCESS', as: 'forged' })).toEqual([200]);
    expect(await upstream.callBack(gatewayRef, { status: 'SUCCESS', as: 'tampered', times: 2 })).toEqual([200, 200]);
    expect(heard.map((body) => statusSaid(body))).toEqual(['SUCCESS', undefined, undefined, undefined]);
    expect(short(await gateway().check(gatewayRef))).toBe('in_progress');
  });

  it('calls nobody but this machine', async () => {
    const { gatewayRef, redirectUrl } = await begun({ resultUrl: 'https://shop.example/result' });
    expect((await press(redirectUrl, 'pay')).status).toBe(303);
    expect(await upstream.callBack(gatewayRef)).toEqual([]);
  });

  it('lists currencies and their methods', async () => {
    const currencies = await (await fetch(`${upstream.url}/v1/currencies/active`)).json();
    expect(currencies).toEqual([expect.objectContaining({ code: 'USD' }), expect.objectContaining({ code: 'ZiG' })]);
    const methods = await (await fetch(`${upstream.url}/v1/payment-methods/for-currency?currencyCode=ZiG`)).json();
    expect(methods).toEqual([expect.objectContaining({ code: 'PZW201' })]);
  });

  describe('with the vendor’s own client', () => {
    function vendors(key = encryptionKey) {
      // It knows one address only, and reads it at every call.
      Object.assign(vendorsAddresses, {
        INITIATE_PAYMENT_URL: `${upstream.url}/v1/payments/initiate`,
        CHECK_PAYMENT_URL: `${upstream.url}/v1/payments/check-payment`,
        MAKE_SEAMLESS_PAYMENT_URL: `${upstream.url}/v2/payments/make-payment`,
      });
      const client = new Pesepay(integrationKey, key);
      client.resultUrl = resultUrl;
      client.returnUrl = 'https://shop.example/back';
      return client;
    }

    it('takes a payment from its start to its end, which our adapter reads alike', async () => {
      const client = vendors();
      const begin = await client.initiateTransaction(client.createTransaction(12.34, 'ZiG', 'Top-up', 'vendor-1'));
      expect(begin).toMatchObject({ success: true, referenceNumber: expect.any(String) });
      const reference = begin.referenceNumber ?? '';
      expect(await client.checkPayment(reference)).toMatchObject({ success: true, paid: false });
      expect((await press(begin.redirectUrl ?? '', 'pay')).status).toBe(303);
      expect(await client.checkPayment(reference)).toMatchObject({ success: true, paid: true });
      expect(await client.pollTransaction(begin.pollUrl ?? '')).toMatchObject({ success: true, paid: true });
      expect(short(await gateway().check(reference))).toBe('1234 ZWG');
    });

    it('reads what our adapter starts', async () => {
      const { gatewayRef, redirectUrl } = await begun();
      await press(redirectUrl, 'pay');
      expect(await vendors().checkPayment(gatewayRef)).toMatchObject({ success: true, paid: true });
    });

    it.each([
      ['0777777777', true, '500 USD'],
      ['0770000000', false, 'failed: gateway_error'],
    ])('pays without a page, by the sandbox’s phone %s', async (customerPhoneNumber, paid, kind) => {
      const client = vendors();
      const payment = client.createPayment('USD', 'PZW211', 'someone@shop.example');
      const answer = await client.makeSeamlessPayment(payment, 'Top-up', 5, { customerPhoneNumber });
      expect(answer).toMatchObject({ success: true, paid });
      expect(short(await gateway().check(answer.referenceNumber ?? ''))).toBe(kind);
    });

    it('refuses wrong keys', async () => {
      const client = vendors(OTHER_KEY);
      const answer = await client.initiateTransaction(client.createTransaction(1, 'USD', 'Top-up'));
      expect(answer).toMatchObject({ success: false, message: expect.stringContaining('404') });
    });
  });
});

it('is off while its secret is as it was created, and not where it is wrong', async () => {
  const isOff = (secret: string) =>
    pesepay({ http: nodeHttp(), credentials: async () => parsePesepayCredentials(secret) }).isOff?.();
  for (const secret of ['', '{}', 'A'.repeat(64)]) expect(await isOff(secret)).toBe(true);
  for (const secret of ['not json', '{"baseUrl":"x"}']) expect(await isOff(secret)).toBe(false);
});
