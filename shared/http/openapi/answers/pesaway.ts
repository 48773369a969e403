import * as z from 'zod/mini';
import type { pendingOf, resultOf } from '../../../domain/result.ts';
import { RESULT_CODES } from '../../../domain/result.ts';
import type { acceptance, PesawayCode } from '../../pesaway-protocol.ts';
import { PESAWAY_CODES } from '../../pesaway-protocol.ts';
import type { Contract } from '../schema.ts';
import { named, viewOf } from '../schema.ts';
import * as c from './shared-parts.ts';

/** PesaWay's protocol: the fields and codes of its documents. */

const code = named('PesawayCode', z.enum(Object.keys(PESAWAY_CODES) as PesawayCode[]));
const accepted = z.literal('200.001');
const acceptanceFields = {
  code,
  OriginatorReference: c.maybeText,
  TransactionID: c.maybeText,
  ResponseDescription: c.text,
};

const answer = viewOf<ReturnType<typeof acceptance>>()('PesawayAcceptance', z.strictObject(acceptanceFields));

/** The body of every refusal of its protocol. */
export const pesawayRefusal = named(
  'PesawayRefusal',
  z.strictObject({ ...acceptanceFields, description: c.text, message: c.text }),
);

const success = named(
  'PesawaySuccess',
  z.strictObject({
    ResultCode: z.literal(RESULT_CODES.success),
    ResultDesc: c.text,
    OriginatorReference: c.text,
    PhoneNumber: c.text,
    TransactionID: c.text,
    TransactionAmount: c.text,
    AccountAvailableFunds: c.maybeText,
    TransactionCompletedDateTime: c.text,
  }),
);
const failed = named(
  'PesawayFailure',
  z.strictObject({
    ResultCode: z.literal(RESULT_CODES.failed),
    ResultDesc: c.text,
    OriginatorReference: c.text,
    TransactionID: c.text,
    TransactionAmount: c.text,
    TransactionReceipt: z.null(),
  }),
);
const pending = viewOf<ReturnType<typeof pendingOf>>()(
  'PesawayPending',
  z.strictObject({
    ResultCode: z.literal(RESULT_CODES.pending),
    ResultDesc: c.text,
    OriginatorReference: c.text,
    TransactionID: c.text,
    TransactionAmount: c.text,
  }),
);
/** What is posted to a `ResultsUrl`. */
export const pesawayResult = viewOf<ReturnType<typeof resultOf>>()('PesawayResult', z.union([success, failed]));

const balance = named(
  'PesawayBalance',
  z.strictObject({
    code: accepted,
    ResponseDescription: c.text,
    Currency: c.currency,
    Balance: c.maybeText,
    AvailableBalance: c.maybeText,
  }),
);

const token = named(
  'PesawayToken',
  z.strictObject({
    code: accepted,
    access_token: c.text,
    token_type: z.literal('Bearer'),
    expires_in: c.count,
    expires_at: c.instant,
    data: named('PesawayTokenData', z.strictObject({ token: c.text, expires_at: c.instant })),
  }),
);

/** What any route of this protocol may answer. */
const ANY = ['400.001', '401.001', '413.001', '429.001', '500.001'] as const satisfies PesawayCode[];
const KEYED = [...ANY, '403.001'] as const satisfies PesawayCode[];

export const pesawayContract = {
  'send-airtime': {
    answers: {
      200: { says: 'The order is accepted; its result comes later.', body: answer, headers: ['Idempotent-Replayed'] },
    },
    refusals: [
      ...KEYED,
      ...['400.002', '400.003', '400.004', '400.005', '400.006', '402.001', '403.002', '403.003'],
      ...['409.001', '503.001'],
    ],
    counted: true,
  },
  'query-transaction': {
    answers: {
      200: {
        says: 'The result, or that there is none yet.',
        body: named('PesawayTransaction', z.union([success, failed, pending])),
      },
    },
    refusals: [...KEYED, '404.001'],
  },
  'get-account-balance': {
    answers: { 200: { says: 'The balance.', body: balance } },
    refusals: [...KEYED, '400.002', '400.004'],
  },
  'issue-token': { answers: { 200: { says: 'A token that is valid for an hour.', body: token } }, refusals: ANY },
} as const satisfies Record<string, Contract>;
