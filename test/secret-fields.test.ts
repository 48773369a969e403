import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
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
    const [stored = ''] = withoutSecrets([reply.text]);
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
  ['what cannot be read', '{"secret": "a\\"bc", "a": 1', `{"secret": "${NOT_KEPT}", "a": 1`],
  ['what was cut', '{"a":1,"secret":"abcde', `{"a":1,"secret":"${NOT_KEPT}"`],
  ['without quotes', 'secret=abc&b=1', `secret="${NOT_KEPT}"&b=1`],
  ['in single quotes', "{'password': 'a b'}", `{'password': "${NOT_KEPT}"}`],
  [
    'an invitation by its link',
    `{"link":"http://a.example/app/invitation#mer_a.inv_b.c"}`,
    '{"link":"http://a.example/…"}',
  ],
  ['the address of a person', '{"email":"a@b.example","role":"viewer"}', `{"email":"${NOT_KEPT}","role":"viewer"}`],
  ['one that is numbered', '{"password1":"abc"}', `{"password1":"${NOT_KEPT}"}`],
  ['a header in a text', '{"note":"sent X-Api-Key: abc"}', `{"note":"sent X-Api-Key: ${NOT_KEPT}"}`],
  ['JSON in a text', `{"note":"body was {'password':'abc'}"}`, `{"note":"body was {'password':'${NOT_KEPT}'}"}`],
  ['nothing else', '{ "a": 1.50,  "b": null, "secret": null }', '{ "a": 1.50,  "b": null, "secret": null }'],
])('%s is taken out', (_what, text, kept) => {
  expect(withoutSecrets([text])).toEqual([kept]);
});

const KEY = 'atk_live_bemmqbjpbea4sya3dxrfx8zqfm3gy6hrzfkmxq';
const HOOK = 'whsec_ht2NgAaVezrTWm0KcV7gpLs24CP1XJhu+fSEXMbLPPQ=';
const BARE_KEY = `atk_live_bem…${NOT_KEPT}`;

it.each<[string, string, string]>([
  ['as a part of a word', `"Api-Key${KEY}"`, `"Api-Key${BARE_KEY}"`],
  ['behind a name', `x_${KEY}`, `x_${BARE_KEY}`],
  ['in a path', `/api/v1/orders/Api-Key${KEY}`, `/api/v1/orders/Api-Key${BARE_KEY}`],
  ['in a form, encoded', `a=${KEY.replaceAll('_', '%5F')}`, `a=${BARE_KEY}`],
  ['escaped in JSON', `{"a":"${KEY.replace('_', '\\u005f')}"}`, `{"a":"${BARE_KEY}"}`],
  ['escaped in what is cut', `{"a":"${KEY.replace('_', '\\u005F')}`, `{"a":"${BARE_KEY}`],
  [
    'as PHP escapes slashes',
    `{"a":"${HOOK.replace('ht2', 'h/2').replaceAll('/', '\\/')}"}`,
    `{"a":"whsec_…${NOT_KEPT}"}`,
  ],
  ['as a name of a field', `{"${KEY}":1}`, `{"${BARE_KEY}":1}`],
  [
    'in JSON in JSON',
    JSON.stringify({ a: JSON.stringify({ password: 'x' }) }),
    `{"a":"{\\"password\\":\\"${NOT_KEPT}\\"}"}`,
  ],
  ['in no text without one', '{ "a": "10%25 \\u0041 \\/" }', '{ "a": "10%25 \\u0041 \\/" }'],
])('a key is taken out %s', (_where, text, kept) => {
  expect(withoutSecrets([text])).toEqual([kept]);
});

const X = 'hunter2-X';
const JWT = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';

it.each([
  ['a name that is there twice', `{"secret":"${X}","secret":null}`],
  ['an object that is there twice', `{"a":{"secret":"${X}"},"a":1}`],
  ['a URL that is there twice', `{"url":"https://a.example/${X}","url":"https://a.example/b"}`],
  ['an object under a name that is there twice', `{"secret":{"a":["${X}"]},"secret":null}`],
  ['a name in escapes, twice', `{"s\\u0065cret":"${X}","secret":null}`],
  ['a name with a space, cut', `{"api key":"${X}","a":`],
  ...[
    'client_secret',
    'webhook-secret',
    'refreshToken',
    'user_password',
    'DB_PASSWD',
    'pwd',
    'privateKey',
    'Credentials',
  ].flatMap((name) => [
    [name, `{"${name}":"${X}"}`],
    [`${name} in a form`, `a=1&${name}=${X}`],
    [`${name} in XML`, `<a><${name} b="c">${X}</${name}></a>`],
  ]),
  ['XML with CDATA', `<soap:Password><![CDATA[${X}]]></soap:Password>`],
  ['an attribute', `<a password="${X}"/>`],
  ['a header', `Authorization: Bearer ${X}`],
  ['another scheme', `Authorization: Basic ${X}`],
  ['a bare scheme', `use bearer ${X}`],
  ['a user of a URL', `see https://user:${X}@host.example/`],
  ['a query', `see https://host.example/?a=1&token=${X}`],
  ['an encoded query', `see https%3A%2F%2Fhost.example%2F%3Ftoken%3D${X}`],
])('of %s nothing is stored, also inside another text', (_what, text) => {
  expect(withoutSecrets([text])[0]).not.toContain(X);
  const [stored = ''] = withoutSecrets([JSON.stringify({ note: text, a: 1 })]);
  expect(stored).not.toContain(X);
  expect(JSON.parse(stored).a).toBe(1);
});

it('no token of a person or a service is stored, and what is none is', () => {
  expect(withoutSecrets([JSON.stringify({ note: `is ${JWT}, yes` })])).toEqual([`{"note":"is ${NOT_KEPT}, yes"}`]);
  const plain = JSON.stringify({
    ...{ idempotency_key: 'a-1', key_id: 'key_1', agent_reference: 'a-2', next_cursor: 'eyJiZWxvdyI6MX0' },
    ...{
      detail: 'Authorization is missing: name=value, a <b>bold</b> word of bearers, mail a@b.example',
      public_key: 'k',
    },
  });
  expect(withoutSecrets([plain])).toEqual([plain]);
});

it('a secret with quotes is not in the answer that repeats it in JSON', () => {
  const [, answer] = withoutSecrets([
    JSON.stringify({ password: 'hunter"2\\x' }),
    JSON.stringify({ a: 'hunter"2\\x' }),
  ]);
  expect(answer).toBe(`{"a":"${NOT_KEPT}"}`);
});

it('a secret of a request is not in its answer either', () => {
  const [, answer] = withoutSecrets(['{"password":"hunter2-hunter2"}', '{"detail":"hunter2-hunter2 is wrong"}']);
  expect(answer).toBe(`{"detail":"${NOT_KEPT} is wrong"}`);
});

/** JSON in JSON in JSON: each layer doubles the escapes. */
function nested(layers: number): string {
  return layers === 0 ? '{"a":1}' : JSON.stringify({ a: nested(layers - 1) });
}

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
    ...['eyJ', '-eyJ', 'eyJaaaaa.', '<a', '<a ', '<a>', '://', 'bearer ', 'authorization:', 'token=', '?a='].map(
      (text) => text.repeat(8_192 / text.length),
    ),
    nested(12),
  ];
  expect(cpuMsOf(() => texts.map((text) => withoutSecrets([text])))).toBeLessThan(1_000);
});
