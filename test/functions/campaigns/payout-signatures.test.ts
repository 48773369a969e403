import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { checkSignature } from '../../../shared/flows/campaigns/check-signature.ts';
import { signEvent } from '../../../shared/flows/webhooks/sign-event.ts';
import { listWallet } from '../../../shared/store/ledger.ts';
import { Chance } from '../../simulation/chance.ts';
import { aCampaign, knock, plain, standard } from '../../support/campaigns.ts';
import { repeats } from '../../support/length.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

/**
 * Thousands of requests that nobody signed as they are: forged, stale, replayed, cut short, encoded differently. None
 * may be accepted. The kinds take turns, so that none is missing by chance.
 */

afterAll(stopEngine);

const NOW = '2026-05-07T08:00:00.000Z';
const secretOf = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
const [current, former, stranger] = [secretOf(0xfb), secretOf(2), secretOf(3)];
const SECRETS = [current, former];

interface Request {
  readonly headers: Record<string, string>;
  readonly body: string | Buffer;
}

function genuine(chance: Chance): Request & { isPlain: boolean } {
  const amount = 1 + chance.below(9);
  const person = `uuid:${chance.below(1e9).toString(16)}-ünïcode-👍`;
  const body = JSON.stringify({ respondent_id: person, target: `077${2_000_000 + chance.below(1e6)}`, amount });
  const secret = chance.pick(SECRETS);
  const isPlain = chance.happens(0.5);
  const at = new Date(Date.parse(NOW) + chance.below(600_000) - 300_000).toISOString();
  return { isPlain, body, headers: isPlain ? plain(secret, body) : standard(secret, body, at) };
}

type Spoil = (request: Request, chance: Chance) => Request;

const textOf = ({ body }: Request) => body.toString();
const signatureName = ({ headers }: Request) =>
  headers['webhook-signature'] === undefined ? 'x-airtime-signature' : 'webhook-signature';

function withSignature(request: Request, change: (signature: string) => string): Request {
  const name = signatureName(request);
  return { ...request, headers: { ...request.headers, [name]: change(request.headers[name] ?? '') } };
}

const flipped = (text: string, chance: Chance) => {
  const at = chance.below(text.length);
  const other = chance.pick([...'0123456789abcdefABCDEF+/='].filter((each) => each !== text[at]));
  return text.slice(0, at) + other + text.slice(at + 1);
};

/** Each makes of a genuine request one that nobody signed. */
const SPOILS: Readonly<Record<string, Spoil>> = {
  'signed with a secret of nobody': ({ body, headers }) => ({
    body,
    headers: headers['webhook-id'] ? standard(stranger, `${body}`, NOW) : plain(stranger, `${body}`),
  }),
  'signed with the empty secret': ({ body }) => ({ body, headers: plain('', `${body}`) }),
  'signed plainly with the decoded secret': ({ body }) => ({
    body,
    headers: {
      'x-airtime-signature': `sha256=${createHmac('sha256', Buffer.alloc(32, 0xfb)).update(body).digest('hex')}`,
    },
  }),
  'signed in the strong form with the text of the secret': ({ body }) => {
    const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '' } = standard(current, `${body}`, NOW);
    const signature = createHmac('sha256', current).update(`${id}.${timestamp}.${body}`).digest('base64');
    const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
    return { body, headers };
  },
  'with a random signature': (request, chance) =>
    withSignature(request, () =>
      signatureName(request) === 'webhook-signature'
        ? `v1,${Buffer.from(Array.from({ length: 32 }, () => chance.below(256))).toString('base64')}`
        : `sha256=${Array.from({ length: 64 }, () => chance.below(16).toString(16)).join('')}`,
    ),
  'with one character of the signature changed': (request, chance) =>
    withSignature(request, (signature) => flipped(signature, chance)),
  'with the signature cut short': (request, chance) =>
    withSignature(request, (signature) => signature.slice(0, chance.below(signature.length))),
  'with the signature made longer': (request, chance) =>
    withSignature(request, (signature) => `${signature}${chance.pick(['0', '=', 'A', '\u0000'])}`),
  'with the signature in capitals': (request) =>
    withSignature(request, (signature) => (/[a-z]/.test(signature) ? signature.toUpperCase() : '')),
  'with the signature in another base': (request) =>
    withSignature(request, (signature) =>
      signature.startsWith('v1,')
        ? `v1,${Buffer.from(signature.slice(3), 'base64').toString('hex')}`
        : `sha256=${Buffer.from(signature.slice(7), 'hex').toString('base64')}`,
    ),
  'with the signature without its name': (request) =>
    withSignature(request, (signature) => signature.replace(/^(sha256=|v1,)/, '')),
  'with the signature of another version': (request, chance) =>
    withSignature(request, (signature) =>
      signature.replace(/^(sha256=|v1,)/, chance.pick(['v2,', 'sha1=', 'v1a,', 'V1,'])),
    ),
  'with the signature twice': (request) => withSignature(request, (signature) => `${signature},${signature}`),
  'without a signature': (request) => withSignature(request, () => ''),
  'with a byte of the body changed': (request, chance) => {
    const bytes = Buffer.from(request.body);
    const at = chance.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8));
    return { ...request, body: bytes };
  },
  'with the body cut short': (request, chance) => ({
    ...request,
    body: Buffer.from(request.body).subarray(0, chance.below(Buffer.byteLength(request.body))),
  }),
  'with the body made longer': (request, chance) => ({
    ...request,
    body: textOf(request) + chance.pick([' ', '\n', '\u0000', '{}', textOf(request)]),
  }),
  'with a byte order mark': (request) => ({ ...request, body: `\ufeff${textOf(request)}` }),
  'with the body written out again': (request) => ({
    ...request,
    body: JSON.stringify(JSON.parse(textOf(request)), null, 1),
  }),
  'with the body in other escapes': (request) => ({
    ...request,
    body: textOf(request).replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  }),
  'with the body in another normal form': (request) => ({ ...request, body: textOf(request).normalize('NFD') }),
  'with the body in another encoding': (request, chance) => ({
    ...request,
    body: Buffer.from(textOf(request), chance.pick(['latin1', 'utf16le', 'base64'] as const)),
  }),
  'with bytes that read as the same text': (request) => ({
    ...request,
    body: Buffer.concat([Buffer.from(request.body), Buffer.from([0xc0, 0x80])]),
  }),
  'with the body in lower case': (request) => ({ ...request, body: textOf(request).replace('uuid', 'UUID') }),
  'with the signature of another request': (request, chance) => {
    const other = genuine(chance);
    return other.body === request.body ? { ...other, body: `${other.body} ` } : { ...other, body: request.body };
  },
  'with the amount raised': (request) => ({ ...request, body: textOf(request).replace(/"amount":\d/, '"amount":999') }),
};

