import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import * as z from 'zod/mini';
import { issueToken } from '../shared/flows/access-token.ts';
import { knownFields } from '../shared/http/known-fields.ts';
import { NOT_KEPT } from '../shared/http/secret-shapes.ts';
import { withoutSecrets } from '../shared/http/without-secrets.ts';
import { scopesOf } from '../shared/manifest/route.ts';
import { secrecyOf } from '../shared/manifest/secret-fields.ts';
import { cpuMsOf } from './support/cpu-time.ts';
import { createKey } from './support/create-key.ts';
import { clear, everyRoute, freshFor, modeOf, owner, rows, visit, world } from './support/every-route.ts';

/** What the request log stores of each route's answer has no secret: made from `routes.ts`. */

everyRoute();

/** What a secret looks like, whatever its field is called. */
const SHAPES = [
  /atk_(live|test)_[0-9a-z]{20}/,
  /whsec_[\w+/=]{20}/,
  /[?&]X-Amz-Signature=\w+/,
  /\b\d{4} \d{4} \d{4} \d{4}/,
];
/** Names of fields that may hold one, and what is known to hold none. */
const SUSPECT = /secret|password|passphrase|token|credential|^key$|signature|url$/i;
const HARMLESS = new Set([
  'public_key',
  'secret_version',
  'retiring_secrets_until',
  'allow_api_key',
  'signature',
  'token_type',
]);

const NOTHING_SENT = { query: {}, body: '', answer: '', path: '', requestHeaders: {}, responseHeaders: {} };
const NAMES = 'a b secret token pin key ResultsUrl url link email role note amount agent_reference'.split(' ');
const KNOWN = { query: new Set(['a', 'status']), body: new Set(NAMES) };
/** What is kept of a body by a route that knows these names. */
const kept = (body: string) => withoutSecrets({ ...NOTHING_SENT, body }, KNOWN).body;

function fieldsOf(value: unknown): [name: string, value: unknown][] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(fieldsOf);
  return Object.entries(value).flatMap(([name, field]) => [[name, field] as [string, unknown], ...fieldsOf(field)]);
}

const secretRoutes = new Set<string>();

it.each(rows)(
  'of the answer of $name no secret is stored, and each is marked by the name of its field',
  async (row) => {
    const { text } = await createKey(world, {
      merchantId: owner.id,
      mode: modeOf(row),
      name: 'own',
      scopes: scopesOf(row),
    });
    const reply = await visit(row, { authorization: `Api-Key ${text}` }, await freshFor(row.path));
    await clear();
    expect(reply.status).toBeLessThan(300);
    for (const [name, value] of fieldsOf(reply.json)) {
      if (typeof value !== 'string') continue;
      const isSecret = SHAPES.some((shape) => shape.test(value));
      if (isSecret) secretRoutes.add(row.name);
      // Texts that a person reads, such as an example, have none.
      if (isSecret || (SUSPECT.test(name) && !HARMLESS.has(name)))
        expect([name, secrecyOf(name)]).not.toEqual([name, 'plain']);
    }
    const stored = withoutSecrets({ ...NOTHING_SENT, answer: reply.text }, KNOWN).answer;
    for (const shape of SHAPES) expect(stored).not.toMatch(shape);
  },
);

it('no field of the OpenAPI document that looks like a secret, a link or an address of a person is stored', () => {
  const schemas = fieldsOf(JSON.parse(readFileSync('docs/openapi.json', 'utf8')));
  const names = new Set(schemas.flatMap(([name, value]) => (name === 'properties' ? Object.keys(Object(value)) : [])));
  const wanted = [...names].filter(
    (name) => /^[a-z_]+$/.test(name) && (SUSPECT.test(name) || /link$|email$/.test(name)),
  );
  expect(wanted.length).toBeGreaterThan(10);
  expect(wanted.filter((name) => secrecyOf(name) === 'plain' && !HARMLESS.has(name))).toEqual([]);
});

it('the routes whose answers have a secret were among them', () => {
  for (const name of ['create-key', 'roll-key', 'create-endpoint', 'rotate-secret', 'create-campaign', 'create-upload'])
    expect([...secretRoutes]).toContain(name);
});

