import type { PlantedBug } from './planted-bugs.ts';
import { bugsIn } from './planted-bugs-security.ts';

/** Bugs of the TypeScript SDK, which runs on a merchant's side: a test of `test/sdk` must catch each. */
export const PLANTED_BUGS_SDK: readonly PlantedBug[] = [
  ...bugsIn('sdk/typescript/src/repeats.ts', 'test/sdk/repeats.test.ts', [
    [
      'the SDK sends a write again that has no idempotency field',
      'if (!field) return false;',
      'if (!field) return true;',
    ],
    ['the SDK comes back sooner than Retry-After says', 'Math.round(retryAfterSeconds * 1000 +', 'Math.round('],
    ['the SDK sends a decided refusal again', 'if (!mayPass && !isUnclear)', 'if (!retryable && !isUnclear)'],
  ]),
  ...bugsIn('sdk/typescript/src/refusal.ts', 'test/sdk/repeats.test.ts', [
    [
      "the SDK takes a proxy's refusal for a decision",
      'retryable: isPassing(status),\n    unclear: true,',
      'retryable: isPassing(status),\n    unclear: status >= 500,',
    ],
    ["the SDK takes a gateway's code for one of ours", "if (typeof value.retryable === 'boolean')", 'if (value.code)'],
  ]),
  ...bugsIn('sdk/typescript/src/connection.ts', 'test/sdk/repeats.test.ts', [
    [
      'the SDK forgets a lost answer when a later try is refused',
      'isUnclear ||= isTryUnclear;',
      'isUnclear = isTryUnclear;',
    ],
    ['a timer of no time ends every try', '&& timeoutMs > 0) return timeoutMs', ') return timeoutMs'],
    ['a time that no timer holds ends every try', 'return Math.min(ms, TIMER_MS_MAX);', 'return ms;'],
    ['the SDK follows a redirect with its key', "redirect: 'manual' as const,", ''],
    [
      'the SDK sends a campaign the API key beside the signature',
      'if (sign) return { ...own,',
      'if (sign) return { authorization: `Api-Key ${this.#apiKey}`, ...own,',
    ],
    [
      'the SDK signs a payout once for all its tries',
      "...(await sign(body ?? '')) }",
      "...(await (Reflect.get(sign, 'made') ?? (Reflect.set(sign, 'made', sign(body ?? '')), Reflect.get(sign, 'made')))) }",
    ],
  ]),
  ...bugsIn('sdk/typescript/src/connection.ts', 'test/sdk/repeats.test.ts', [
    ["the SDK takes a proxy's JSON for an order", 'if (hasMost(value, expected)) return', 'return'],
    ['the SDK takes a file for an order', "if (expected === 'csv') {", "if (type.startsWith('text/csv')) {"],
  ]),
  ...bugsIn('sdk/typescript/src/resources/orders.ts', 'test/sdk/repeats.test.ts', [
    ['the SDK stops waiting before the time is up', 'if (rest < LEAST_POLL_MS) throw', 'if (left <= lastMs) throw'],
    [
      'the SDK says another reference than it sent',
      "call('createOrder', { body, headers, reference }",
      "call('createOrder', { body, headers, reference: crypto.randomUUID() }",
    ],
  ]),
  ...bugsIn('sdk/typescript/src/signatures.ts', 'test/sdk/signatures.test.ts', [
    ['the SDK believes an event however old it is', 'if (isStale) return', 'if (isStale && timestamp === "") return'],
    [
      'the SDK believes an event of any time by a tolerance that is no number',
      'if (!Number.isFinite(toleranceSeconds) ||',
      'if (',
    ],
    ['the SDK believes a signature by the name of nothing', 'if (!keyBytes(secret)) return NO_SECRET;', ''],
    ['the SDK believes the plain signature alone', 'if (!allowPlain) return', 'if (allowPlain && given === "") return'],
  ]),
  ...bugsIn('sdk/typescript/src/cli/profiles.ts', 'test/sdk/command-line.test.ts', [
    [
      'a stored key goes to the address of the environment',
      'if (profile) return profile;',
      'if (profile) return { ...profile, base_url: env.AIRTIME_URL ?? profile.base_url };',
    ],
    ['others can read the file of keys', '{ mode: 0o600 }', '{ mode: 0o644 }'],
  ]),
];
