import { writeFileSync } from 'node:fs';
import { FAILURES } from '../shared/domain/order.ts';
import { TOPUP_FAILURES } from '../shared/domain/topup.ts';
import { CELL_PROBLEMS, REFERENCE_PROBLEMS } from '../shared/http/csv/sheet-cells.ts';
import { CATALOGUE_PROBLEMS } from '../shared/http/openapi/answers/shared-parts.ts';
import { REFUSALS } from '../shared/manifest/refusals.ts';
import { openApiText } from './openapi.ts';
import { postmanCollection } from './postman.ts';
import { privacyPage } from './privacy-page.ts';
import { PYTHON_FILES } from './python-sdk/files.ts';
import { sandboxPage } from './sandbox-page.ts';
import { sdkTypes } from './sdk-types.ts';
import type { ApiDocument } from './site/reference/document.ts';
import { readsModule, writesModule } from './table-access.ts';

/** Generates the pages, the OpenAPI document and what is made of it; a test fails if one is out of date. */

const NOTE = '<!-- Made by `npm run docs` from the code. Change the table there. -->';

const CODE_NOTE = '// Made by `npm run docs` from the code of the functions, by bin/';

export const PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/errors.md': errors,
  'docs/sandbox.md': () => sandboxPage(NOTE),
  'docs/privacy.md': () => privacyPage(NOTE),
  'docs/openapi.json': openApiText,
  'sdk/typescript/src/api.ts': async () => sdkTypes(JSON.parse(await openApiText())),
  'shared/manifest/reads.ts': () => readsModule(`${CODE_NOTE}reads.ts.`),
  'shared/manifest/writes.ts': () => writesModule(`${CODE_NOTE}writes.ts.`),
  'docs/postman.json': () => fromContract(postmanCollection),
  ...Object.fromEntries(Object.entries(PYTHON_FILES).map(([path, make]) => [path, () => fromContract(make)])),
};

/** What is made of the OpenAPI document. */
async function fromContract(make: (document: ApiDocument) => string): Promise<string> {
  return make(JSON.parse(await openApiText()));
}

function errors(): string {
  const refusals = Object.entries(REFUSALS).map(
    ([code, { status, retryable, title, detail, fix }]) =>
      `### ${code}\n\n**${title}** · ${status} · ${retryable ? 'retryable' : 'not retryable'}\n\n${detail}\n\n**Fix:** ${fix}\n`,
  );
  const failures = Object.entries(FAILURES).map(
    ([code, { message, retryable }]) => `| \`${code}\` | ${message} | ${retryable ? 'yes' : 'no'} |`,
  );
  const topups = Object.entries(TOPUP_FAILURES).map(([code, message]) => `| \`${code}\` | ${message} |`);
  const rows = Object.entries({ ...CELL_PROBLEMS, ...REFERENCE_PROBLEMS }).map(
    ([code, { says, fix }]) => `| \`${code}\` | ${says} | ${fix} |`,
  );
  return `${NOTE}

# Errors

Every refusal is \`application/problem+json\` (RFC 9457): \`type\` (a link to the code
on this page), \`title\`, \`status\`, \`detail\` (this case in one sentence), \`code\`, \`param\` (the field with the
problem, if there is one), \`fix\` (what to do),
\`retryable\` and \`request_id\`. \`errors\` lists several problems, and \`param\`, \`detail\` and
\`fix\` are about the first: all fields that are missing, unknown or malformed; else, for an order, target and amount that do not fit the product. What
is looked at after that comes one at a time: whether a product exists or a webhook's URL is one that we call. Rely on \`code\`; the texts may change.

\`retryable\` has one meaning here and in the \`failure\` of an order: **nothing in the request is wrong, so the same content may succeed
later**. Send it again after a wait that grows, or when \`fix\` says so. Use the same reference while you know of no order under it: should another
request have been accepted, you get its order; an order that is \`failed\` or \`refunded\` keeps its reference, and the next try needs a new one: **after 402
\`insufficient_funds\` of an order, too, which is \`failed\`.** If it is \`false\`, the same content is refused again: correct it, or what \`fix\` names.

## Answers without a code

A 5xx without a \`code\` comes from the API gateway, not from the API, usually 503 \`{"message":"Service Unavailable"}\`: too many
requests are running, or the answer took too long. It does not say whether your request was accepted. Wait a second, double
the wait each time, and send the same request again. Send an order with the same \`agent_reference\`: it stays one order,
whether the first request was accepted or not. Do the same after 429 \`{"message":"Too Many Requests"}\`.
\`Prefer: respond-async\` makes these answers rarer, because an order that nobody waits for occupies no capacity.

## Insufficient funds

402 is \`retryable\` everywhere: nothing is wrong with the content, and once you have topped up it may succeed. **Whether the same request may be sent again depends on
the reference:**

| request | code | the reference |
| --- | --- | --- |
| an order | \`insufficient_funds\` | **Used**: the order exists and is \`failed\`. The same request gets the same 402 for ever, also after a top-up. Order again under a new one. |
| a batch | \`insufficient_funds\` | Free: nothing was accepted. Post the same again. |
| a payout of a campaign | \`campaign_unfunded\` | Free: nothing was accepted. Send the same again. |

A single order answers while a customer waits. If a late repeat of it, such as one from a queue, could still be accepted after the next top-up, a
customer who was sent away would be recharged all the same: so its refusal is final. A batch and a payout stand for people who are
still to be paid: so their reference stays free.

## Refusals

${refusals.join('\n')}
## Why an order failed

The \`failure\` of an order says why it was refunded, or refused for insufficient funds. If it is retryable, the same order may succeed
later, with a new \`agent_reference\`.

| \`failure.code\` | meaning | retryable |
| --- | --- | --- |
${failures.join('\n')}

## Why a top-up failed

| \`failure.code\` | meaning |
| --- | --- |
${topups.join('\n')}

## What is wrong with a row

The \`code\` of a problem in a file of rows, in the \`errors\` of a preview's rows and of a refused batch. \`column\` is where it is. What the catalogue decides
has a code of the refusals above: ${CATALOGUE_PROBLEMS.map((code) => `\`${code}\``).join(', ')}.

| \`code\` | the cell or the row | what to do |
| --- | --- | --- |
${rows.join('\n')}

## Under review

\`under_review: true\` is no error. The provider of an order, or the payment gateway of a top-up, gave no answer that decides it, and a person of ours asks there. An
order stays \`unknown\` meanwhile, a top-up \`pending\`; the outcome comes as an event. Do not order again.
`;
}

if (import.meta.main) {
  for (const [path, make] of Object.entries(PAGES)) writeFileSync(path, await make());
}