it.each<[string, string, string]>([
  ['a field', '{"secret":"abc","a":1}', `{"secret":"${NOT_KEPT}","a":1}`],
  ['a field of another API', '{"Api-Key":"abc"}', `{"Api-Key":"${NOT_KEPT}"}`],
  ['a whole object', '{"token":{"a":"b"}}', `{"token":"${NOT_KEPT}"}`],
  ['a number', '{"pin":1234}', `{"pin":"${NOT_KEPT}"}`],
  ['one inside', '{"a":[{"key":"x"}]}', `{"a":[{"key":"${NOT_KEPT}"}]}`],
  ['a URL but for its host', '{"ResultsUrl":"https://a.example/x?t=1"}', '{"ResultsUrl":"https://a.example/…"}'],
  ['what is no URL', '{"url":"hunter2"}', `{"url":"${NOT_KEPT}"}`],
  [
    'an invitation by its link',
    `{"link":"http://a.example/app/invitation#mer_a.inv_b.c"}`,
    '{"link":"http://a.example/…"}',
  ],
  ['the address of a person', '{"email":"a@b.example","role":"viewer"}', `{"email":"${NOT_KEPT}","role":"viewer"}`],
  ['the address of a person elsewhere', '{"role":"to A <a@b.example>"}', `{"role":"to A <${NOT_KEPT}>"}`],
  ['what no field has', '["abc",1,true]', `["${NOT_KEPT}","${NOT_KEPT}",true]`],
  [
    'what the route does not know',
    '{"to":"x","custom sms":{"a":1},"b":2}',
    `{"to":"${NOT_KEPT}","custom sms":{"a":1},"b":2}`,
  ],
  ['a value in the place of a name', '{"0772279567":1,"x=y&z":2}', `{"${NOT_KEPT}":"${NOT_KEPT}"}`],
  [
    'JSON in a text',
    JSON.stringify({ note: '{"password":"x","to":"y"}' }),
    JSON.stringify({ note: `{"password":"${NOT_KEPT}","to":"${NOT_KEPT}"}` }),
  ],
  [
    'a name that is twice in such a text',
    JSON.stringify({ note: '{"password":"x","password":null}' }),
    JSON.stringify({ note: '{"password":null}' }),
  ],
  [
    'what cannot be read',
    '{"secret": "x"bc d", "amount": 1.50, "to": true,}',
    '{"secret": "…"… …", "amount": …, "…": true,}',
  ],
  ['a name that is there twice', '{"secret":"abc","secret":null}', '{"secret":"…","secret":null}'],
  ['a form', 'amount=1&password=a%2Fb&user[key]=x', 'amount=…&…=…&…[key]=…'],
  ['XML', '<a b="c"><password><![CDATA[x]]></password></a>', '<a b="…"><…><…[…[…]]><…><…>'],
  ['nothing else', '{ "a": 1.50,  "b": null, "secret": null }', '{ "a": 1.50,  "b": null, "secret": null }'],
])('%s is taken out', (_what, text, stored) => {
  expect(kept(text)).toBe(stored);
});

const KEY = 'atk_live_bemmqbjpbea4sya3dxrfx8zqfm3gy6hrzfkmxq';
const HOOK = 'whsec_ht2NgAaVezrTWm0KcV7gpLs24CP1XJhu/fSEXMbLPPQ=';
const INVITATION = 'inv_bemmqbjpbea4sya3dxrf.8zqfm3gy6hrzfkmxq';
const JWT = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';

/** How a text may write a character: as it is, as a form, JSON of PHP, XML, a path in a path, and in capitals. */
const WRITTEN: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'in a form': (text) => encodeURIComponent(text),
  'in a form of a form': (text) => encodeURIComponent(encodeURIComponent(text)),
  'as PHP writes JSON': (text) => text.replaceAll('/', '\\/'),
  'in XML': (text) => text.replaceAll('/', '&#x2F;'),
  'in capitals': (text) => text.toUpperCase(),
};

it.each(Object.entries(WRITTEN))('no key, secret or invitation of ours is stored %s, wherever it is', (_how, write) => {
  for (const secret of [KEY, HOOK, INVITATION]) {
    const text = write(secret);
    const parts = [...secret.matchAll(/[a-z0-9]{8,}/gi)].map(([part]) => part.slice(-8)).slice(-1);
    const texts = [`x_${text}`, `Api-Key${text}`, `is ${text}, or`, `https://a.example/?s=${text}&b=1`];
    for (const each of texts) {
      const { body, path, requestHeaders, query } = withoutSecrets(
        {
          ...NOTHING_SENT,
          body: JSON.stringify({ note: each, [each]: 1 }),
          path: `/orders/${each}`,
          requestHeaders: { 'user-agent': each },
          query: { a: each },
        },
        KNOWN,
      );
      const stored = JSON.stringify([body, path, requestHeaders, query, kept(each), kept(`{"note":"${each}",`)]);
      for (const part of parts) expect(stored.toLowerCase()).not.toContain(part.toLowerCase());
    }
  }
});

