/**
 * Fields of requests and answers that hold a secret, wherever they appear, in lower case and without `_` and `-`. The
 * request log stores a body without their values. A test visits every route and fails where an answer has a secret
 * that is not here.
 */
export const SECRET_FIELDS: ReadonlySet<string> = new Set([
  // Shown once: API keys, and the secrets of endpoints and campaigns.
  'key',
  'secret',
  // PesaWay's protocol: the secret is an API key, the token works like one.
  'consumersecret',
  'accesstoken',
  // Whoever has a token can key it into its meter.
  'token',
  'tokens',
  // What callers send to the wrong place, by the names that other APIs have.
  'apikey',
  'authorization',
  'bearer',
  'clientsecret',
  'passphrase',
  'password',
  'pin',
]);

/** Fields with a URL end so. Whoever has a link can use it, and paths of webhooks may hold tokens: its host is kept. */
const URL_FIELD = /ur[li]$/;

/** What is kept of a field: nothing of a secret, the host of a URL, else all. */
export function secrecyOf(name: string): 'secret' | 'url' | 'plain' {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (SECRET_FIELDS.has(plain)) return 'secret';
  return URL_FIELD.test(plain) ? 'url' : 'plain';
}
