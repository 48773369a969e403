import { writeFileSync } from 'node:fs';
import { FAILURES } from '../shared/domain/order.ts';
import { FAILING_TEST_NUMBER } from '../shared/domain/phone.ts';
import { REFUSALS } from '../shared/http/refusal.ts';
import { SANDBOX_OUTCOMES } from '../shared/providers/sandbox.ts';

/** Writes the pages that are made from tables in the code; a test fails when one is out of date. */

const NOTE = '<!-- Made by `npm run docs` from the code. Change the table there. -->';

export const PAGES: Readonly<Record<string, () => string>> = {
  'docs/errors.md': errors,
  'docs/sandbox.md': sandboxTable,
};

function errors(): string {
  const refusals = Object.entries(REFUSALS).map(
    ([code, { status, retryable, title, fix }]) =>
      `### ${code}\n\n${status} · ${retryable ? 'may be repeated' : 'do not repeat unchanged'}\n\n${title}\n\n**Fix:** ${fix}\n`,
  );
  const failures = Object.entries(FAILURES).map(
    ([code, { message, retryable }]) => `| \`${code}\` | ${message} | ${retryable ? 'yes' : 'no'} |`,
  );
  return `${NOTE}

# Errors

Every refusal is \`application/problem+json\` (RFC 9457): \`type\`, \`title\`, \`status\`, \`detail\`, \`code\`, \`param\` (the field at
fault, where there is one), \`fix\`, \`retryable\`, \`request_id\`. Rely on \`code\`; the texts may change.

## Answers without a code

A 5xx without a \`code\` is not from us but from the gateway before us, as a rule 503 \`{"message":"Service Unavailable"}\`: more
requests are under way than we take at once, or ours took too long. Whether yours was taken is not known from it. Wait a
second, then twice as long each time, and repeat the same request: an order with the same \`agent_reference\`, for then it
is the same order, whether it was taken before or not. 429 \`{"message":"Too Many Requests"}\` asks for the same.
\`Prefer: respond-async\` makes it rarer, because an order that nobody waits for holds no place.

## Refusals

${refusals.join('\n')}
## Why an order failed

An order that was refunded, or refused for lack of funds, says why in \`failure\`. A retryable one may be ordered again under a
new \`agent_reference\`.

| \`failure.code\` | what it means | retryable |
| --- | --- | --- |
${failures.join('\n')}
`;
}

function sandboxTable(): string {
  const rows = Object.entries(SANDBOX_OUTCOMES).map(
    ([suffix, { shows }]) => `| \`${suffix}\` | \`0772279${suffix}\` | ${shows} |`,
  );
  return `${NOTE}

# The sandbox

Test keys (\`atk_test_…\`) never touch a live provider or a live wallet. What happens to an order is chosen by the last three
digits of its target, in every country and for meters alike; any other number succeeds at once.

| last digits | for example | what you will see |
| --- | --- | --- |
${rows.join('\n')}
| \`${FAILING_TEST_NUMBER}\` | in full, as it is | refunded: network_refused ([PesaWay's](pesaway.md) number for a failure) |
`;
}

if (import.meta.main) {
  for (const [path, make] of Object.entries(PAGES)) writeFileSync(path, make());
}
