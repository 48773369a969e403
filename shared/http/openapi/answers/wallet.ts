import * as z from 'zod/mini';
import { ENTRY_KINDS } from '../../../domain/ledger.ts';
import type { TopupFailure } from '../../../domain/topup.ts';
import { TOPUP_FAILURES } from '../../../domain/topup.ts';
import type { viewEntry } from '../../views/entry-views.ts';
import type { viewTopup, viewTopupInFull } from '../../views/topup-views.ts';
import type { Contract } from '../schema.ts';
import { BODY, CURSOR, named, SPENDS, viewOf } from '../schema.ts';
import * as c from './shared-parts.ts';

/** Wallets, their ledgers and top-ups. A field of an entry that is named in its `damaged` is empty. */

const maybeMoney = z.nullable(c.money);
const empty = z.literal('');
const violation = named('Violation', z.strictObject({ seq: c.count, what: c.text }));

const wallet = named(
  'Wallet',
  z.strictObject({
    currency: c.currency,
    balance: c.money,
    in_doubt: maybeMoney,
    low_balance_threshold: maybeMoney,
  }),
);
const changedWallet = named(
  'ChangedWallet',
  z.strictObject({ currency: c.currency, balance: maybeMoney, low_balance_threshold: maybeMoney }),
);

const entryKind = named('EntryKind', z.enum(ENTRY_KINDS));
const entry = viewOf<ReturnType<typeof viewEntry>>()(
  'Entry',
  z.strictObject({
    id: c.text,
    seq: c.count,
    currency: c.currency,
    kind: z.union([entryKind, empty]),
    amount: c.money,
    balance_after: maybeMoney,
    description: c.text,
    order_id: z.optional(c.text),
    agent_reference: z.optional(c.text),
    topup_id: z.optional(c.text),
    batch_id: z.optional(c.text),
    damaged: z.optional(z.array(c.text)),
    created_at: z.union([c.instant, empty]),
    hash: c.text,
    previous_hash: c.text,
  }),
);

const verification = named(
  'Verification',
  z.strictObject({
    currency: c.currency,
    verified: z.boolean(),
    entries: c.count,
    balance: maybeMoney,
    first_flaw: z.nullable(violation),
    head: z.nullable(
      named(
        'HeadCheck',
        z.strictObject({
          day: c.text,
          signed_at: c.instant,
          entries: c.count,
          balance: maybeMoney,
          hash: c.text,
          agrees: z.boolean(),
        }),
      ),
    ),
    next_cursor: c.maybeText,
  }),
);

const head = named(
  'Head',
  z.strictObject({
    day: c.text,
    signed_at: c.instant,
    currency: c.currency,
    entries: c.count,
    balance: maybeMoney,
    hash: c.text,
    leaf: c.text,
    steps: z.array(named('HeadStep', z.strictObject({ side: z.enum(['left', 'right']), hash: c.text }))),
    head: c.text,
    signature: c.text,
  }),
);
const headPage = named(
  'HeadPage',
  z.strictObject({ public_key: c.text, data: z.array(head), next_cursor: c.maybeText }),
);

const statement = named(
  'Statement',
  z.strictObject({
    currency: c.currency,
    month: c.text,
    from: c.instant,
    to: c.instant,
    closed: z.boolean(),
    opening_balance: maybeMoney,
    closing_balance: maybeMoney,
    adds_up: z.boolean(),
    first_flaw: z.nullable(violation),
    entries: c.count,
    totals: z.array(named('StatementTotal', z.strictObject({ kind: entryKind, count: c.count, amount: c.money }))),
  }),
);

const topupStatus = named('TopupStatus', z.enum(['pending', 'success', 'failed', 'reversed']));
const topupFields = {
  id: c.text,
  reference: c.text,
  status: topupStatus,
  mode: c.mode,
  amount: c.money,
  charged_amount: c.money,
  currency: c.currency,
  redirect_url: c.maybeText,
  failure: z.nullable(
    named(
      'TopupFailure',
      z.strictObject({ code: z.enum(Object.keys(TOPUP_FAILURES) as TopupFailure[]), message: c.text }),
    ),
  ),
  under_review: z.optional(z.literal(true)),
  created_at: c.instant,
  finalized_at: c.maybeInstant,
};
export const topup = viewOf<ReturnType<typeof viewTopup>>()('Topup', z.strictObject(topupFields));
const topupStep = named('TopupStep', z.strictObject({ at: c.instant, status: topupStatus, note: c.text }));
const topupInFull = viewOf<ReturnType<typeof viewTopupInFull>>()(
  'TopupInFull',
  z.strictObject({ ...topupFields, timeline: z.array(topupStep) }),
);

export const walletContract = {
  'get-wallet': {
    answers: {
      200: {
        says: 'The wallets that ever held money.',
        body: named('Wallets', z.strictObject({ wallets: z.array(wallet) })),
      },
    },
  },
  'list-ledger': {
    answers: { 200: { says: 'A page of entries.', body: c.pageOf('EntryPage', entry) } },
    refusals: CURSOR,
  },
  'export-ledger': {
    answers: {
      200: { says: 'A part of the entries.', csv: true, headers: ['Link', 'Content-Disposition'] },
    },
    refusals: CURSOR,
  },
  'verify-ledger': {
    answers: { 200: { says: 'What was verified so far.', body: verification } },
    refusals: CURSOR,
  },
  'list-heads': {
    answers: { 200: { says: 'A page of signed heads.', body: headPage } },
    refusals: CURSOR,
  },
  'get-statement': {
    answers: { 200: { says: 'The statement of the month.', body: statement } },
    refusals: ['statement_too_large'],
  },
  'start-topup': {
    answers: {
      200: {
        says: 'The reference was posted before with the same fields: the top-up as it is now.',
        body: topup,
        headers: ['Location', 'Idempotent-Replayed'],
      },
      201: { says: 'The payment is started: send the payer to `redirect_url`.', body: topup, headers: ['Location'] },
    },
    refusals: [
      ...BODY,
      ...SPENDS,
      'currency_not_payable',
      'invalid_amount',
      'reference_reused',
      'payments_unavailable',
    ],
  },
  'list-topups': {
    answers: { 200: { says: 'A page of top-ups.', body: c.pageOf('TopupPage', topup) } },
    refusals: CURSOR,
  },
  'get-topup': {
    answers: { 200: { says: 'The top-up with its timeline.', body: topupInFull } },
    refusals: ['topup_not_found'],
  },
  'update-wallet': {
    answers: { 200: { says: 'The wallet with its threshold.', body: changedWallet } },
    refusals: BODY,
  },
} as const satisfies Record<string, Contract>;
