import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DEFAULT_LIMITS } from '../../shared/domain/terms.ts';
import { DAY, elapsed, HOUR, MINUTE, plus, SECOND } from '../../shared/domain/time.ts';
import type { Delivery as Tried } from '../../shared/domain/webhook.ts';
import {
  DELIVERY_KEPT_MS,
  DELIVERY_STATUSES,
  EVENT_TYPES,
  newDelivery,
  record,
  TEST_EVENT,
  TRIES_MAX,
} from '../../shared/domain/webhook.ts';
import { signEvent } from '../../shared/flows/webhooks/sign-event.ts';
import { viewOrder } from '../../shared/http/views/order-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { successful } from '../domain/orders.ts';
import type { Runtime } from './runtimes.ts';
import { PLAIN, RUNTIMES } from './runtimes.ts';

/** The guide's promises to merchants, each of them tried: what it prints is run, and by the runtime that they use. */

const guide = readFileSync('docs/webhooks.md', 'utf8');
const NOW = new Date().toISOString();
const RUN_MS_MAX = 180 * SECOND;

/** Code between fences of a kind, in the order in which it is printed. */
function snippets(fence: string): string[] {
  return [...guide.matchAll(new RegExp(`^\`\`\`${fence}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map((match) => match[1] ?? '');
}

const secretOf = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
const [current, former, stranger] = [secretOf(0xfb), secretOf(2), secretOf(3)];

interface Delivery {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
  readonly body: string;
}

const body = JSON.stringify({ id: 'evt_1', type: 'order.success', note: 'Zvakanaka 👍 ü' });

function delivery(secrets: readonly string[], at = NOW, text = body): Delivery {
  const headers = signEvent({ id: 'evt_1', body: text }, secrets, at);
  const { 'webhook-timestamp': timestamp = '', 'webhook-signature': signature = '' } = headers;
  return { id: 'evt_1', timestamp, signature, body: text };
}

const sound = delivery([current]);
const rotating = delivery([current, former]);
const forged = createHmac('sha256', '').update(`evt_1.${sound.timestamp}.${body}`).digest('base64');

const CASES: readonly (readonly [what: string, isOurs: boolean, secret: string, delivery: Delivery])[] = [
  ['valid', true, current, sound],
  ['valid and four minutes late', true, current, delivery([current], plus(NOW, -240 * SECOND))],
  ['valid and from a clock that is ahead', true, current, delivery([current], plus(NOW, 240 * SECOND))],
  ['an empty body', true, current, delivery([current], NOW, '')],
  ['a large body', true, current, delivery([current], NOW, '👍'.repeat(20_000))],
  ['a tampered body', false, current, { ...sound, body: body.replace('success', 'failed') }],
  ['a body that was written out again', false, current, { ...sound, body: JSON.stringify(JSON.parse(body), null, 2) }],
  ['another id', false, current, { ...sound, id: 'evt_2' }],
  ['another timestamp', false, current, { ...sound, timestamp: String(Number(sound.timestamp) + 1) }],
  ['a stale timestamp', false, current, delivery([current], plus(NOW, -310 * SECOND))],
  ['a timestamp from the future', false, current, delivery([current], plus(NOW, 600 * SECOND))],
  ['a wrong secret', false, stranger, sound],
  ['several signatures, and the new secret', true, current, rotating],
  ['several signatures, and the old secret', true, former, rotating],
  ['several signatures, and a third secret', false, stranger, rotating],
  ['a signature of another version before ours', true, current, { ...sound, signature: `v1a,x ${sound.signature}` }],
  ['our signature as another version', false, current, { ...sound, signature: sound.signature.replace('v1', 'v2') }],
  ['our signature cut short', false, current, { ...sound, signature: sound.signature.slice(0, -4) }],
  ['a signature that is none', false, current, { ...sound, signature: 'v1 ,, v1, ü' }],
  ['no signature', false, current, { ...sound, signature: '' }],
  ['no id', false, current, { ...sound, id: '' }],
  ['no timestamp', false, current, { ...sound, timestamp: '' }],
  ['a timestamp that is no number', false, current, { ...sound, timestamp: 'soon' }],
  ['a timestamp that is too large', false, current, { ...sound, timestamp: '9'.repeat(5000) }],
  ['a signature by no secret, where the secret is not set', false, '', { ...sound, signature: `v1,${forged}` }],
];

/** What the snippet says to each line, in a folder that holds nothing else. */
function run(runtime: Runtime, snippet: string, lines: readonly (readonly string[])[]): boolean[] {
  const folder = mkdtempSync(join(tmpdir(), 'guide-'));
  try {
    for (const [name, text] of Object.entries(runtime.files(snippet))) writeFileSync(join(folder, name), text);
    const [program = '', ...parameters] = runtime.run;
    const { stdout, stderr, status, error } = spawnSync(program, parameters, {
      cwd: folder,
      input: lines.map((columns) => `${columns.join('\t')}\n`).join(''),
      encoding: 'utf8',
      env: { ...process.env, GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local', DOTNET_NOLOGO: '1', PYTHONUTF8: '1' },
      timeout: RUN_MS_MAX,
    });
    if (error || status !== 0) throw new Error(`${program} ended with ${status}: ${error?.message ?? ''}\n${stderr}`);
    // Nothing else that a runtime may print is an answer.
    return [...stdout.matchAll(/^(true|false)\r?$/gim)].map(([, word]) => word?.toLowerCase() === 'true');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function isInstalled({ version: [program = '', ...parameters] }: Runtime): boolean {
  return spawnSync(program, parameters, { stdio: 'ignore' }).status === 0;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('the snippet for', () => {
  for (const runtime of RUNTIMES) {
    if (runtime.isRequired || isInstalled(runtime)) {
      const name = `${runtime.name} takes what is ours and nothing else`;
      it(name, () => runsRight(runtime), RUN_MS_MAX);
    } else {
      it(`${runtime.name} is not installed here: its snippet was not run`, () => {
        expect(snippets(runtime.fence)).toHaveLength(1);
      });
    }
  }
});

function runsRight(runtime: Runtime): void {
  const lines = CASES.map(([, , secret, { id, timestamp, signature, body: text }]) => {
    return [secret, id, timestamp, signature, base64(text)];
  });
  const said = run(runtime, snippets(runtime.fence)[0] ?? '', lines);
  expect(CASES.map(([what], index) => [what, said[index]])).toEqual(CASES.map(([what, isOurs]) => [what, isOurs]));
}

it('the plain check, as it is printed, takes the body by the oldest secret and nothing else', () => {
  const plain = (...secrets: string[]) => signEvent({ id: 'evt_1', body }, secrets, NOW)['x-airtime-signature'] ?? '';
  const cases: [what: string, isOurs: boolean, secret: string, signature: string, body: string][] = [
    ['valid', true, current, plain(current), body],
    ['a tampered body', false, current, plain(current), `${body} `],
    ['a wrong secret', false, stranger, plain(current), body],
    ['the old secret during an overlap', true, former, plain(current, former), body],
    ['the new secret during an overlap', false, current, plain(current, former), body],
  ];
  const lines = cases.map(([, , secret, signature, text]) => [secret, signature, base64(text)]);
  const said = run(PLAIN, snippets('python')[1] ?? '', lines);
  expect(cases.map(([what], index) => [what, said[index]])).toEqual(cases.map(([what, isOurs]) => [what, isOurs]));
});

it('the plain check is the one that merchants were given at first', () => {
  expect(snippets('python')[1]).toBe(`raw = request.body
sig_header = request.headers["X-Airtime-Signature"]
expected = hmac.new(WEBHOOK_SECRET.encode(), raw, hashlib.sha256).hexdigest()
assert hmac.compare_digest(sig_header.replace("sha256=", ""), expected)
`);
});

it('the numbers to check code against are right', () => {
  const row = (name: string) => new RegExp(`^\\| ${name} \\| \`(.*)\` \\|$`, 'm').exec(guide)?.[1] ?? '';
  const timestamp = row('`webhook-timestamp`');
  const event = { id: row('`webhook-id`'), body: row('body') };
  expect(signEvent(event, [row('secret')], plus('1970-01-01T00:00:00.000Z', Number(timestamp) * SECOND))).toEqual({
    'webhook-id': event.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': row('`webhook-signature`'),
    'x-airtime-signature': row('`x-airtime-signature`'),
  });
});

it('the sample has the fields of an order that succeeded, and the headers are those that we send', () => {
  const [sample] = snippets('json').map((text) => JSON.parse(text));
  const shown = viewOrder(successful(), NOW);
  expect(Object.keys(sample.data.object)).toEqual(Object.keys(shown));
  expect(sample.data.object).toMatchObject({ status: shown.status, final: shown.final, failure: shown.failure });
  const names = [...(snippets('http')[0] ?? '').matchAll(/^([a-z-]+):/gm)].map((match) => match[1]);
  expect(names).toEqual(Object.keys(signEvent({ id: sample.id, body: '' }, [current], NOW)));
});

it('the guide has every route of webhooks, every type of event and every status of a delivery, and no other', () => {
  const own = Object.values(routes).filter(({ path }) => path.startsWith('/api/v1/webhooks/'));
  const listed = [...guide.matchAll(/^\| `([A-Z]+ \/api\S+)` \|/gm)].map((match) => match[1]);
  expect(listed.toSorted()).toEqual(own.map(({ method, path }) => `${method} ${path}`).toSorted());
  const types = [...guide.matchAll(/^\| `(\w+\.\w+)` \|/gm)].map((match) => match[1]);
  expect(types.toSorted()).toEqual([...EVENT_TYPES, TEST_EVENT].toSorted());
  const statuses = /\?status=(\w+)` \(or ([^)]*)\)/.exec(guide);
  const named = [
    statuses?.[1],
    ...[...(statuses?.[2] ?? '').matchAll(/\w+/g)].filter(([word]) => word !== 'or').flat(),
  ];
  expect(named.toSorted()).toEqual(DELIVERY_STATUSES.toSorted());
});

it('the table of attempts is the schedule that deliveries keep, and the limits are those in force', () => {
  const event = { id: 'evt_1', type: TEST_EVENT, createdAt: NOW, sequence: 1, body };
  const to = { id: 'whe_1', merchantId: 'mer_1', mode: 'live', url: 'https://a.example', events: [] } as const;
  const endpoint = { ...to, secretVersion: 1, retiring: [], createdAt: NOW, revision: 1 };
  const waits: number[] = [];
  let [delivery, at]: [Tried, string] = [newDelivery(endpoint, event, NOW), NOW];
  while (delivery.status === 'pending') {
    // In the middle of the jitter.
    delivery = record(delivery, { at, latencyMs: 0, status: 500 }, { at, chance: 0.5 });
    if (delivery.dueAt) waits.push(elapsed(at, delivery.dueAt));
    at = delivery.dueAt ?? at;
  }
  const units: Readonly<Record<string, number>> = { s: SECOND, min: MINUTE, h: HOUR };
  const table = [...guide.matchAll(/^\| (\d+) \| (?:at once|(\d+) (s|min|h)) \|/gm)];
  expect(table.map(([, tries]) => Number(tries))).toEqual(Array.from({ length: TRIES_MAX }, (_, index) => index + 1));
  expect(table.slice(1).map(([, , count, unit = '']) => Number(count) * (units[unit] ?? 0))).toEqual(waits);
  expect(guide).toContain(`| endpoints | ${DEFAULT_LIMITS.live.counts.endpoints} per merchant and mode |`);
  expect(guide).toContain(`| attempts | ${TRIES_MAX}, over about 75.5 hours |`);
  expect(elapsed(NOW, at) / HOUR).toBeCloseTo(75.5, 0);
  expect(guide).toContain(`kept for ${DELIVERY_KEPT_MS / DAY} days`);
});

it('no line of the guide is wider than can be read at once, and its links to itself lead somewhere', () => {
  expect(guide.split('\n').filter((line) => line.length > 120)).toEqual([]);
  const headings = [...guide.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
    return heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-');
  });
  const links = [...guide.matchAll(/\]\(#([^)]+)\)/g)].map((match) => match[1] ?? '');
  expect(links.filter((link) => !headings.includes(link))).toEqual([]);
});
