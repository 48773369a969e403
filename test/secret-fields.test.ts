import { expect, it } from '@jest/globals';
import { NOT_KEPT, withoutSecrets } from '../shared/http/without-secrets.ts';
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
const HARMLESS = new Set(['secret_version', 'retiring_secrets_until', 'allow_api_key']);

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
    nested(12),
  ];
  expect(cpuMsOf(() => texts.map((text) => withoutSecrets([text])))).toBeLessThan(1_000);
});
