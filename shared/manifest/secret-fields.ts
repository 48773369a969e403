/**
 * Fields of requests and answers that hold a secret, wherever they appear, by how their names end in lower case and
 * without `_` and `-`: keys, secrets of endpoints and campaigns, tokens that anybody can key into a meter, and what
 * callers send to the wrong place by the names that other APIs have. The request log keeps a body without their values,
 * and without the e-mail addresses of people, which are kept with the team alone and go with them. Tests visit every
 * route and read the OpenAPI document, and fail where an answer has one that is not here.
 */
const SECRET_FIELD = /(?:secret|token|passphrase|password|passwd|pwd|key|credential|authorization|bearer|email)s?$/;
const SECRET_NAMES: ReadonlySet<string> = new Set('pin otp cvv pass auth jwt cookie session sessionid'.split(' '));

/** What ends so, and is no secret: a reference, what anybody may know, and lists of what has names of its own. */
const NO_SECRETS: ReadonlySet<string> = new Set(['idempotencykey', 'publickey', 'keys', 'allowapikey']);

/** Fields with a URL end so. Whoever has a link can use it, and paths of webhooks may hold tokens: its host is kept. */
const URL_FIELD = /(?:ur[li]|link)s?$/;

/** What is kept of a field: nothing of a secret, the host of a URL, else all. */
export function secrecyOf(name: string): 'secret' | 'url' | 'plain' {
  const plain = name.toLowerCase().replace(/[^a-z0-9]|(?<!\d)\d+$/g, '');
  if (SECRET_FIELD.test(plain) || SECRET_NAMES.has(plain)) return NO_SECRETS.has(plain) ? 'plain' : 'secret';
  return URL_FIELD.test(plain) ? 'url' : 'plain';
}
