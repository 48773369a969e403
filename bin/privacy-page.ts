import type { ItemKind } from '../shared/manifest/personal-data/item-kind.ts';
import { ITEM_KINDS, OTHER_PLACES, PERSONAL_IN_LOGS } from '../shared/manifest/personal-data.ts';

/** The page about personal data, made from its table in the code. */

function rowsOf({ table, kind, personal }: ItemKind): string[] {
  return Object.entries(personal).map(
    ([field, { what, why, after }]) => `| \`${table}\` | ${kind} | \`${field}\` | ${what} | ${why} | ${after} |`,
  );
}

export function privacyPage(note: string): string {
  return `${note}

${terms()}
${stored()}
${elsewhere()}`;
}

function terms(): string {
  return `# Personal data

Which data about people Airtime holds, why, for how long, and what is left of it. A test fails when an attribute is
stored or a field is logged that the list behind this page does not have. Why it is built so:
[note 29](decisions/0029-personal-data-ends.md).

Merchants decide whom they recharge, so for their customers' data they are the controllers and we process it for
them; for their own people's data we are the controller. What binds both: in Zimbabwe the Cyber and Data Protection
Act [Chapter 12:07], in Kenya the Data Protection Act, 2019, in Uganda the Data Protection and Privacy Act, 2019, in
Tanzania the Personal Data Protection Act, 2022. This page says what the system does; it is no legal advice.

## What we ask of merchants

- **Put nothing personal into \`agent_reference\`**, the reference of a batch or a top-up, or the name of a key or
  campaign: no number, no name, no account of a customer. A reference is the key of its order and part of the
  ledger, which nobody can change, so it never expires.
- **Use a \`respondent_id\` that tells nobody who it is**, such as a random one. A plain hash of it is part of the
  payout's reference.
- **Put nothing personal into URLs**: \`ResultsUrl\`, \`return_url\`, the URLs of webhooks.
- A customer who wants to know or to have erased what is stored asks the merchant; the merchant [asks
  us](runbook.md#somebody-asks-about-their-data).

## Which key sees what

| of a person | is shown to keys with | to others |
| --- | --- | --- |
| numbers in orders, rows and look-ups | \`orders:read\`, \`orders:write\`; look-ups \`products:read\` | refused |
| numbers in payouts | \`campaigns:read\`, or the campaign's secret | refused |
| numbers in bodies of deliveries | \`orders:read\` | \`…\` and three digits; the excerpt is \`null\` |
| numbers in the request log and its errors | \`orders:read\` | three digits, \`null\`, or no path |
| \`custom_sms\`, \`tokens\`, \`holder\` | \`orders:read\`, or who places the order | \`null\` |
| \`respondent_id\` | \`campaigns:read\`, \`campaigns:write\` | \`null\` |

The audit log (\`audit:read\`) has no number of a customer: \`number.erased\` has a keyed hash. It shows
the address that a request came from. The text of a refusal repeats what its caller sent, to that caller.

## How long

| stage | personal data of orders, rows and top-ups | audit log | logs |
| --- | --- | --- | --- |
| dev | 30 days | 30 days | a week |
| staging | 90 days | 90 days | a month |
| live | 400 days | 2555 days | a year |

The first column is **the term**. A job, \`erase-old\`, looks every hour at what became older than it, by the
merchant's list, from the oldest on. It erases what is final and has nothing pending; anything else it looks at
again in each run, and where that is more than 300 of a list, some of the rest in each. Money, statuses, times,
references and the ledger stay as they are: a ledger verifies before and after with the same hashes. An order costs
three write units at most, once.

## What an erased order is like

| | before | after |
| --- | --- | --- |
| \`target\`, \`msisdn\` | \`0772279179\`, \`+263772279179\` | \`…179\`, in whatever shows them |
| \`custom_sms\`, \`respondent_id\` | the text | \`null\` |
| \`tokens\`, \`holder\` | as delivered | absent |
| the same request again | 200, or 422 \`reference_reused\` | the same: number and text are compared by keyed hash |
| a number that a campaign paid | \`already_paid\` | the same: campaigns note numbers by keyed hash from the start |
| \`GET /api/v1/orders?target=…\` | finds it | does not find it |
| rows of its batch sent again | as failed rows are | not possible: \`batch_invalid\` |

The hash is HMAC-SHA-256 with a key of its own, \`privacy\`, which is never rotated. Who has the key can try all
numbers, so it is personal data still, of which nobody but us can tell whose. An outcome that arrives after all,
such as a refund that proves delivered, still moves its money; what a provider then reports of tokens is stored
again, because the customer needs it. `;
}

function stored(): string {
  const items = ITEM_KINDS.flatMap(rowsOf);
  const none = ITEM_KINDS.filter(({ personal }) => Object.keys(personal).length === 0);
  return `## What is stored

| table | item | attribute | tells | why | what is left |
| --- | --- | --- | --- | --- | --- |
${items.join('\n')}

Nothing personal is in ${none.map(({ table, kind }) => `\`${table}\` (${kind})`).join(', ')}.

**A plain hash of a file** tells nothing to whoever does not have the file. Of a file with a single row and no text,
though, all numbers could be tried.

**Rows of a request that failed** while they were stored, because the same request won or the process died, belong
to no batch. Nothing shows or sends them. Who lost to the same request erases its rows at once; others the job
erases after a day, and the erasure of a number counts them with the rows of batches. `;
}

function elsewhere(): string {
  const places = OTHER_PLACES.map(([place, what, until]) => `| ${place} | ${what} | ${until} |`);
  const logged = Object.entries(PERSONAL_IN_LOGS).map(([field, what]) => `| \`${field}\` | ${what} |`);
  return `## Elsewhere

| place | what | how long |
| --- | --- | --- |
${places.join('\n')}

## What is logged

Fields of log lines are a list in \`shared/manifest/logged-fields.ts\`; the logger drops any other. Long numbers in
texts are masked to their last three digits, and of an error only its name, message and code are kept. So no line
has a phone number, a text, a token, a name of a meter's holder, an answer of an upstream or our balance at a
provider: of a balance, a metric says only whether it is low. These fields may still lead to somebody:

| field | what |
| --- | --- |
${logged.join('\n')}

## One number

\`npm run operator -- erase <number> [--report FILE]\` erases one number now, at every merchant, as the job does
when the term is over. It can be repeated and is continued where it died. The report counts what was erased, lists
what is not final yet, and says what remains and why. Each merchant that had the number finds \`number.erased\` in
its audit log, with the hash only.

What remains is above: hashes, references, URLs of results for 90 days, files for 7, backups for 35.
**After a restore
from a backup**, the erasures since then are done again. The job does its own where the table \`erasures\` is
restored to the same moment; else delete its cursors (\`old#…\`), and it begins from the oldest. Those of numbers an
operator repeats, by the requests that are kept. `;
}