const base64 = (text: string) => Buffer.from(text).toString('base64');

it.each([
  [
    'behind its beginning',
    KEY.slice(9),
    `atk_live_ ${KEY.slice(9)}`,
    `atk\\_live\\_${KEY.slice(9)}`,
    KEY.slice(9).toUpperCase(),
  ],
  ['on two lines', `${KEY.slice(0, 20)}\n${KEY.slice(20)}`, `${KEY.slice(0, 21)}' +\r\n  '${KEY.slice(21)}`],
  [
    'on two lines, the first a short one',
    `${KEY.slice(0, 12)}\n${KEY.slice(12)}`,
    `${KEY.slice(0, 15)}" . "${KEY.slice(15)}`,
  ],
  ['on three lines', `${KEY.slice(0, 18)}\n${KEY.slice(18, 28)}\n${KEY.slice(28)}`],
  ['of an endpoint on two lines', ...[8, 12, 20, 30].map((at) => `${HOOK.slice(0, at)}\n  ${HOOK.slice(at)}`)],
  [
    'of an endpoint behind a part of its beginning',
    ...[1, 2, 3, 4, 5].map((at) => HOOK.slice(at)),
    `whsec\\_${HOOK.slice(6)}`,
    `orders/${HOOK.slice(6)}`,
  ],
  ['in base64 behind other text', ...['é', 'éé', 'ÿÿÿ', 'né ÿo à'].map((before) => base64(`${before} ${KEY}`))],
  [
    'in escapes of a page',
    KEY.replaceAll('_', '&#95;'),
    INVITATION.replace('.', '&#46;'),
    INVITATION.replace('.', '&#x2e;'),
  ],
  [
    'in escapes of a program',
    KEY.replaceAll('_', '\\x5f'),
    KEY.replaceAll('_', '\\\\u005f'),
    HOOK.replaceAll('/', '\\\\\\/').replace('_', '\\\\u005F'),
  ],
  ['that is encoded three times', KEY.replaceAll('_', '%25255F'), KEY.replace('_', '%255F')],
  ['in base64', base64(KEY), base64(`${KEY}:`), base64(`key_bemmqbjpbea4sya3dxrf:${KEY}`), `x=${base64(` ${KEY}`)}`],
  ['of an endpoint behind its beginning', HOOK.slice(6), `whsec ${HOOK.slice(6)}`],
  ['of an endpoint in base64', base64(HOOK)],
  ['of an invitation in base64', base64(`mer_a.${INVITATION}`)],
])('no secret of ours is stored %s', (_how, ...written) => {
  for (const text of written) {
    const stored = kept(JSON.stringify({ note: `is ${text}, or` }));
    expect(stored).toContain(NOT_KEPT);
    for (const secret of [text, KEY, HOOK, INVITATION]) expect(stored).not.toContain(secret.slice(-24));
  }
});

const X = 'hunter2-X';

it.each([
  ['a header', `Authorization: Bearer ${X}`],
  ['any scheme', `Proxy-Authorization: Custom a="b", c="${X}"`],
  ['a bare scheme', `use bearer 12|${X}`],
  ['a user of a URL', `see https://user:a/${X}@host.example/`],
  ['a query', `see https://host.example/?a=1&token=${X}`],
  ['an encoded query', `see https%3A%2F%2Fhost.example%2F%3Ftoken%3D${X}`],
  ['an encoded query of an encoded URL', `see https%253A%252F%252Fhost.example%252F%253Ftoken%253D${X}`],
  ['a query on a page', `see https://host.example/?a=1&amp;token=${X}`],
  ['a fragment', `see https://host.example/#access_token=${X}`],
  ['a signed link', `see https://host.example/a?X-Amz-Date=1&X-Amz-Signature=${X}`],
  ['a signed link of another service', `see https://host.example/a?sig=${X}`],
  ['an address', `ask ${X}@a.example`],
  ['an address in another script', `ask Rüdo.${X}@exämple.co.zw`],
  ['an encoded address', `ask ${X}%2540a.example`],
  ['an address on a page', `ask ${X}&#64;a.example`],
  ['an address on another page', `ask ${X}&#x40;a.example`],
  ['an address in a program', `ask ${X}\\x40a.example`],
  ['an address with a wide sign', `ask ${X}＠a.example`],
  ['an address before a number', `ask ${X}@a.example.1`],
])('of %s in a text nothing is stored', (_what, text) => {
  const stored = kept(JSON.stringify({ note: text, amount: 1 }));
  expect(stored).not.toContain(X);
  expect(JSON.parse(stored).amount).toBe(1);
});