/** Those that only the form with an id and a timestamp can be spoilt by. */
const STRONG_SPOILS: Readonly<Record<string, Spoil>> = {
  'stale, or from the future': ({ body }, chance) => {
    const off = 301_000 + chance.below(1e9);
    const at = new Date(Date.parse(NOW) + (chance.happens(0.5) ? off : -off)).toISOString();
    return { body, headers: standard(chance.pick(SECRETS), `${body}`, at) };
  },
  'with a fresher timestamp': ({ body, headers }, chance) => {
    const timestamp = String(Number(headers['webhook-timestamp']) + 1 + chance.below(300));
    return { body, headers: { ...headers, 'webhook-timestamp': timestamp } };
  },
  'with another spelling of its timestamp': ({ body, headers }, chance) => {
    const said = headers['webhook-timestamp'] ?? '';
    const spelt = chance.pick([
      `0${said}`,
      `+${said}`,
      `${said}.0`,
      ` ${said}`,
      `${said} `,
      `${Number(said)}e0`,
      '',
      'NaN',
    ]);
    return { body, headers: { ...headers, 'webhook-timestamp': spelt } };
  },
  'under another id': ({ body, headers }, chance) => ({
    body,
    headers: { ...headers, 'webhook-id': flipped(headers['webhook-id'] ?? '', chance) },
  }),
  'parted in another place': ({ body, headers }) => {
    const id = `${headers['webhook-id']}.${headers['webhook-timestamp']}`;
    return { body: `${body}`, headers: { ...headers, 'webhook-id': id, 'webhook-timestamp': '' } };
  },
  'without one of its headers': ({ body, headers }, chance) => {
    const { [chance.pick(['webhook-id', 'webhook-timestamp', 'webhook-signature'])]: _gone, ...rest } = headers;
    return { body, headers: rest };
  },
  'with a plain signature for what is missing': ({ body, headers }) => {
    const { 'webhook-id': _id, ...rest } = headers;
    return { body, headers: { ...rest, ...plain(current, `${body}`) } };
  },
};

const COUNT = repeats({ short: 2_000, long: 40_000 });
const REQUESTS = repeats({ short: 200, long: 1_000 });

