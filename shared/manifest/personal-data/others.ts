import type { ItemKind } from './item-kind.ts';
import {
  ACTOR,
  DUE,
  FULFILMENT,
  HASHED,
  LISTED,
  MASKED,
  NOTE,
  NOTHING,
  OUTBOX,
  OWNED,
  REFERENCE,
  words,
} from './item-kind.ts';

const DELIVERED = 'nothing: it expires after 90 days';
const NOTICED = 'nothing: it expires a month after its last change';
const DELIVERED_OR_ERASED = 'nothing: it expires after 90 days, or is masked when its number is erased';

/** What mails say of what happened, beside what may be personal. */
const NOTICE_FACTS = ['waiting', 'mailing']
  .flatMap((part) =>
    words(`kind at balance threshold failingSince disabled batchId isCancelled rows delivered topupId amount status
      failure`).map((name) => `${part}.facts[].${name}`),
  )
  .join(' ');

/** Everything else that is stored. */
export const OTHERS: ItemKind[] = [
  {
    table: 'deliveries',
    kind: 'delivery',
    keys: /^dlv_/,
    personal: {
      'event.body': {
        what: 'an order, as its merchant sees it',
        why: 'sent, and sent again',
        after: DELIVERED_OR_ERASED,
      },
      'attempts[].excerpt': {
        what: "what the merchant's server answered",
        why: 'to find its fault',
        after: 'nothing: it expires after 90 days, or is gone when a number is erased that it says',
      },
      'attempts[].error': { what: 'why there was no answer, with an address', why: 'the same', after: DELIVERED },
      url: { what: "a URL of the merchant's", why: 'it goes there', after: DELIVERED },
    },
    plain: words(`${LISTED} ${DUE} ${OWNED} endpointId orderId lane status tries resends expiresAt deliveredAt isTest
      event.id event.type event.createdAt event.sequence event.orderId attempts[] attempts[].at attempts[].latencyMs
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
    table: 'deliveries',
    kind: 'order of deliveries',
    keys: /^kept#/,
    personal: {},
    plain: words('pk last deliveryId createdAt expiresAt'),
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
      'rows[].leftOut.reference': { what: 'what stood in that cell', why: 'to correct it', after: NOTHING },
      'rows[].leftOut.amount': { what: 'the same, where cells are swapped a number', why: 'the same', after: NOTHING },
      'rows[].leftOut.productId': { what: 'the same', why: 'the same', after: NOTHING },
      'rows[].leftOut.currency': { what: 'the same', why: 'the same', after: NOTHING },
    },
    plain: words(`pk listPk listSk batchId rowSet batchRows rows[].row rows[].erased
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
      'createdBy.id': ACTOR,
    },
    plain: words(`${LISTED} ${DUE} ${OWNED} rowSet accept hasRowWebhooks rows amounts.* status counts.* cancelledAt
      finishedAt refundedAt retryOf createdBy.kind ${OUTBOX}`),
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
    plain: words('pk keyId campaignIds[] closedAt toPause[] isKept isLineOpen version writeId'),
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
    table: 'notices',
    kind: 'notice',
    keys: /^mer_/,
    personal: {
      'waiting.facts[].reference': { ...REFERENCE, why: 'a mail says what it is about', after: NOTICED },
      'mailing.facts[].reference': { ...REFERENCE, why: 'the same', after: NOTICED },
      'waiting.facts[].host': { what: "the host of a URL of the merchant's", why: 'the same', after: NOTICED },
      'mailing.facts[].host': { what: 'the same', why: 'the same', after: NOTICED },
      'mailing.mailedTo[]': { ...ACTOR, what: 'the id of a member', why: 'nobody gets it twice', after: NOTICED },
      'mailing.failures.*': {
        what: 'by the id of a member, how often mail was not taken',
        why: 'it is tried again',
        after: NOTICED,
      },
    },
    plain: words(`pk ${DUE} ${OWNED} kind subject mailedAt expiresAt version writeId waiting.count
      waiting.facts[] mailing.count mailing.facts[] mailing.startedAt mailing.claims mailing.mailedTo mailing.failures
      ${NOTICE_FACTS}`),
  },
  {
    table: 'notices',
    kind: 'occurrence',
    keys: /^occurred#/,
    personal: {},
    plain: words('pk expiresAt'),
  },
  {
    table: 'notices',
    kind: 'place of reviews',
    keys: /^reviews#/,
    personal: {},
    plain: words('pk since version writeId'),
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
  {
    table: 'erasures',
    kind: 'cursor',
    keys: /^old#/,
    personal: {},
    plain: words('pk upTo left[] missed.* revision writeId'),
  },
  {
    table: 'figures',
    kind: 'day',
    keys: /^mer_/,
    personal: { 'openReferences[]': REFERENCE, 'recount.openReferences[]': REFERENCE },
    plain: words(`pk sk upTo asOf version recounts openReferences decided.* open.* decided.*[] open.*[]
    recount.upTo recount.decided.* recount.open.* writeId`),
  },
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
    kind: 'canary',
    keys: /^canary$/,
    personal: {},
    plain: words('pk runs*'),
  },
  {
    table: 'health',
    kind: 'provider',
    keys: /^(?!canary$)/,
    personal: {
      'delivery *': {
        ...REFERENCE,
        what: 'which order was delivered last, by its reference',
        after: 'the next one replaces it',
      },
    },
    plain: [
      ...words('pk failureCount openSince upSince probeAt reason'),
      ...words('queriesNextAt sendsNextAt sendMs[] ramp* balances* at'),
      'balance *',
    ],
  },
];
