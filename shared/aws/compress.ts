import type { Encoding } from '../http/preferred-encoding.ts';
import { preferredEncoding } from '../http/preferred-encoding.ts';
import type { PlainResponse } from '../http/route.ts';

/**
 * Answers to GET above a kilobyte, as the caller accepts them. CloudFront compresses nothing that it may not keep, and
 * API Gateway nothing at all. A key or a webhook's secret is shown in answers to POST alone, so none is ever compressed
 * beside a text that somebody else has chosen, by whose length it could be guessed.
 */

const BYTES_MIN = 1_024;
/** Low: on half a core a higher quality takes longer than it saves on the way. */
const BROTLI_QUALITY = 4;
const GZIP_LEVEL = 1;

/** The answer with what it varies by, and its bytes where it is compressed. */
export function compressed(
  { headers, body }: Pick<PlainResponse, 'headers' | 'body'>,
  method: string,
  acceptEncoding: string | undefined,
): { headers: Record<string, string>; bytes?: Buffer } {
  if (method !== 'GET' || Buffer.byteLength(body) < BYTES_MIN) return { headers: { ...headers } };
  const vary = { ...headers, vary: 'accept-encoding' };
  const encoding = preferredEncoding(acceptEncoding ?? '');
  if (!encoding) return { headers: vary };
  return { headers: { ...vary, 'content-encoding': encoding }, bytes: encode(encoding, body) };
}

function encode(encoding: Encoding, body: string): Buffer {
  // Asked for when it is needed, not imported: a function that only takes orders never loads it.
  const { brotliCompressSync, gzipSync, constants } = process.getBuiltinModule('node:zlib');
  if (encoding === 'gzip') return gzipSync(body, { level: GZIP_LEVEL });
  return brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } });
}
