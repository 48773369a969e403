import { COUNTED_ROWS_MAX } from '../shared/domain/batch.ts';
import type { Product } from '../shared/domain/catalogue.ts';
import { ANY_NETWORK } from '../shared/domain/catalogue.ts';
import { formatAmount } from '../shared/domain/money.ts';
import { FAILING_TEST_NUMBER } from '../shared/domain/phone.ts';
import { SANDBOX_PRODUCTS } from '../shared/domain/sandbox-products.ts';
import { SANDBOX_OUTCOMES } from '../shared/providers/sandbox.ts';

/** The page of the sandbox, from its tables: what every number does, and what can be ordered. */

/** What a target of each kind may begin with, as a merchant writes it. */
const BEGINNINGS = {
  Zimbabwe: '0772279',
  Kenya: '0712345',
  Uganda: '0772123',
  Tanzania: '0754123',
  'A meter of ZESA': '37112345',
} as const;
/** For which the numbers are written out. Three columns are read on a phone; one for each country would not be. */
const WRITTEN_OUT = 'Zimbabwe';

interface Group {
  readonly title: string;
  readonly says: string;
  /** What a merchant sees, by the last digits. */
  readonly shows: Readonly<Record<string, string>>;
}

const GROUPS: readonly Group[] = [
  {
    title: 'Decided at once',
    says: 'The answer to the POST has the outcome.',
    shows: {
      ...refusals(),
      '010': 'success after three seconds',
    },
  },
  {
    title: 'Decided later',
    says:
      'The POST answers `unknown`, or 202 `pending` after five seconds. The outcome comes by itself half a minute ' +
      'after the order was sent, that of `013` after a minute; or [at once](#the-test-clock).',
    shows: {
      '011': 'unknown, then success',
      '012': 'unknown, then refunded: network_refused',
      '013': 'unknown, then refunded: not_delivered',
      '014': 'unknown for ever: under_review after half a minute',
      '015': 'pending, then success',
      '016': 'pending, then refunded: network_refused',
    },
  },
  {
    title: 'Corrected after the end',
    says: 'A first final status, its event, and a minute later another. Live, both are rare, and both happen.',
    shows: {
      '020': 'success, then reversed',
      '021': 'unknown, then refunded: not_delivered, then success, charged again',
    },
  },
  {
    title: 'When the provider has a fault',
    says: 'Each holds its own order alone: no other order of yours or of others waits.',
    shows: {
      '017': 'cannot be reached: pending, then refunded: provider_unavailable after six hours',
      '018': 'slow: pending, after half a minute unknown, after a minute success',
      '019': 'down: pending and held (`held_since`), then success when it is back: in one to five minutes',
    },
  },
];

/** The digits that have words here. */
export const DESCRIBED: readonly string[] = GROUPS.flatMap(({ shows }) => Object.keys(shows));

function refusals(): Record<string, string> {
  const rejected = Object.entries(SANDBOX_OUTCOMES).filter(([, { send }]) => send === 'rejected');
  return Object.fromEntries(rejected.map(([suffix, { failure }]) => [suffix, `refunded: ${failure}`]));
}

export function sandboxPage(note: string): string {
  return `${note}

# The sandbox

A test key (\`atk_test_…\`) sells nothing and spends play money. It works on every deployment, at once, also where
no provider is set up. Everything else is as it is live: the same routes, checks, webhooks and money rules. Only the
[limits](limits.md) have numbers of their own. The examples use
[\`AIRTIME_URL\` and \`AIRTIME_KEY\`](start.md#1-start-it).

1. Order any product [below](#what-can-be-ordered) to a number of its country and network: it succeeds.
2. To get another outcome, choose the last three digits of the number or meter.
3. To wait for nothing, use [the test clock](#the-test-clock). To run out of money, [set the balance](#the-balance).

## What every number does

The last three digits decide, whatever is before them:

| | begin with | such as |
| --- | --- | --- |
${Object.entries(BEGINNINGS).map(beginningRow).join('\n')}

Data bundles go to the numbers of their country. The tables have the numbers of ${WRITTEN_OUT} in full.

${GROUPS.map(groupTable).join('\n')}
Every other number succeeds at once. \`${FAILING_TEST_NUMBER}\` is [PesaWay's](pesaway.md) number for a failure:
refunded, \`network_refused\`, in its protocol and in ours. The same digits work in PesaWay's protocol, in rows of
[batches](bulk.md) and in payouts of [campaigns](campaigns.md).

A look-up of a meter that ends in \`001\` finds none (404 \`meter_not_found\`); any other is of T. Moyo.

Insufficient funds has no number: [set the balance](#the-balance).

${clockAndBalance()}
${eventsAndProducts()}`;
}

