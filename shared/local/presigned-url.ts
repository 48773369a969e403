import { createHash, createHmac } from 'node:crypto';

/** Presigned URLs (AWS Signature Version 4 in a query string), checked as S3 checks them, without the SDK. */

interface PresignedRequest {
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
  request: PresignedRequest,
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
  const expected = signatureOf(request, searchParams, signed, secretAccessKey);
  if (signature !== expected) {
    return { code: 'SignatureDoesNotMatch', message: 'The request signature we calculated does not match.' };
  }
  const signedAt = Date.parse((searchParams.get('X-Amz-Date') ?? '').replace(DATE, '$1-$2-$3T$4:$5:$6Z'));
  const isOver = nowMs > signedAt + Number(searchParams.get('X-Amz-Expires')) * 1_000;
  return isOver ? { code: 'AccessDenied', message: 'Request has expired' } : undefined;
}

const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

function signatureOf(
  { method, url, headers }: PresignedRequest,
  query: URLSearchParams,
  signed: readonly string[],
  secretAccessKey: string,
): string {
  const [, ...scope] = (query.get('X-Amz-Credential') ?? '').split('/');
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
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const text = ['AWS4-HMAC-SHA256', query.get('X-Amz-Date'), scope.join('/'), hash].join('\n');
  const key = scope.reduce((under: string | Buffer, part) => hmac(under, part), `AWS4${secretAccessKey}`);
  return hmac(key, text).toString('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
}