it.each([
  ['{"password":"X"}', '{"password":{"v":["X"]}}', '{"a":[{"api_key":"X"}]}', '{"to":"X"}', '{"user":{"address":"X"}}'],
  ['["X"]', '"X"', '{"secret":"X","secret":null}', '{"note":"{\\"a\\":{\\"password\\":\\"X\\"}}"}', '{"X":1,}'],
  ['password=X', 'user[password]=X', 'user%5Bpassword%5D=X', 'password=abc,X', "password=ab'X", 'tokens:["X"'],
  ['<password><value>X</value>', '<password><![CDATA[ab<X]]>', '<param name="password">X</param>', '&lt;password&gt;X'],
  ['password: |\n  X', 'Digest username="u", response="X"', "'password' => 'X'", 'password\nX\n', '{"password": "X'],
  ['Content-Disposition: form-data; name="password"\r\n\r\nX', '{"password"          :          "X","a":'],
])('nothing is stored of what is unknown or cannot be read: %s', (...texts) => {
  for (const text of texts) expect(kept(text.replaceAll('X', X))).not.toMatch(/hunter2/);
});

it('of a user and a password in base64 nothing is stored, and a word is', () => {
  const text = `Basic ${base64('user:hunter2')} is basic subscription for Basic customers`;
  expect(kept(JSON.stringify({ note: text }))).toBe(
    `{"note":"Basic ${NOT_KEPT} is basic subscription for Basic customers"}`,
  );
});

it('no token of a person or a service is stored, and what is none is', async () => {
  const { key, text } = await createKey(world, {
    merchantId: owner.id,
    mode: 'live',
    name: 'own',
    scopes: ['orders:read'],
  });
  const issued = await issueToken(world, { id: key.id, text, address: undefined });
  // The token of a key is a list that begins with the hash of that key: with any of 16 characters.
  const lists = [...'0123456789abcdef'].map((first) => `${base64(`["${first}0"]`).replace(/=+$/, '')}.c2lnbmF0dXJl`);
  for (const token of [JWT, issued?.token, ...lists]) {
    expect(kept(JSON.stringify({ note: `is ${token}, yes` }))).toBe(`{"note":"is ${NOT_KEPT}, yes"}`);
  }
  const plain = JSON.stringify({
    ...{
      agent_reference: 'a-2',
      a: 'eyJiZWxvdyI6MX0',
      note: 'Turkey: hello, donkey=fine whiskey: two; 10%25 \u0041 a@1.7.2 &#39;',
    },
    ...{ b: 'Authorization is missing: name=value, a <b>bold</b> word of bearers', amount: 1.5 },
  });
  expect(kept(plain)).toBe(plain);
});

it('a secret of a request is nowhere else in it, nor in its answer, also as JSON writes it', () => {
  const secret = 'hunter"2\\x-hunter2';
  const stored = withoutSecrets(
    {
      query: { status: secret, to: secret },
      body: JSON.stringify({ token: secret, note: `my ${secret}` }),
      answer: JSON.stringify({ detail: `${secret} is wrong` }),
      path: `/wallet/${secret}`,
      requestHeaders: { 'idempotency-key': secret },
      responseHeaders: { location: `/orders/${secret}` },
    },
    KNOWN,
  );
  expect(JSON.stringify(stored)).not.toContain('hunter2');
  expect(stored.answer).toBe(`{"detail":"${NOT_KEPT} is wrong"}`);
});

/** As a route answers, which repeats the name that it refuses. */
const refusal = (param: string) =>
  JSON.stringify({ param, errors: [{ param, detail: `${param} is not a known field.` }] });

