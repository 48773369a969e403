import type { Key } from '../domain/key.ts';
import { excerpt } from '../domain/text.ts';
import type { RefusalCode } from '../manifest/refusals.ts';
import { REFUSALS } from '../manifest/refusals.ts';
import { readActiveKey } from '../store/keys.ts';
import type { World } from '../world.ts';
import type { Refusal } from './refusal.ts';
import type { Answer, PlainRequest, Protocol } from './route.ts';

/**
 * The protocol adapter for clients of PesaWay: its authentication, its answers, its codes. A code of PesaWay's own
 * documents has the meaning that it has there; the others are ours, in the same form: the HTTP status and a number.
 */

export const PESAWAY_CODES = {
  '200.001': 'Success. Request accepted for processing',
  '400.001': 'A field is missing or not of the right form.',
  '400.002': 'The region is not supported, or does not follow from the request.',
  '400.003': 'PhoneNumber is not a mobile number of the region.',
  '400.004': 'Currency is not the currency of the region.',
  '400.005': 'The amount is not allowed for this network.',
  '400.006': 'The network of the number is not supported.',
  '401.001': 'The credentials are missing, wrong, expired or revoked.',
  '402.001': 'The wallet does not cover the amount. Top up, then send the request with a new reference.',
  '403.001': 'The key does not have the required scope.',
  '403.002': 'The account is frozen. Send the same request again when it is not.',
  '403.003': 'The account is not live. Use a test key until it is.',
  '404.001': 'Transaction not found: none has this reference.',
  '409.001': 'ExternalReference was used for another request.',
  '413.001': 'The body is too large.',
  '429.001': 'Too many requests. Send the same request again after the seconds in Retry-After.',
  '500.001': 'Something went wrong on our side. Send the same request again: it is never executed twice.',
  '503.001': 'The network is not available at present. Send the same request again later.',
} as const;
export type PesawayCode = keyof typeof PESAWAY_CODES;

/** By the code of the refusal, or by the code and the field. */
const BY_REFUSAL: Readonly<Record<string, PesawayCode>> = {
  'invalid_request X-Region': '400.002',
  'invalid_request Currency': '400.004',
  invalid_target: '400.003',
  invalid_amount: '400.005',
  product_not_found: '400.006',
  unauthenticated: '401.001',
  insufficient_funds: '402.001',
  scope_missing: '403.001',
  account_frozen: '403.002',
  account_not_live: '403.003',
  order_not_found: '404.001',
  reference_reused: '409.001',
  body_too_large: '413.001',
  busy: '429.001',
  rate_limited: '429.001',
  internal_error: '500.001',
  product_unavailable: '503.001',
};

/** PesaWay's names for fields of our own API. */
const FIELDS: Readonly<Record<string, string>> = {
  agent_reference: 'ExternalReference',
  target: 'PhoneNumber',
  amount: 'Amount',
  product_id: 'Network',
  custom_sms: 'Description',
  url: 'ResultsUrl',
};

/**
 * Accepts a key as `Api-Key …`, as `Bearer …` or bare. Anything else is an access token; `readToken` returns the key
 * that its client logged in with.
 */
export function pesawayProtocol(
  readToken: (world: World, token: string, address: string | undefined) => Promise<Key | undefined>,
): Protocol {
  return {
    scheme: 'Bearer',
    async readCaller(world, { headers: { authorization = '' }, address }) {
      const text = /^(?:(?:Api-Key|Bearer) +)?(\S+)$/i.exec(authorization.trim())?.[1] ?? '';
      return text.startsWith('atk_') ? readActiveKey(world, text, address) : readToken(world, text, address);
    },
    refuse: (_world, refusal, request) => refuseLikePesaway(refusal, request),
  };
}

/** Always these four fields: clients read `code` and show `ResponseDescription`. */
export function acceptance(
  reference: string | null,
  transactionId: string | null,
  code: PesawayCode,
  description?: string,
) {
  return {
    code,
    OriginatorReference: reference,
    TransactionID: transactionId,
    ResponseDescription: description ?? PESAWAY_CODES[code],
  };
}

/** Refusals whose own detail says less than the text of the code. */
const GENERAL: ReadonlySet<RefusalCode> = new Set(['insufficient_funds', 'scope_missing', 'body_too_large']);

function refuseLikePesaway(refusal: Refusal, { body }: PlainRequest): Answer {
  const code = BY_REFUSAL[`${refusal.code} ${refusal.param}`] ?? BY_REFUSAL[refusal.code] ?? '400.001';
  const description = describe(refusal, code);
  return {
    status: Number(code.slice(0, 3)),
    // Clients in the wild show one of these two, which PesaWay's own errors have.
    body: { ...acceptance(referenceIn(body), null, code, description), description, message: description },
  };
}

/** The detail of this case, or the general text of the code. */
function describe({ code, param, detail }: Refusal, answered: PesawayCode): string {
  const field = param === undefined ? undefined : (FIELDS[param] ?? param);
  const isGeneral = detail === REFUSALS[code].detail;
  if (code === 'reference_reused') return `${PESAWAY_CODES[answered]} ${field} differs.`;
  // The general text of its code speaks of a field, and here none could be read.
  if (code === 'malformed_json') return detail;
  if (isGeneral || GENERAL.has(code)) return PESAWAY_CODES[answered];
  return field === undefined || detail.startsWith(field) ? detail : `${field}: ${detail}`;
}

/** The refused reference, as it was sent, because clients match answers to requests by it. */
function referenceIn(body: string): string | null {
  try {
    const { ExternalReference: reference } = JSON.parse(body.replace(/^\uFEFF/, ''));
    return typeof reference === 'string' || typeof reference === 'number' ? excerpt(String(reference), 64) : null;
  } catch {
    return null;
  }
}
