import type { LoggedField } from './logged-fields.ts';
import type { TableName } from './tables.ts';

/**
 * Which stored and logged fields tell something of a person, as data: `docs/privacy.md` is made of it, and a test fails
 * when an attribute is stored or a field is logged that is not here. A name that ends in `*` stands for all that begin
 * so.
 */

interface Personal {
  /** What it tells of whom. */
  readonly what: string;
  readonly why: string;
  /** What is left of it, and from when on. */
  readonly after: string;
}

export interface ItemKind {
  readonly table: TableName;
  readonly kind: string;
  /** Its keys, as `<pk> / <sk>`. */
  readonly keys: RegExp;
  readonly personal: Readonly<Record<string, Personal>>;
  /** What tells nothing of a person. */
  readonly plain: readonly string[];
}

const words = (text: string) => text.split(/\s+/).filter(Boolean);

const TERM = 'the term';
const NOTHING = `nothing, after ${TERM}`;
const HASHED = `its keyed hash, after ${TERM}`;
const MASKED = `\`…\` and the last three digits, after ${TERM}`;

const REFERENCE: Personal = {
  what: 'whatever a merchant puts in: nothing personal, we ask',
  why: 'the key of the order, and what its money is accounted by',
  after: 'everything: it never expires',
};
const ACTOR: Personal = {
  what: 'the identity of an operator of ours, or the id of a key',
  why: 'every act has a name',
  after: 'everything, as long as the item is kept',
};
const NOTE: Personal = {
  what: 'in the note of a decision by hand, the name of an operator and a reason',
  why: 'the merchant sees who decided and why',
  after: 'everything: reasons name no customers, we ask of operators',
};

const OWNED = 'id merchantId mode createdAt';
const LISTED = 'pk listPk listSk writeId version';
const DUE = 'dueAt dueShard dueFor putOffFrom sweepFailures';
const OUTBOX = 'outbox[].at outbox[].sequence outbox[].type outbox[].shown.* outbox[]';
const FULFILMENT = 'provider providerProductId providerProductCode kind country network';

const ORDERS: ItemKind[] = [
  {
    table: 'orders',
    kind: 'order',
    keys: /^mer_\w+#(live|test)#/,
    personal: {
      pk: REFERENCE,
      target: { what: 'the number or meter, as it was ordered', why: 'shown to its merchant', after: MASKED },
      msisdn: { what: 'the same in one form', why: 'what is recharged, and compared with a repeat', after: HASHED },
      customSms: {
        what: 'a text to the customer',
        why: 'it is sent, and compared with a repeat',
        after: `its keyed hash, as \`erased.smsHash\`, after ${TERM}`,
      },
      resultsUrl: { what: "a URL of the merchant's, which may name anybody", why: 'results go there', after: NOTHING },
      'receipt.holder.name': { what: 'whom a meter belongs to', why: 'shown to its merchant', after: NOTHING },
      'receipt.holder.address': { what: 'where they live', why: 'shown to its merchant', after: NOTHING },
      'receipt.tokens[].token': { what: 'a prepaid token', why: 'the customer needs it', after: NOTHING },
      'receipt.tokens[].units': { what: 'how much power it is', why: 'the same', after: NOTHING },
      'attempts[].evidence': {
        what: "a provider's answer, which repeats number, name and amount",
        why: 'a person decides by it what became unclear',
        after: NOTHING,
      },
      lastFinding: { what: 'the same, of the last status query', why: 'the same', after: NOTHING },
      'payout.respondentId': {
        what: "the survey platform's id of a respondent",
        why: 'shown to its merchant',
        after: `nothing, after ${TERM}; a plain hash of it is part of the order's reference`,
      },
      'timeline[].note': NOTE,
    },
    plain: words(`${LISTED} ${DUE} doubtPk campaignPk status productId amountMinor currency ${FULFILMENT} hidesFunds
      batchId batchRow isQuiet payout.day receipt.providerRef receipt.reference receipt.costMinor failure refusals
      receipt.tokens[] attempts[] attempts[].id attempts[].startedAt attempts[].endedAt attempts[].outcome
      attempts[].reference attempts[].account timeline[].at timeline[].status finalizedAt recheckAt heldSince
      returnedMinor keptMinor lossMinor stored.* queryCount notFoundCount events ${OUTBOX} erased.at erased.smsHash`),
  },
  {
    table: 'ledger',
    kind: 'entry',
    keys: /./,
    personal: {
      agentReference: REFERENCE,
      description: {
        what: "the merchant's reference in words; of an adjustment, the reason and the name of an operator",
        why: 'statements, and the hash chain covers it',
        after: 'everything: it never changes',
      },
    },
    plain: words(`pk seq id merchantId mode at currency amountMinor balanceAfterMinor counterAccount hash previousHash
      kind orderId batchId topupId`),
  },
  {
    table: 'lines',
    kind: 'row',
    keys: / \/ \d{4}-/,
    personal: {
      posting: {
        what: 'a whole order that waits for its wallet',
        why: 'many orders of one wallet are written together',
        after: 'nothing: the row is deleted within seconds, or expires within two days',
      },
    },
    plain: words('pk sk until expiresAt'),
  },
  {
    table: 'lines',
    kind: 'lead',
    keys: / \/ lead$/,
    personal: {},
    plain: words('pk sk holder until version writeId expiresAt'),
  },
];