it.each([
  ['that no route knows', (name: string) => JSON.stringify({ [name]: 1 })],
  ['behind a byte order mark', (name: string) => `\uFEFF${JSON.stringify({ [name]: 1 })}`],
  ['that is there twice', (name: string) => `{"${name}":1,"${name}":2}`],
  ['that cannot be read', (name: string) => JSON.stringify({ [`${name}\u0000`]: 1 })],
  ['inside', (name: string) => JSON.stringify({ note: { [name]: 1 } })],
])('a name %s, and may be a value, is not in the answer either', (_what, write) => {
  for (const name of ['9f8e7d6c5b4a39281706', 'password=hunter2', '0772279567', 'to 077 227-9567']) {
    const stored = withoutSecrets({ ...NOTHING_SENT, body: write(name), answer: refusal(name) }, KNOWN);
    expect(JSON.stringify(stored)).not.toMatch(/9f8e7d6c|hunter2|0772279567|9567/);
    const { answer } = withoutSecrets({ ...NOTHING_SENT, query: { [name]: '1' }, answer: refusal(name) }, KNOWN);
    expect(answer).toBe(refusal(NOT_KEPT));
  }
  const { answer } = withoutSecrets({ ...NOTHING_SENT, body: write('amonut'), answer: refusal('amonut') }, KNOWN);
  expect(answer).toBe(refusal('amonut'));
});

it('of a body that is too deep to be one of ours, and of a text in one, nothing is stored', () => {
  for (const levels of [65, 3_000, 100_000]) {
    const deep = `${'['.repeat(levels)}"hunter2"${']'.repeat(levels)}`;
    for (const text of [deep, JSON.stringify({ amount: 1, to: deep })]) expect(kept(text)).not.toContain('hunter2');
  }
});

it('of a file of rows in JSON no more is stored than of one by itself', () => {
  const csv = 'target,amount,password\n0772279099,5,hunter2\n';
  expect(kept(JSON.stringify({ csv }))).toBe(JSON.stringify({ csv: '…,amount,…\n…,…,…\n' }));
});

it('of the answer to many secrets nothing is stored', () => {
  const body = JSON.stringify({ a: Array.from({ length: 200 }, (_, n) => ({ key: `hunter2-${n}` })) });
  expect(withoutSecrets({ ...NOTHING_SENT, body, answer: '{"detail":"hunter2-7"}' }, KNOWN).answer).toBe(NOT_KEPT);
});

it('a schema tells its names at any depth', () => {
  const inner = z.optional(z.array(z.union([z.string(), z.object({ c: z.nullable(z.object({ d: z.int() })) })])));
  expect([...knownFields(z.strictObject({ a: z.string(), b: inner }), undefined)]).toEqual(['a', 'b', 'c', 'd']);
});

/** JSON in JSON in JSON: each layer doubles the escapes. */
function nested(layers: number): string {
  return layers === 0 ? '{"a":1}' : JSON.stringify({ a: nested(layers - 1) });
}

it('a body that is made to be slow is not, also one that was refused for its size', () => {
  const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`a${n}`, `b${n}`]));
  const bodies = [
    ...[60_000, 1_000_000].map((digits) => `{"${'1'.repeat(digits)}x":1}`),
    ...[5_000, 300_000].map((count) => JSON.stringify(fields(count))),
  ];
  expect(cpuMsOf(() => bodies.map(kept))).toBeLessThan(1_000);
});

it('many texts of a body that are made to be slow are not', () => {
  const notes = ['%252525', '\u0301a', '%252525@', 'a'.repeat(33).concat('@ ')].map((text) =>
    Array.from({ length: 7 }, () => text.repeat(8_192).slice(0, 8_100)),
  );
  expect(cpuMsOf(() => notes.map((note) => kept(JSON.stringify({ note }))))).toBeLessThan(300);
});

it('a text that is made to be slow is not', () => {
  const texts = [
    '"'.repeat(8_192),
    'a'.repeat(8_192),
    'key:"'.repeat(1_638),
    '-'.repeat(8_192),
    'a='.repeat(4_096),
    'atk_live_'.repeat(2_000),
    '%5F'.repeat(4_096),
    JSON.stringify('{"a":'.repeat(2_000)),
    '{"a":1,"a":['.repeat(700),
    ...[
      'eyJ',
      '-eyJ',
      'eyJaaaaa.',
      '<a',
      '://',
      'bearer ',
      'authorization:',
      'basic ',
      'é@',
      'YXRrX2xpdmVf',
      '?token=',
      '?a=',
      'a@',
      'a@b.',
      '@a.',
    ].map((text) => text.repeat(8_192 / text.length)),
    nested(12),
  ];
  const stored = (text: string) =>
    withoutSecrets({ ...NOTHING_SENT, body: text, answer: text, path: text, query: { a: text } }, KNOWN);
  expect(cpuMsOf(() => texts.flatMap((text) => [stored(text), kept(JSON.stringify({ note: text }))]))).toBeLessThan(
    2_000,
  );
});
