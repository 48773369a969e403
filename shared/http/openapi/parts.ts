import * as z from 'zod/mini';
import type { RefusalCode } from '../../manifest/refusals.ts';
import { REFUSALS } from '../../manifest/refusals.ts';
import type { OpenRoute, Route } from '../../manifest/route.ts';
import { families } from '../../manifest/routes.ts';
import type { PesawayCode } from '../pesaway-protocol.ts';
import { acceptance, PESAWAY_CODES } from '../pesaway-protocol.ts';
import { problem } from '../problem.ts';
import { Refusal } from '../refusal.ts';
import { isPesaway } from './contract.ts';
import type { HeaderName } from './schema.ts';

/** What several operations of the document share: headers, security, tags, an example of every refusal. */

export const TAGS = [
  { name: 'Orders', description: 'Recharges, products and targets.' },
  { name: 'Wallet', description: 'Balances, the ledger, top-ups.' },
  { name: 'Webhooks', description: 'Endpoints and deliveries.' },
  { name: 'Bulk', description: 'Batches of orders from a CSV.' },
  { name: 'Campaigns', description: 'Survey campaigns and their payouts.' },
  { name: 'Account', description: 'The account, its people, its API keys, its audit and request logs.' },
  { name: 'Status', description: 'The state of the service, without a key.' },
  { name: 'Pesaway', description: "The API that is compatible with PesaWay's, for ke, ug and tz." },
  { name: 'Events', description: 'What is posted to your webhook endpoints.' },
] as const;

export const SECURITY = {
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: 'The words `Api-Key` and the key: `Api-Key atk_live_…` or, for test mode, `Api-Key atk_test_…`.',
  },
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: "A token of PesaWay's log-in, or the key itself.",
  },
  person: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'The access token of a person who signed in. The headers `Airtime-Merchant` and `Airtime-Mode` say for which ' +
      'business, and whether `test` or `live`.',
  },
  campaignSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-signature',
    description: "A signature of Standard Webhooks by the campaign's secret: `v1,` and the base64 of the HMAC-SHA256.",
  },
} as const;

export function securityOf(name: string): Record<string, string[]>[] {
  if (name === 'issue-token' || name === 'get-status' || name === 'get-health') return [];
  if (name === 'create-payout') return [{ campaignSignature: [] }, { apiKey: [] }];
  if (isPesaway(name)) return [{ bearer: [] }, { apiKey: [] }];
  return isForPeopleOnly(name) ? [{ person: [] }] : [{ apiKey: [] }, { person: [] }];
}

const ALL: readonly (Route | OpenRoute)[] = Object.values(families).flat();

function isForPeopleOnly(name: string): boolean {
  return ALL.some((route) => route.name === name && ('scope' in route ? route.isForPeople : route.takesPerson));
}

/** Routes for people say so of themselves; of the others the description of the scheme does. */
function namesBusiness(name: string): boolean {
  return ALL.some((route) => route.name === name && 'scope' in route && route.isForPeople);
}

const stringHeader = (description: string, example: string) => ({
  description,
  schema: { type: 'string' as const, examples: [example] },
});

export const HEADERS = {
  'X-Request-Id': stringHeader('The id of the request: name it to support.', 'req_01jx3q9v7c'),
  Location: stringHeader('The path of what was created.', '/api/v1/orders/invoice-1001'),
  'Idempotent-Replayed': stringHeader('`true` where an earlier request did what this one asks.', 'true'),
  Link: stringHeader(
    'The next part, if more rows follow: `<path>; rel="next"`.',
    '</api/v1/wallet/ledger/export?currency=USD&cursor=eyJmIjoxfQ>; rel="next"',
  ),
  'Content-Disposition': stringHeader('The name of the file.', 'attachment; filename="ledger-live-USD.csv"'),
  RateLimit: stringHeader('How many requests are left, and for how many seconds.', '"orders";r=990;t=10'),
  'RateLimit-Policy': stringHeader('The limit: so many requests in so many seconds.', '"orders";q=1000;w=10'),
  'WWW-Authenticate': stringHeader('The scheme of the Authorization header.', 'Api-Key'),
  'Retry-After': {
    description: 'Send the request again after so many seconds.',
    schema: { type: 'integer' as const, examples: [10] },
  },
};

/** The headers of an answer, as references. */
export function headersOf(names: readonly HeaderName[] = [], counted: true | undefined) {
  const limits = counted ? (['RateLimit', 'RateLimit-Policy'] as const) : [];
  const all = ['X-Request-Id', ...names, ...limits];
  return Object.fromEntries(all.map((name) => [name, { $ref: `#/components/headers/${name}` }])) as never;
}

/** The headers of a request, beside those of its security. */
export function requestHeadersOf(name: string, isIdempotent: boolean): Record<string, z.ZodMiniType> {
  const text = z.optional(z.string());
  return {
    ...(isIdempotent ? { 'Idempotency-Key': text } : {}),
    ...(namesBusiness(name) ? { 'Airtime-Merchant': z.string(), 'Airtime-Mode': z.enum(['test', 'live']) } : {}),
    ...(name === 'create-order' ? { Prefer: text } : {}),
    ...(isPesaway(name) && name !== 'issue-token' && name !== 'query-transaction'
      ? { 'X-Region': z.optional(z.enum(['ke', 'ug', 'tz'])) }
      : {}),
    ...(name === 'create-payout' ? { 'webhook-id': text, 'webhook-timestamp': text, 'X-Airtime-Signature': text } : {}),
  };
}

const REQUEST_ID = 'req_01jx3q9v7c';

function problemExample(code: RefusalCode) {
  return { summary: REFUSALS[code].title, value: problem(new Refusal(code), REQUEST_ID) };
}

function pesawayExample(code: PesawayCode) {
  const description = PESAWAY_CODES[code];
  return { summary: description, value: { ...acceptance(null, null, code), description, message: description } };
}

/** One for each of these codes. */
export function examplesOf(codes: Iterable<string>) {
  const exampleOf = (code: string) =>
    code in REFUSALS ? problemExample(code as RefusalCode) : pesawayExample(code as PesawayCode);
  return Object.fromEntries([...codes].toSorted().map((code) => [code, exampleOf(code)]));
}

export function exampleRefs(codes: readonly string[]) {
  return Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]));
}