const MERCHANTS: ItemKind[] = [
  {
    table: 'merchants',
    kind: 'merchant',
    keys: / \/ profile$/,
    personal: { name: { what: 'the name of a merchant', why: 'who it is', after: 'everything, while it is one' } },
    plain: words('pk sk id createdAt'),
  },
  {
    table: 'merchants',
    kind: 'key',
    keys: /^key#/,
    personal: {
      name: { what: 'what a merchant calls its key', why: 'to tell keys apart', after: 'everything' },
      'createdBy.id': ACTOR,
      'allowedRanges[]': {
        what: "addresses of the merchant's servers",
        why: 'the key works there only',
        after: 'everything',
      },
    },
    plain: words(`pk sk ${OWNED} prefix scopes[] createdBy.kind endsAt revokedAt replacedBy replaces[] usedAt revision
      writeId hash`),
  },
  {
    table: 'merchants',
    kind: "a merchant's key",
    keys: /^merchant#\w+ \/ key#/,
    personal: {},
    plain: words('pk sk hash'),
  },
  {
    table: 'merchants',
    kind: 'endpoint',
    keys: /^merchant#\w+ \/ (endpoint|results)#/,
    personal: {
      url: { what: "a URL of the merchant's", why: 'events go there', after: 'everything' },
      description: { what: 'what the merchant writes there', why: 'to tell endpoints apart', after: 'everything' },
      'createdBy.id': ACTOR,
    },
    plain: words(`pk sk ${OWNED} events[] createdBy.kind keyIds[] keyVersion secretVersion retiring[] retiring[].*
      failing.* disabled.* deletedAt revision writeId`),
  },
  {
    table: 'audit',
    kind: 'act',
    keys: /./,
    personal: {
      'by.id': ACTOR,
      address: {
        what: 'the address a request came from',
        why: 'who did it, from where',
        after: 'nothing: the entry expires',
      },
      'before.*': {
        what: 'what a merchant has set up: names, URLs',
        why: 'what an act changed',
        after: 'nothing: the same',
      },
      'after.*': { what: 'the same, with reasons that operators give', why: 'the same', after: 'nothing: the same' },
    },
    plain: words(`pk sk ${OWNED} at action subject by.kind requestId expiresAt`),
  },
];

const DELIVERED = 'nothing: it expires after 90 days';