describe('the check of a signature', () => {
  it('accepts no request that nobody signed, and each of those they were made of', () => {
    const chance = new Chance(20260507);
    const kinds = [...Object.entries(SPOILS), ...Object.entries(STRONG_SPOILS)];
    const accepted: string[] = [];
    const tried = new Map<string, number>();
    const check = (request: Request, needsTimestamp = false) =>
      checkSignature(request, SECRETS, { at: NOW, needsTimestamp }).kind;
    for (let n = 0; n < COUNT; n += 1) {
      const [kind, spoil] = kinds[n % kinds.length] ?? ['', (same: Request) => same];
      let request = genuine(chance);
      while (kind in STRONG_SPOILS && request.isPlain) request = genuine(chance);
      if (check(request) !== 'proven') throw new Error(`a genuine request is not taken: ${JSON.stringify(request)}`);
      const spoilt = spoil(request, chance);
      // A capital in a plain signature without letters, and the like, would be the genuine one.
      const isSame = JSON.stringify(spoilt) === JSON.stringify({ headers: request.headers, body: request.body });
      if (isSame) continue;
      tried.set(kind, (tried.get(kind) ?? 0) + 1);
      if (check(spoilt) === 'proven') accepted.push(`${kind}: ${JSON.stringify(spoilt)}`);
    }
    expect(accepted).toEqual([]);
    expect(tried.size).toBe(kinds.length);
    expect([...tried.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0.9 * COUNT);
  }, 120_000);

  it('agrees with the library of Standard Webhooks about what is signed', () => {
    const body = '{"respondent_id":"a"}';
    const at = new Date();
    const signature = new Webhook(current).sign('msg_1', at, body);
    const timestamp = String(Math.floor(at.getTime() / 1000));
    const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': timestamp, 'webhook-signature': signature };
    const options = { at: at.toISOString(), needsTimestamp: true };
    expect(checkSignature({ headers, body }, [former, current], options)).toEqual({
      kind: 'proven',
      requestId: 'msg_1',
    });
    const ours = signEvent({ id: 'evt_1', body }, SECRETS, at.toISOString());
    expect(checkSignature({ headers: ours, body }, [former], options)).toEqual({ kind: 'proven', requestId: 'evt_1' });
  });

  it('compares in constant time, every signature with every secret, whichever fits', () => {
    const source = readFileSync('shared/flows/campaigns/check-signature.ts', 'utf8');
    expect(source).toContain('timingSafeEqual(given, expected)');
    expect(source.match(/===/g)).toHaveLength(source.match(/=== (undefined|expected\.length)/g)?.length ?? 0);
    for (const secret of SECRETS) {
      const proof = checkSignature({ headers: plain(secret, 'x'), body: 'x' }, SECRETS, {
        at: NOW,
        needsTimestamp: false,
      });
      expect(proof).toEqual({ kind: 'proven' });
    }
  });

  it('is not kept busy by a header of many signatures', () => {
    const body = '{}';
    const good = standard(current, body, NOW);
    const many = `${'v1,x '.repeat(10)}${good['webhook-signature']}`;
    const options = { at: NOW, needsTimestamp: false };
    expect(checkSignature({ headers: { ...good, 'webhook-signature': many }, body }, SECRETS, options).kind).toBe(
      'wrong',
    );
    const few = `v1a,x ${good['webhook-signature']}`;
    expect(checkSignature({ headers: { ...good, 'webhook-signature': few }, body }, SECRETS, options).kind).toBe(
      'proven',
    );
  });
});

it('unsigned requests and replays through the whole request pipeline pay nobody', async () => {
  const world = await testWorld();
  const merchant = await aMerchant(world);
  await sell(world);
  const campaign = await aCampaign(world, merchant.id);
  const chance = new Chance(7);
  const kinds = Object.entries({ ...SPOILS, ...STRONG_SPOILS });
  const answers: Record<string, number> = {};
  const count = (status: number, code: string) => {
    answers[`${status} ${code}`] = (answers[`${status} ${code}`] ?? 0) + 1;
  };
  for (let n = 0; n < REQUESTS; n += 1) {
    const [kind, spoil] = kinds[n % kinds.length] ?? ['', (same: Request) => same];
    const body = JSON.stringify({ respondent_id: `ünïcode-${n}`, target: '0772279099', amount: 1 });
    const isStrong = kind in STRONG_SPOILS || n % 2 === 0;
    const headers = isStrong ? standard(campaign.secret, body, world.now()) : plain(campaign.secret, body);
    const isStale = kind.startsWith('stale');
    const late = new Date(Date.parse(world.now()) - 301_000 - n * 1000).toISOString();
    const spoilt = isStale
      ? { headers: standard(campaign.secret, body, late), body }
      : spoil({ headers, body }, chance);
    if (JSON.stringify(spoilt) === JSON.stringify({ headers, body })) continue;
    const text = spoilt.body.toString();
    const bytes = Buffer.from(text).equals(Buffer.from(spoilt.body)) ? undefined : Buffer.from(spoilt.body);
    const reply = await knock(world, campaign.id, spoilt.headers, text, bytes);
    count(reply.status, reply.json.code);
  }
  expect(Object.keys(answers).toSorted()).toEqual(['401 signature_invalid', '401 timestamp_stale']);
  const wallet = { merchantId: merchant.id, mode: 'live', currency: 'USD' } as const;
  expect((await listWallet(world, wallet, { limit: 10 })).entries).toHaveLength(1);
  const body = JSON.stringify({ respondent_id: 'once', target: '0772279099' });
  const signed = standard(campaign.secret, body, world.now());
  expect((await knock(world, campaign.id, signed, body)).status).toBe(201);
  for (let n = 0; n < REQUESTS; n += 1) {
    const replayed = await knock(world, campaign.id, signed, body);
    expect([replayed.status, replayed.json.code]).toEqual([409, 'request_replayed']);
  }
  expect((await listWallet(world, wallet, { limit: 10 })).entries).toHaveLength(2);
}, 240_000);
