import { createHash, createHmac } from 'node:crypto';

/** AWS Signature Version 4, in a query string or in a header, checked as S3 checks it, without the SDK. */

interface SignedRequest {
  readonly method: string;
  /** Path and query, as received. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

interface Violation {
  readonly code: string;
  readonly message: string;
}

/** Why a request does not match its presigned URL, in the words of S3; `undefined` if it does. */
export function problemOfPresignedUrl(
  request: SignedRequest,
  secretAccessKey: string,
  nowMs: number,
): Violation | undefined {
  const { searchParams } = new URL(request.url, 'http://localhost');
  const signature = searchParams.get('X-Amz-Signature');
  if (signature === null) return { code: 'AccessDenied', message: 'Access Denied' };
  const signed = (searchParams.get('X-Amz-SignedHeaders') ?? '').split(';');
  if (Object.keys(request.headers).some((name) => name.startsWith('x-amz-') && !signed.includes(name))) {
    return { code: 'AccessDenied', message: 'There were headers present in the request which were not signed' };
  }
  const [, ...scope] = (searchParams.get('X-Amz-Credential') ?? '').split('/');
  const date = searchParams.get('X-Amz-Date') ?? '';
  const facts = { scope, signed, date, payload: 'UNSIGNED-PAYLOAD' };
  if (signature !== signatureOf(request, searchParams, facts, secretAccessKey)) return WRONG;
  const signedAt = Date.parse(date.replace(DATE, '$1-$2-$3T$4:$5:$6Z'));
  const isOver = nowMs > signedAt + Number(searchParams.get('X-Amz-Expires')) * 1_000;
  return isOver ? { code: 'AccessDenied', message: 'Request has expired' } : undefined;
}

const WRONG = { code: 'SignatureDoesNotMatch', message: 'The request signature we calculated does not match.' };

/** Why an `Authorization` header is not signed by our key; `undefined` if it is. Its time is not checked. */
export function problemOfSignature(request: SignedRequest, secretAccessKey: string): Violation | undefined {
  const { authorization, 'x-amz-date': date, 'x-amz-content-sha256': payload } = request.headers;
  const [, credential, signedHeaders, signature] = AUTHORIZATION.exec(String(authorization)) ?? [];
  if (signature === undefined) return { code: 'AccessDenied', message: 'Access Denied' };
  const [, ...scope] = (credential ?? '').split('/');
  const facts = { scope, signed: (signedHeaders ?? '').split(';'), date: String(date), payload: String(payload) };
  const { searchParams } = new URL(request.url, 'http://localhost');
  return signature === signatureOf(request, searchParams, facts, secretAccessKey) ? undefined : WRONG;
}

const AUTHORIZATION = /^AWS4-HMAC-SHA256 Credential=([^, ]+), ?SignedHeaders=([^, ]+), ?Signature=([0-9a-f]{64})$/;
const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

interface SigningFacts {
  readonly scope: readonly string[];
  readonly signed: readonly string[];
  readonly date: string;
  readonly payload: string;
}

function signatureOf(
  { method, url, headers }: SignedRequest,
  query: URLSearchParams,
  { scope, signed, date, payload }: SigningFacts,
  secretAccessKey: string,
): string {
  const canonical = [
    method,
    url.split('?')[0],
    [...query]
      .filter(([name]) => name !== 'X-Amz-Signature')
      .map((pair) => pair.map(encode).join('='))
      .sort()
      .join('&'),
    ...signed.map((name) => `${name}:${String(headers[name] ?? '').trim()}`),
    '',
    signed.join(';'),
    payload,
  ].join('\n');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), hash].join('\n');
  const key = scope.reduce((under: string | Buffer, part) => hmac(under, part), `AWS4${secretAccessKey}`);
  return hmac(key, text).toString('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
}
