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
  REFERENCE,
  words,
} from './item-kind.ts';

/** Orders, and what moves their money. */
export const ORDERS: ItemKind[] = [
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
        after: 'its keyed hash, as `erased.smsHash`, after the term',
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
        after: "nothing, after the term; a plain hash of it is part of the order's reference",
      },
      'timeline[].note': NOTE,
      by: ACTOR,
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