const REST: ItemKind[] = [
  {
    table: 'deliveries',
    kind: 'delivery',
    keys: /^dlv_/,
    personal: {
      'event.body': { what: 'an order, as its merchant sees it', why: 'sent, and sent again', after: DELIVERED },
      'attempts[].excerpt': { what: "what the merchant's server answered", why: 'to find its fault', after: DELIVERED },
      'attempts[].error': { what: 'why there was no answer, with an address', why: 'the same', after: DELIVERED },
      url: { what: "a URL of the merchant's", why: 'it goes there', after: DELIVERED },
    },
    plain: words(`${LISTED} ${DUE} ${OWNED} endpointId orderId lane status tries expiresAt deliveredAt isTest event.id
      event.type event.createdAt event.sequence event.orderId attempts[] attempts[].at attempts[].latencyMs
      attempts[].status`),
  },
  {
    table: 'deliveries',
    kind: 'recovery',
    keys: /^recovery/,
    personal: {},
    plain: words(`pk ${OWNED} endpointId since until upTo recovered expiresAt version writeId`),
  },
  {
    table: 'topups',
    kind: 'top-up',
    keys: /^top_/,
    personal: {
      reference: REFERENCE,
      returnUrl: {
        what: "a page of the merchant's: nothing personal, we ask",
        why: 'the payer goes there, and it is compared with a repeat',
        after: 'everything',
      },
      redirectUrl: { what: "the payer's page at the payment gateway", why: 'the payer pays there', after: NOTHING },
      lastFinding: { what: "the payment gateway's answer, which may name the payer", why: 'evidence', after: NOTHING },
      'orphans[]': { what: 'the same, of payments that nobody saw', why: 'evidence', after: NOTHING },
      'timeline[].note': NOTE,
    },
    plain: words(`${LISTED} ${DUE} ${OWNED} currency amountMinor chargedMinor status startLease.* gatewayRef failure
      isDecidedByHand deniedAt lossMinor queryCount timeline[].at timeline[].status finalizedAt queryAt erasedAt events
      ${OUTBOX} orphans`),
  },
  {
    table: 'batches',
    kind: 'rows',
    keys: /#rows#/,
    personal: {
      'rows[].order.target': { what: 'the number or meter of a row', why: 'what is ordered', after: MASKED },
      'rows[].order.msisdn': { what: 'the same in one form', why: 'the same', after: HASHED },
      'rows[].order.customSms': { what: 'a text to the customer', why: 'it is sent', after: NOTHING },
      'rows[].order.agentReference': REFERENCE,
      'rows[].leftOut.target': { what: 'what stood there', why: 'to correct it', after: MASKED },
      'rows[].leftOut.customSms': { what: 'the text of the row', why: 'to send it corrected', after: NOTHING },
      'rows[].leftOut.problems[].detail': {
        what: 'what is wrong, with the cell',
        why: 'to correct it',
        after: NOTHING,
      },
      'rows[].leftOut.reference': REFERENCE,
    },
    plain: words(`pk rows[].row rows[].erased rows[].leftOut.amount rows[].leftOut.productId rows[].leftOut.currency
      rows[].leftOut.problems[] rows[].leftOut.problems[].code rows[].leftOut.problems[].column
      rows[].leftOut.problems[].fix rows[].order.amountMinor rows[].order.currency rows[].order.productId
      ${words(FULFILMENT)
        .map((name) => `rows[].order.${name}`)
        .join(' ')}`),
  },
  {
    table: 'batches',
    kind: 'progress',
    keys: /#progress#/,
    personal: {},
    plain: words(`pk batchId chunk version leasedAt isRun
    counts.* returned.* writeId`),
  },
  {
    table: 'batches',
    kind: 'file',
    keys: /^file#/,
    personal: {
      pk: {
        what: 'a plain hash of a whole file',
        why: 'to warn when it is sent again',
        after: 'everything: see below',
      },
    },
    plain: words('batchId'),
  },
  {
    table: 'batches',
    kind: 'batch',
    keys: /^bat_\w+$/,
    personal: {
      reference: REFERENCE,
      contentHash: { what: 'a plain hash of the file', why: 'compared with a repeat', after: 'everything: see below' },
    },
    plain: words(`${LISTED} ${DUE} ${OWNED} rowSet accept hasRowWebhooks rows amounts.* status counts.* cancelledAt
      finishedAt refundedAt retryOf ${OUTBOX}`),
  },
  {
    table: 'campaigns',
    kind: 'number',
    keys: /#number#/,
    personal: {
      pk: {
        what: 'the keyed hash of a number that was paid',
        why: 'it is paid once',
        after: 'everything: only we can tell whose',
      },
    },
    plain: words('references[] version writeId'),
  },
  { table: 'campaigns', kind: 'request', keys: /#request#/, personal: {}, plain: words('pk usedAt writeId') },
  {
    table: 'campaigns',
    kind: 'counts',
    keys: /#counts#/,
    personal: {},
    plain: words('pk counts.* counted.* version writeId'),
  },
  {
    table: 'campaigns',
    kind: 'what a key made',
    keys: /^key#/,
    personal: {},
    plain: words('pk keyId campaignIds[] closedAt toPause[] version writeId'),
  },
  {
    table: 'campaigns',
    kind: 'campaign',
    keys: /^cmp_\w+$/,
    personal: {
      name: { what: 'what a merchant calls it', why: 'to tell campaigns apart', after: 'everything' },
      'createdBy.id': ACTOR,
    },
    plain: words(`${LISTED} ${OWNED} createdBy.kind currency amountMinor minMinor maxMinor budgetMinor dailyBudgetMinor
      dailyPayoutsMax payoutsMax spentMinor payouts accepted basis today.* startsAt endsAt isPaused isOncePerNumber
      mayRetryFailed needsTimestamp allowsApiKey countries[] productId secretVersion keyVersion
      retiring[] retiring[].*`),
  },
  {
    table: 'watches',
    kind: 'threshold',
    keys: /./,
    personal: {},
    plain: words(`pk merchantId mode currency thresholdMinor seenSeq
    setBelow.* dueAt dueShard sweepFailures ${OUTBOX} revision writeId`),
  },
  {
    table: 'wallets',
    kind: 'adjustment',
    keys: /^adjustment#/,
    personal: {
      pk: { ...REFERENCE, what: "a reference of ours, such as a bank's: nothing personal", why: 'one entry each' },
    },
    plain: words('merchantId mode currency seq entryId writeId'),
  },
  {
    table: 'wallets',
    kind: 'verification',
    keys: /^mer_/,
    personal: {},
    plain: words(`pk listPk listSk merchantId mode currency seq
    hash balanceMinor broken.* dueAt dueShard sweepFailures revision writeId`),
  },
  {
    table: 'erasures',
    kind: 'number',
    keys: /^number#/,
    personal: {
      pk: {
        what: 'the keyed hash of a number that was erased',
        why: 'an erasure can be continued',
        after: 'everything: only we can tell whose',
      },
      numberHash: { what: 'the same', why: 'the same', after: 'the same' },
    },
    plain: words('startedAt finishedAt upTo touched[] touched[].* touched[].left[] revision writeId'),
  },
  { table: 'erasures', kind: 'cursor', keys: /^old#/, personal: {}, plain: words('pk upTo left[] revision writeId') },
  {
    table: 'catalogue',
    kind: 'product',
    keys: /./,
    personal: {},
    plain: words(`pk sk id name available country currency
    denominationsMinor[] kind maxMinor minMinor network provider providerProductId providerProductCode stepMinor
    targetType discountPercent writeId`),
  },
  {
    table: 'health',
    kind: 'provider',
    keys: /./,
    personal: {
      'delivery *': {
        ...REFERENCE,
        what: 'which order was delivered last, by its reference',
        after: 'the next one replaces it',
      },
    },
    plain: [
      ...words('pk failureCount openSince probeAt reason queriesNextAt sendsNextAt sendMs[] ramp* balances* at'),
      'balance *',
    ],
  },
];

export const ITEM_KINDS: readonly ItemKind[] = [...ORDERS, ...MERCHANTS, ...REST];

/** What is logged that may tell something of a person, and what; all other fields of a line do not. */
export const PERSONAL_IN_LOGS: Readonly<Partial<Record<LoggedField, string>>> = {
  agentReference: "the merchant's own reference, of events that were not enqueued",
  item: 'the key of an item that fails, which of an order has that reference',
  left: 'a count, never what was left',
  error: 'the message of an error, with long numbers masked; of an endpoint, why there was no answer',
  reason: 'the same',
  keyId: 'the id of a key, which its merchant may have given to one person',
};

/** Places that are no table: what lies there, and how long. */
export const OTHER_PLACES: readonly (readonly [place: string, what: string, until: string])[] = [
  [
    'S3, `previews/…` and `uploads/…`',
    'files of rows: numbers, texts',
    '7 days, then a rule of the bucket deletes them',
  ],
  ['S3, heads of ledgers', 'wallets, numbers of entries, hashes: nothing personal', 'for ever'],
  ['SQS', "keys of orders, with the merchant's reference; ids", '4 days; dead letters 14 days'],
  ['Logs of functions', 'the fields below', 'dev a week, staging a month, live a year'],
  ['Access log of the API', 'the address of each request, with route and status', 'the same'],
  ['Metrics', 'our balances at providers, by account: no person', '15 months; the lines they are made of as logs'],
  ['Backups', 'all tables, as they were', '35 days: point-in-time recovery goes back no further'],
  [
    'Providers, payment gateway',
    'numbers, amounts and texts of the orders they deliver; payers',
    'as their own terms say',
  ],
  ['Secrets Manager', 'the key `privacy`, which makes the hashes', 'for ever: it is never rotated'],
];
