import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { Webhook } from 'standardwebhooks';
import { signPayout, verifyWebhook } from '../../sdk/typescript/src/airtime.ts';
import { ours } from '../support/scripted-fetch.ts';

/** Signatures of the SDK, against the examples of our pages and a library that is not ours. */

const row = (page: string, name: string) =>
  new RegExp(`^\\| ${name} \\| (.*) \\|$`, 'm').exec(readFileSync(page, 'utf8'))?.[1]?.replaceAll('`', '') ?? '';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const other = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const body = '{"type":"order.success","note":"Zvakanaka 👍"}';
const at = new Date();

function signed(by = secret, when = at): Record<string, string> {
  return {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(when.getTime() / 1000)),
    'webhook-signature': new Webhook(by).sign('evt_1', when, body),
    'x-airtime-signature': `sha256=${createHmac('sha256', by).update(body).digest('hex')}`,
  };
}

const plain = (by = secret) => ({ 'X-Airtime-Signature': signed(by)['x-airtime-signature'] });
const minutesAgo = (minutes: number) => new Date(at.getTime() - minutes * 60_000);
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'verified',
    (error: { code: string }) => error.code,
  );

describe('a webhook', () => {
  it('is believed by the example of the page, in both forms', async () => {
    const page = 'docs/webhooks.md';
    const bytes = row(page, 'body');
    const headers = { 'x-airtime-signature': row(page, '`x-airtime-signature`') };
    const standard = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [
      name,
      row(page, `\`${name}\``),
    ]);
    const years = { toleranceSeconds: 1e10 };
    const of = row(page, 'secret');
    expect(await verifyWebhook(bytes, Object.fromEntries(standard), of, years)).toMatchObject({
      type: 'order.success',
    });
    expect(await verifyWebhook(bytes, headers, of, { allowPlain: true })).toMatchObject({ type: 'order.success' });
  });

  it.each([
    ['a string', body],
    ['bytes', Buffer.from(body)],
    ['an ArrayBuffer', new TextEncoder().encode(body).buffer],
  ])('is believed as %s, with headers of any kind', async (_, raw) => {
    const shouted = Object.fromEntries(Object.entries(signed()).map(([name, value]) => [name.toUpperCase(), [value]]));
    for (const headers of [signed(), shouted, new Headers(signed())]) {
      expect(await verifyWebhook(raw, headers, secret)).toEqual(JSON.parse(body));
    }
  });

  it('is believed while a secret changes: by either', async () => {
    const both = { ...signed(other), 'webhook-signature': `v1,AAAA ${signed(other)['webhook-signature']}` };
    expect(await code(verifyWebhook(body, both, [secret, other]))).toBe('verified');
    expect(await code(verifyWebhook(body, plain(other), [secret, other], { allowPlain: true }))).toBe('verified');
  });

  const { 'webhook-id': _id, ...withoutId } = signed();
  const { 'webhook-signature': _signature, ...withoutSignature } = signed();
  it.each<[string, string, Record<string, string | undefined>, string]>([
    ['changed bytes', `${body} `, signed(), secret],
    ['another secret', body, signed(other), secret],
    ['an old timestamp', body, signed(secret, minutesAgo(6)), secret],
    ['a timestamp to come', body, signed(secret, minutesAgo(-6)), secret],
    [
      'a timestamp that was not signed',
      body,
      { ...signed(), 'webhook-timestamp': String(Math.floor(Date.now() / 1000) + 9) },
      secret,
    ],
    ['no id', body, withoutId, secret],
    ['no standard signature, with the plain one beside', body, withoutSignature, secret],
    ['no headers at all', body, {}, secret],
    ['a secret that is none', body, signed(), 'hunter2'],
    ['the plain signature alone, which anybody can replay', body, plain(), secret],
  ])('is not believed with %s', async (_, raw, headers, by) => {
    expect(await code(verifyWebhook(raw, headers, by))).toBe('webhook_not_verified');
  });

  it('is not believed by a wrong plain signature, however plain ones are allowed', async () => {
    const upper = { 'x-airtime-signature': plain()['X-Airtime-Signature']?.toUpperCase() };
    for (const headers of [plain(other), upper, { 'x-airtime-signature': 'sha256=00' }]) {
      expect(await code(verifyWebhook(body, headers, secret, { allowPlain: true }))).toBe('webhook_not_verified');
    }
  });

  it.each(['undefined', '', 'whsec_', `whsec_${'A'.repeat(8)}`, secret.slice('whsec_'.length), undefined])(
    'is not believed by the secret %j, which is none, whoever signed with it',
    async (none) => {
      const forged = createHmac('sha256', String(none)).update(body).digest('hex');
      const verified = (headers: Record<string, string>) =>
        code(verifyWebhook(body, headers, none as string, { allowPlain: true }));
      expect(await verified({ 'x-airtime-signature': `sha256=${forged}` })).toBe('webhook_not_verified');
      expect(await verified(signed())).toBe('webhook_not_verified');
    },
  );

  it('is not looked at where any timestamp would do', async () => {
    const old = signed(secret, new Date(0));
    for (const toleranceSeconds of [Number.NaN, Number.POSITIVE_INFINITY, -1, '300' as unknown as number]) {
      await expect(verifyWebhook(body, old, secret, { toleranceSeconds })).rejects.toThrow(TypeError);
    }
  });

  it('may be as old as you say', async () => {
    const old = signed(secret, minutesAgo(6));
    expect(await code(verifyWebhook(body, old, secret, { toleranceSeconds: 600 }))).toBe('verified');
  });
});

describe('a payout', () => {
  it('is signed as the page shows', async () => {
    const page = 'docs/campaigns.md';
    const [id = '', timestamp] = row(page, '`webhook-id`, `webhook-timestamp`').split(', ');
    const headers = await signPayout(row(page, 'body'), row(page, 'secret'), { id, timestamp: Number(timestamp) });
    expect(headers['webhook-signature']).toBe(row(page, '`webhook-signature`'));
  });

  it('is signed as another library verifies, under an id of its own', async () => {
    const [first, second] = [await signPayout(body, secret), await signPayout(body, secret)];
    expect(new Webhook(secret).verify(body, first)).toEqual(JSON.parse(body));
    expect(first['webhook-id']).not.toBe(second['webhook-id']);
    await expect(signPayout(body, 'hunter2')).rejects.toThrow(TypeError);
  });
});

it('all of it works where there is only the web platform', async () => {
  const contents = `
    import { Airtime, signPayout, verifyWebhook } from './sdk/typescript/src/airtime.ts';
    globalThis.result = (async () => {
      const headers = await signPayout('{"type":"x"}', secret);
      const airtime = new Airtime({ baseUrl: 'https://api.example', apiKey: 'atk_test_x' });
      const sent = await airtime.orders.send({ product_id: 1, target: '0772279099', amount: 1 });
      return [await verifyWebhook('{"type":"x"}', headers, secret), sent];
    })();`;
  const options = { bundle: true, write: false, platform: 'neutral', format: 'iife' } as const;
  const { outputFiles } = await build({ stdin: { contents, resolveDir: '.', loader: 'ts' }, ...options });
  const web = {
    TextEncoder,
    TextDecoder,
    URLSearchParams,
    AbortController,
    crypto,
    atob,
    btoa,
    setTimeout,
    clearTimeout,
  };
  const answered = ours('PlacedOrder', { status: 'success' });
  const answers = async () => Response.json(answered);
  const context = createContext({ ...web, fetch: answers, secret });
  runInContext(outputFiles[0]?.text ?? '', context);
  expect(await context.result).toEqual([{ type: 'x' }, answered]);
});
