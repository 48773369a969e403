import { createHmac, timingSafeEqual } from 'node:crypto';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { signEvent } from '../../../shared/flows/webhooks/sign-event.ts';
import { repeats } from '../../support/length.ts';

/** Fixed, so that a failure comes again. */
const SEED = 20260507;
const RUNS = repeats({ short: 500, long: 10_000 });
/** The official package looks at the clock. */
const NOW = new Date().toISOString();

const [newest, oldest, stranger] = [1, 2, 3].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`) as [
  string,
  string,
  string,
];

const ids = fc.stringMatching(/^evt_[0-9a-z]{20}$/);
const secrets = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => {
  return `whsec_${Buffer.from(bytes).toString('base64')}`;
});
const bodies = fc.oneof(
  { weight: 60, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  { weight: 30, arbitrary: fc.json() },
  { weight: 5, arbitrary: fc.constant('') },
  { weight: 5, arbitrary: fc.nat({ max: 400 }).map((count) => 'Zvakanaka 👍 ünïcode\r\n'.repeat(count)) },
);
const instants = fc
  .date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());

/** Standard Webhooks, written once more from its text: nothing of ours, nothing of the official package. */
function verifies(secret: string, headers: Record<string, string>, body: string): boolean {
  const key = Buffer.from(secret.split('_')[1] ?? '', 'base64');
  const signed = Buffer.concat([
    Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.`),
    Buffer.from(body, 'utf8'),
  ]);
  const expected = createHmac('sha256', key).update(signed).digest();
  return (headers['webhook-signature'] ?? '').split(' ').some((each) => {
    const given = Buffer.from(each.slice(3), 'base64');
    return each.startsWith('v1,') && given.length === 32 && timingSafeEqual(given, expected);
  });
}

function officiallyVerifies(secret: string, headers: Record<string, string>, body: string): boolean {
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}

const both = (secret: string, headers: Record<string, string>, body: string) => [
  officiallyVerifies(secret, headers, body),
  verifies(secret, headers, body),
];

it(`${RUNS} random events verify with the official package and with another implementation`, () => {
  let [empty, wide, longest] = [0, 0, 0];
  const property = fc.property(ids, bodies, secrets, (id, body, secret) => {
    if (body === '') empty += 1;
    if (Buffer.byteLength(body) > body.length) wide += 1;
    longest = Math.max(longest, Buffer.byteLength(body));
    const headers = signEvent({ id, body }, [secret], NOW);
    return both(secret, headers, body).every((is) => is);
  });
  fc.assert(property, { seed: SEED, numRuns: RUNS });
  expect(empty).toBeGreaterThan(RUNS / 40);
  expect(wide).toBeGreaterThan(RUNS / 10);
  expect(longest).toBeGreaterThan(8000);
});

it(`what the official package signs, ${RUNS} times at any time, is what we sign`, () => {
  const property = fc.property(ids, bodies, secrets, instants, (id, body, secret, at) => {
    const headers = signEvent({ id, body }, [secret], at);
    return headers['webhook-signature'] === new Webhook(secret).sign(id, new Date(at), body);
  });
  fc.assert(property, { seed: SEED, numRuns: RUNS });
});

it('while two secrets are active, both verify and a third does not; the newest signs first', () => {
  const event = { id: 'evt_1', body: '{"a":1}' };
  const headers = signEvent(event, [newest, oldest], NOW);
  expect(both(newest, headers, event.body)).toEqual([true, true]);
  expect(both(oldest, headers, event.body)).toEqual([true, true]);
  expect(both(stranger, headers, event.body)).toEqual([false, false]);
  const alone = [newest, oldest].map((secret) => signEvent(event, [secret], NOW)['webhook-signature']);
  expect(headers['webhook-signature']).toBe(alone.join(' '));
});

it('another body, id or timestamp, by so little as one character, does not verify', () => {
  const another = fc.record({ id: ids, body: bodies.filter((body) => body.length > 0), index: fc.nat() });
  const property = fc.property(another, ({ id, body, index }) => {
    const headers = signEvent({ id, body }, [newest, oldest], NOW);
    const at = index % body.length;
    const bodyToo = `${body.slice(0, at)}${body[at] === 'x' ? 'y' : 'x'}${body.slice(at + 1)}`;
    const later = String(Number(headers['webhook-timestamp']) + 1);
    const tampered = [
      both(newest, headers, bodyToo),
      both(newest, headers, `${body} `),
      both(newest, { ...headers, 'webhook-id': `${id}0` }, body),
      both(newest, { ...headers, 'webhook-timestamp': later }, body),
    ];
    return tampered.flat().every((is) => !is);
  });
  fc.assert(property, { seed: SEED, numRuns: repeats({ short: 150, long: 500 }) });
});

it('the plain signature is over the body alone, keyed with the whole text of the oldest secret', () => {
  const property = fc.property(ids, bodies, (id, body) => {
    const plain = (secret: string) => `sha256=${createHmac('sha256', secret).update(body, 'utf8').digest('hex')}`;
    const alone = signEvent({ id, body }, [newest], NOW)['x-airtime-signature'];
    const overlapping = signEvent({ id, body }, [newest, oldest], NOW)['x-airtime-signature'];
    return alone === plain(newest) && overlapping === plain(oldest);
  });
  fc.assert(property, { seed: SEED, numRuns: 500 });
});

it('the timestamp is whole seconds, rounded down, and there is no header but these', () => {
  expect(signEvent({ id: 'evt_1', body: '' }, [newest], '2026-05-07T08:00:02.999Z')).toEqual({
    'webhook-id': 'evt_1',
    'webhook-timestamp': '1778140802',
    'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
    'x-airtime-signature': expect.stringMatching(/^sha256=[0-9a-f]{64}$/),
  });
});

it.each([
  ['no secret at all', []],
  ['a secret without its prefix', [newest.slice(6)]],
  ['a secret that is too short', [newest, 'whsec_c2hvcnQ=']],
  ['an empty secret', ['whsec_']],
])('%s signs nothing', (_what, wrong) => {
  expect(() => signEvent({ id: 'evt_1', body: '' }, wrong, NOW)).toThrow('assertion failed');
});
