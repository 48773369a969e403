import type { Key } from '../domain/key.ts';
import { readActiveKey } from '../store/merchants.ts';
import type { World } from '../world.ts';
import { REFUSALS, type Refusal } from './refusal.ts';
import type { Answer, PlainRequest, Protocol } from './route.ts';

/**
 * The door for clients of PesaWay: its ways to show a key, its answers, its codes. Codes that its documents name mean
 * what they mean there; the rest is ours, in its manner: the HTTP status and a number.
 */

export const PESAWAY_CODES = {
  '200.001': 'Success. Request accepted for processing',
  '400.001': 'A field is missing or not of the right form.',
  '400.002': 'X-Region is missing or is no region that is served.',
  '400.003': 'PhoneNumber is not a mobile number of the region.',
  '400.004': 'Currency is not the currency of the region.',
  '400.005': 'The network is not sold in this amount.',
  '400.006': 'The network of the number is not served.',
  '401.001': 'The credentials are missing, wrong, expired or revoked.',
  '402.001': 'The wallet does not cover the amount. The reference stays refused: top up and send a new one.',
  '403.001': 'The key may not do this.',
  '404.001': 'There is no transaction under this reference.',
  '409.001': 'ExternalReference was used for another request.',
  '413.001': 'The body is too large.',
  '429.001': 'Too much is asked at this moment. Send the same request again after the seconds in Retry-After.',
  '500.001': 'Something went wrong on our side. Send the same request again: nothing runs twice.',
  '503.001': 'The network is not sold at present. Send the same request again later.',
} as const;
export type PesawayCode = keyof typeof PESAWAY_CODES;

/** By what is refused, and where that is not enough by the field at fault. */
const BY_REFUSAL: Readonly<Record<string, PesawayCode>> = {
  'invalid_request X-Region': '400.002',
  'invalid_request Currency': '400.004',
  invalid_target: '400.003',
  invalid_amount: '400.005',
  product_not_found: '400.006',
  unauthenticated: '401.001',
  insufficient_funds: '402.001',
  scope_missing: '403.001',
  order_not_found: '404.001',
  reference_reused: '409.001',
  body_too_large: '413.001',
  busy: '429.001',
  internal_error: '500.001',
  product_unavailable: '503.001',
};

/** How PesaWay calls what our own interface calls otherwise. */
const FIELDS: Readonly<Record<string, string>> = {
  agent_reference: 'ExternalReference',
  target: 'PhoneNumber',
  amount: 'Amount',
  product_id: 'Network',
  custom_sms: 'Description',
  url: 'ResultsUrl',
};

/**
 * Takes a key as `Api-Key …`, as `Bearer …` or bare, and whatever `readToken` knows how to read: the tokens that its
 * clients log in for.
 */
export function pesawayProtocol(readToken: (world: World, token: string) => Promise<Key | undefined>): Protocol {
  return {
    scheme: 'Bearer',
    readKey(world, authorization) {
      const text = /^(?:(?:Api-Key|Bearer) +)?(\S+)$/i.exec(authorization)?.[1] ?? '';
      return text.startsWith('atk_') ? readActiveKey(world, text) : readToken(world, text);
    },
    refuse: refuseLikePesaway,
  };
}

/** Four fields, always: clients read `code` and show `ResponseDescription`. */
export function acceptance(reference: string | null, transactionId: string | null, code: PesawayCode, said?: string) {
  return {
    code,
    OriginatorReference: reference,
    TransactionID: transactionId,
    ResponseDescription: said ?? PESAWAY_CODES[code],
  };
}

function refuseLikePesaway(refusal: Refusal, { body }: PlainRequest): Answer {
  const code = BY_REFUSAL[`${refusal.code} ${refusal.param}`] ?? BY_REFUSAL[refusal.code] ?? '400.001';
  return { status: Number(code.slice(0, 3)), body: acceptance(referenceIn(body), null, code, describe(refusal, code)) };
}

/** What is wrong in this case, then what the code means and asks for. */
function describe({ code, param, detail }: Refusal, answered: PesawayCode): string {
  const field = param === undefined ? undefined : (FIELDS[param] ?? param);
  const isOurs = detail === REFUSALS[code].title;
  if (code === 'reference_reused') return `${PESAWAY_CODES[answered]} ${field} differs.`;
  if (isOurs || code === 'insufficient_funds' || code === 'scope_missing') return PESAWAY_CODES[answered];
  return field === undefined || detail.startsWith(field) ? detail : `${field}: ${detail}`;
}

/** The reference that was refused, as it was sent; a client that matches answers to requests by it finds it. */
function referenceIn(body: string): string | null {
  try {
    const { ExternalReference: reference } = JSON.parse(body);
    return typeof reference === 'string' || typeof reference === 'number' ? String(reference).slice(0, 64) : null;
  } catch {
    return null;
  }
}