function clockAndBalance(): string {
  return `## The test clock

An order whose outcome comes later:

\`\`\`sh
curl "$AIRTIME_URL/api/v1/orders" \\
  -H "Authorization: Api-Key $AIRTIME_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{ "product_id": 100, "target": "0772279012", "amount": 5, "agent_reference": "order-1" }'
\`\`\`

And its outcome, now:

\`\`\`sh
curl -X POST "$AIRTIME_URL/api/v1/test/orders/order-1/advance" -H "Authorization: Api-Key $AIRTIME_KEY"
\`\`\`

\`\`\`json
{ "agent_reference": "order-1", "status": "refunded", "final": true, "failure": { "code": "network_refused" } }
\`\`\`

The sandbox's next answer about this order is due now, and is handled before this answers, with 200 and the order.
\`?to=final\` goes on until the order is final or under review. No clock moves, so all times are real. Nothing is
skipped: your endpoint gets each event.

- An order that awaits no answer is answered as it is. One that is being sent at this
  moment is waited for, a second at most.
- \`021\` after \`to=final\` is \`refunded\`; advance it once more for the late success. So \`020\` is \`success\`,
  then \`reversed\`.
- It needs \`orders:write\` and counts as an order in [limits](limits.md). A live key gets 403
  \`test_key_required\`.
- A [batch](bulk.md) of ${COUNTED_ROWS_MAX.toLocaleString('en')} rows or fewer counts a row that was advanced at
  once; a larger one within two minutes.

Without it, the sandbox answers each time half a minute later, at \`next_check_at\`. Where we are busy, or a message of
ours is lost, a sweep handles the answer up to five minutes later, as live.

## The balance

\`\`\`sh
curl -X PUT "$AIRTIME_URL/api/v1/test/wallet" \\
  -H "Authorization: Api-Key $AIRTIME_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{ "currency": "ZWG", "balance": 4.5 }'
\`\`\`

\`\`\`json
{ "currency": "ZWG", "balance": 4.5 }
\`\`\`

Give it more again before you go on, such as the 25,000 that \`npm start\` begins with:

\`\`\`sh
curl -X PUT "$AIRTIME_URL/api/v1/test/wallet" \\
  -H "Authorization: Api-Key $AIRTIME_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{ "currency": "ZWG", "balance": 25000 }'
\`\`\`

The wallet holds exactly this, from 0 to 10,000,000 of the currency. The ledger gets the difference as an
\`adjustment\`, and [the audit log](keys.md) an entry; where there is no difference, nothing is written. So
repeating it is safe. An order of more is then refused with 402 \`insufficient_funds\`. It needs \`wallet:write\`;
\`balance\` and \`adjustment\` in the answer need \`wallet:read\`. A live key gets 403 \`test_key_required\`.
`;
}

function eventsAndProducts(): string {
  return `## Events

\`POST /api/v1/webhooks/endpoints/{endpoint_id}/test\` with \`{ "type": "order.reversed" }\` sends a signed sample
of any type to an endpoint that was made with a test key. Its \`id\` begins with \`evt_test_\`, its \`mode\` is
\`test\`, and what it is about does not exist. A live endpoint gets only \`webhook.test\`, and else 422
\`test_mode_only\`. See [webhooks](webhooks.md).

## What can be ordered

\`GET /api/v1/products\` with a test key lists these, always. The ids and limits are those of the same products
live, where our upstreams offer them; with a live key the same route lists what they offer now.

| \`product_id\` | product, country, network | amounts |
| --- | --- | --- |
${[...SANDBOX_PRODUCTS.values()].map(productRow).join('\n')}
`;
}

function groupTable({ title, says, shows }: Group): string {
  const rows = Object.entries(shows).map(
    ([suffix, text]) => `| \`${BEGINNINGS[WRITTEN_OUT]}${suffix}\` | \`${suffix}\` | ${text} |`,
  );
  return `### ${title}

${says}

| ${WRITTEN_OUT} | last digits | what you see |
| --- | --- | --- |
${rows.join('\n')}
`;
}

function beginningRow([kind, beginning]: readonly [string, string]): string {
  return `| ${kind} | \`${beginning}\` | \`${beginning}001\` |`;
}

function productRow({ id, name, country, network, currency, ...product }: Product): string {
  const show = (minor: number) => formatAmount(minor, currency);
  const { denominationsMinor, minMinor, maxMinor } = product;
  const amounts =
    denominationsMinor.length > 0 ? denominationsMinor.map(show).join(', ') : `${show(minMinor)} to ${show(maxMinor)}`;
  const where = `${country}, ${network === ANY_NETWORK ? 'any network' : network}`;
  return `| \`${id}\` | ${name} (${where}) | ${currency} ${amounts} |`;
}
