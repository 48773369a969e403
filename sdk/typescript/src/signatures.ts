import type { AnyEvent, PesawayResult } from './api.ts';
import { AirtimeError } from './errors.ts';

/** An event as your endpoint gets it. New types may be added: answer 2xx to those you do not know. */
export type WebhookEvent = Exclude<AnyEvent, PesawayResult>;

type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A `Headers` object, or headers by their names in any case, as Node has them. */
export type WebhookHeaders = { get(name: string): string | null } | HeaderRecord;

export interface VerifyOptions {
  /** How far from your clock a timestamp may be: a finite number. Default: 300. */
  readonly toleranceSeconds?: number;
  /**
   * Accepts a request that has only `X-Airtime-Signature`. It has no timestamp, so whoever saw a request once can
   * repeat it: leave this out unless something on the way removes the `webhook-…` headers.
   */
  readonly allowPlain?: boolean;
}

export interface SignOptions {
  /** New for each try. Default: a random one. */
  readonly id?: string;
  /** Seconds since 1970. Default: now. */
  readonly timestamp?: number;
}

const TOLERANCE_SECONDS = 300;
const KEY_BYTES = 32;
const NO_SECRET = 'the secret is not one: it begins with whsec_ and encodes 32 bytes';
const encoder = new TextEncoder();

/**
 * Checks who sent a request to your endpoint, and returns its event. Give it the body as it was received: one that was
 * parsed and serialised again is another. While a secret changes, give both.
 *
 * @throws AirtimeError `webhook_not_verified`: answer 401 and do nothing else.
 * @throws TypeError `toleranceSeconds` is not a finite number from 0 on, which would accept any timestamp.
 */
export async function verifyWebhook(
  rawBody: string | Uint8Array | ArrayBuffer,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  options: VerifyOptions = {},
): Promise<WebhookEvent> {
  const { toleranceSeconds = TOLERANCE_SECONDS } = options;
  if (!Number.isFinite(toleranceSeconds) || toleranceSeconds < 0) {
    throw new TypeError('toleranceSeconds must be a finite number from 0 on');
  }
  const body = bytesOf(rawBody);
  const secrets = Array.isArray(secret) ? secret : [secret];
  const problem = hasStandard(headers)
    ? await standardProblem(body, headers, secrets, toleranceSeconds)
    : await plainProblem(body, headers, secrets, options.allowPlain ?? false);
  if (problem) throw notVerified(problem);
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    throw notVerified('the body is signed and is no JSON', cause);
  }
}

/** The headers that sign a payout of a campaign. The body must be sent exactly as it is given here. */
export async function signPayout(
  rawBody: string | Uint8Array | ArrayBuffer,
  secret: string,
  options: SignOptions = {},
): Promise<Record<string, string>> {
  const { id = crypto.randomUUID(), timestamp = Math.floor(Date.now() / 1000) } = options;
  const key = await standardKey(secret);
  if (!key) throw new TypeError("a campaign's secret begins with whsec_ and encodes 32 bytes");
  const signature = await crypto.subtle.sign('HMAC', key, joined(`${id}.${timestamp}.`, bytesOf(rawBody)));
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${btoa(String.fromCharCode(...new Uint8Array(signature)))}`,
  };
}

function hasStandard(headers: WebhookHeaders): boolean {
  return ['webhook-id', 'webhook-timestamp', 'webhook-signature'].some((name) => headerOf(headers, name) !== '');
}

/** Standard Webhooks 1.0.0. */
async function standardProblem(
  body: Uint8Array<ArrayBuffer>,
  headers: WebhookHeaders,
  secrets: readonly string[],
  toleranceSeconds: number,
): Promise<string | undefined> {
  const timestamp = headerOf(headers, 'webhook-timestamp');
  if (!/^[0-9]{1,12}$/.test(timestamp)) return 'webhook-timestamp is not a number of seconds';
  const isStale = Math.abs(Date.now() / 1000 - Number(timestamp)) > toleranceSeconds;
  if (isStale) return `webhook-timestamp is more than ${toleranceSeconds} seconds from this clock`;
  const signed = joined(`${headerOf(headers, 'webhook-id')}.${timestamp}.`, body);
  const given = headerOf(headers, 'webhook-signature').split(' ');
  const signatures = given.flatMap((each) => (each.startsWith('v1,') ? (decoded(each.slice(3)) ?? []) : []));
  for (const secret of secrets) {
    const key = await standardKey(secret);
    if (!key) return NO_SECRET;
    for (const signature of signatures) {
      // Compares in constant time.
      if (await crypto.subtle.verify('HMAC', key, signature, signed)) return undefined;
    }
  }
  return 'no signature in webhook-signature is by this secret over these bytes';
}

async function plainProblem(
  body: Uint8Array<ArrayBuffer>,
  headers: WebhookHeaders,
  secrets: readonly string[],
  allowPlain: boolean,
): Promise<string | undefined> {
  const given = headerOf(headers, 'x-airtime-signature');
  if (given === '') return 'there is no signature';
  if (!allowPlain) return 'there is only X-Airtime-Signature, which is accepted with allowPlain';
  const digits = /^sha256=([0-9a-f]{64})$/.exec(given)?.[1];
  if (!digits) return 'X-Airtime-Signature is not sha256= and 64 hex digits';
  const signature = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  for (const secret of secrets) {
    if (!keyBytes(secret)) return NO_SECRET;
    const key = await hmacKey(encoder.encode(secret));
    if (await crypto.subtle.verify('HMAC', key, signature, body)) return undefined;
  }
  return 'X-Airtime-Signature is not by this secret over these bytes';
}

async function standardKey(secret: string) {
  const bytes = keyBytes(secret);
  return bytes && hmacKey(bytes);
}

/** Undefined for what is no secret of ours, such as the text of a variable that is not set. */
function keyBytes(secret: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof secret !== 'string' || !secret.startsWith('whsec_')) return undefined;
  const bytes = decoded(secret.slice('whsec_'.length));
  return bytes?.length === KEY_BYTES ? bytes : undefined;
}

function hmacKey(bytes: Uint8Array<ArrayBuffer>) {
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}

function headerOf(headers: WebhookHeaders, name: string): string {
  if (isHeaders(headers)) return headers.get(name) ?? '';
  const [, value] = Object.entries(headers).find(([key]) => key.toLowerCase() === name) ?? [];
  return typeof value === 'string' ? value : (value?.[0] ?? '');
}

function isHeaders(headers: WebhookHeaders): headers is { get(name: string): string | null } {
  return typeof headers.get === 'function';
}

function bytesOf(raw: string | Uint8Array | ArrayBuffer): Uint8Array<ArrayBuffer> {
  return typeof raw === 'string' ? encoder.encode(raw) : new Uint8Array(raw);
}

function joined(head: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const first = encoder.encode(head);
  const all = new Uint8Array(first.length + body.length);
  all.set(first);
  all.set(body, first.length);
  return all;
}

function decoded(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function notVerified(problem: string, cause?: unknown): AirtimeError {
  return new AirtimeError({
    code: 'webhook_not_verified',
    message: `webhook_not_verified: ${problem}`,
    fix: 'Answer 401. Verify the bytes as received, with the secret of this endpoint, by a clock that is right.',
    retryable: false,
    cause,
  });
}
