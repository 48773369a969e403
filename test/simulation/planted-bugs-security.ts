import type { PlantedBug } from './planted-bugs.ts';

/** Bugs that would let a key, a secret or an answer do more than it may. The named test must catch each. */
export const PLANTED_BUGS_SECURITY: readonly PlantedBug[] = [
  ...bugsIn('shared/domain/key-ring.ts', 'test/domain/key-ring.test.ts', [
    ['a new key signs before others accept it', 'from: plus(at, KEY_SPREAD_MS)', 'from: at'],
    ['an old key is accepted after its overlap', '|| until === undefined || until > at);', '|| true);'],
    ['an old key ends when the new one is made', '{ ...current, until }', '{ ...current, until: at }'],
    ['a rotation during an overlap ends the oldest key', '|| earlier.length > 0) return', '|| false) return'],
    ['a key that leaked is accepted beside its successor', 'if (overlapMs === 0)', 'if (overlapMs < 0)'],
  ]),
  ...bugsIn('shared/flows/rotate-signing-key.ts', 'test/functions/signing-keys.test.ts', [
    ['two operators at once each replace a key', 'sha256(`${purpose}#${before}`)', 'sha256(JSON.stringify(next))'],
    ['operators are shown a key', 'const { key: _hidden, ...shown } = each;', 'const shown = each;'],
  ]),
  ...bugsIn('shared/flows/signing-keys.ts', 'test/functions/signing-keys.test.ts', [
    [
      'only the newest key verifies',
      'return acceptedKeys(await ringOf(world, purpose), world.now()).map(',
      'return acceptedKeys(await ringOf(world, purpose), world.now()).slice(0, 1).map(',
    ],
    [
      "a merchant's secret changes with our key",
      'keyOfVersion(await ringOf(world, purpose), version, world.now())',
      'signingKey(await ringOf(world, purpose), world.now())',
    ],
  ]),
  ...bugsIn('shared/http/hide-fields.ts', 'test/owned-fields.test.ts', [
    ['a number is shown to whoever reads the log of deliveries', 'OWNED_FIELDS, ...NUMBER_FIELDS }', 'OWNED_FIELDS }'],
    ['a field of another scope is shown', 'if (!hidden.has(name))', 'if (name !== "")'],
    [
      'a hidden token is shown where a receiver echoed it',
      'return values.length === 0 ? without',
      'return values.length >= 0 ? without',
    ],
    ['a receiver answers with a hidden token in its own form', 'ECHOES.has(name) ? null :', "name === '' ? null :"],
  ]),
  ...bugsIn('shared/http/pipeline.ts', 'test/http/unknown-paths.test.ts', [
    ['a redirect names another host', 'PLAIN_PATH.test(withoutSlash)', "withoutSlash !== ''"],
    ['browsers may guess the type of an answer', "'x-content-type-options': 'nosniff',", ''],
  ]),
  ...bugsIn('shared/local/files.ts', 'test/local/files.test.ts', [
    [
      'the local S3 serves whoever sends any Authorization header',
      'const problem = problemOf({',
      'const problem = headers.authorization !== undefined ? undefined : problemOf({',
    ],
  ]),
  ...bugsIn('shared/flows/webhooks/publish-events.ts', 'test/functions/pesaway/results.test.ts', [
    [
      'a result shows the balance to a key that may only order',
      'order.hidesFunds ? undefined :',
      'false ? undefined :',
    ],
  ]),
  ...bugsIn('shared/flows/webhooks/find-webhook.ts', 'test/functions/webhooks/event-scopes.test.ts', [
    [
      'a key has tokens sent to an address of its own',
      'requireEventScopes(maker, newlySent(current, next));',
      'requireEventScopes(maker, []);',
    ],
  ]),
  ...bugsIn('shared/flows/webhooks/add-endpoint.ts', 'test/functions/webhooks/event-scopes.test.ts', [
    [
      'a key makes an endpoint that gets what the key is not shown',
      'requireEventScopes(maker, newlySent(undefined, endpoint));',
      'requireEventScopes(maker, []);',
    ],
  ]),
  ...bugsIn('shared/domain/webhook.ts', 'test/functions/webhooks/event-scopes.test.ts', [
    [
      'an event shows a field whose scope it does not need',
      "(PAYOUT_EVENTS, ['campaigns:read'])",
      '(PAYOUT_EVENTS, [])',
    ],
    [
      'what an endpoint got before it was narrowed is sent again to another address',
      'filter((type) => mayGet(after, type));',
      'filter((type) => wants(after, type));',
    ],
  ]),
  ...bugsIn('shared/flows/webhooks/find-webhook.ts', 'test/functions/account/revoke-key.test.ts', [
    ['a request of a revoked key still moves an endpoint', '[act, standing(maker)]', '[act]'],
  ]),
  ...bugsIn('shared/flows/webhooks/add-endpoint.ts', 'test/functions/account/revoke-key.test.ts', [
    ['a request of a revoked key still makes an endpoint', 'maker ? [standing(maker)] : []', 'maker ? [] : []'],
  ]),
  ...bugsIn('functions/bulk/preview-bulk.ts', 'test/functions/bulk/preview-bulk.test.ts', [
    ['a preview tells which wallet has money', 'defaults, hidesFunds });', 'defaults });'],
  ]),

  // Our own test orders, and a provider that a stage turns off.
  ...bugsIn('functions/status/receive-canary.ts', 'test/functions/workers/canary-order.test.ts', [
    ["the canary's receiver takes what nobody signed", "proof.kind !== 'proven'", "proof.kind === 'missing'"],
  ]),
  ...bugsIn('shared/flows/canary/canary-steps.ts', 'test/functions/workers/canary-order.test.ts', [
    ['the canary does not notice that a reference was sold twice', 'repeated.id !== id', "repeated.id === ''"],
    ['the canary does not notice that a debit is missing', 'amounts.length === 1 &&', 'amounts.length === 0 ||'],
    ['a fault that is over keeps the canary without webhooks', 'found.failing_since !== null', "found.id === ''"],
  ]),
  ...bugsIn('shared/aws/provider-adapters.ts', 'test/aws/provider-adapters.test.ts', [
    [
      'a provider that is off is sent orders',
      "return off ? { kind: 'unsent', evidence: off.message } : provider.prepare(recharge);",
      'return provider.prepare(recharge);',
    ],
  ]),
  ...bugsIn('shared/http/views/status-views.ts', 'test/functions/status/status.test.ts', [
    ['a provider is up before anything of it is sold', 'if (!isSold) return OFF;', ''],
  ]),
];

export function bugsIn(
  file: string,
  test: string,
  bugs: readonly (readonly [name: string, find: string, replace: string])[],
): PlantedBug[] {
  return bugs.map(([name, find, replace]) => ({ name, file, find, replace, caughtBy: { test } }));
}
