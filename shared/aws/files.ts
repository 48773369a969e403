import type { GetObjectCommand, PutObjectCommand, S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { assert } from '../domain/assert.ts';
import { defined } from '../domain/defined.ts';
import type { Files } from '../world.ts';
import { FileTooLarge, LINK_SECONDS_MAX } from '../world.ts';

/** Names that mean the same in a URL, in S3 and on a disk, and cannot leave their folder. */
const NAME = /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/;

/** After this silence the SDK repeats the call, which is safe for each of ours. */
const TIMEOUTS = { connectionTimeout: 5_000, socketTimeout: 5_000 };

/**
 * Files in an S3 bucket. The client is loaded at the first call, so that functions without files do not pay for it.
 * It adds no checksums: a signed link would require one that the uploader cannot know when the link is made.
 */
export function s3Files({ bucket, client: config }: { bucket: () => string; client: S3ClientConfig }): Files {
  let client: S3Client | undefined;
  const s3 = async () => {
    const { S3Client } = await import('@aws-sdk/client-s3');
    client ??= new S3Client({
      requestHandler: TIMEOUTS,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      ...config,
    });
    return client;
  };
  const place = (name: string) => {
    assert(NAME.test(name), `${name} can name a file`);
    return { Bucket: bucket(), Key: name };
  };
  return {
    async write(name, text, contentType) {
      const input = { ...place(name), Body: Buffer.from(text), ContentType: contentType };
      const { PutObjectCommand } = await import('@aws-sdk/client-s3');
      await (await s3()).send(new PutObjectCommand(input));
    },
    async read(name, bytesMax) {
      const input = place(name);
      return readObject(await s3(), input, bytesMax);
    },
    async uploadUrl(name, { expiresSeconds, bytes }) {
      const input = { ...place(name), ...defined({ ContentLength: bytes }) };
      const { PutObjectCommand } = await import('@aws-sdk/client-s3');
      return link(await s3(), new PutObjectCommand(input), expiresSeconds);
    },
    async downloadUrl(name, { expiresSeconds, fileName }) {
      const input = { ...place(name), ResponseContentDisposition: savedAs(fileName) };
      const { GetObjectCommand } = await import('@aws-sdk/client-s3');
      return link(await s3(), new GetObjectCommand(input), expiresSeconds);
    },
  };
}

async function readObject(client: S3Client, place: { Bucket: string; Key: string }, bytesMax: number) {
  const { GetObjectCommand, NoSuchKey } = await import('@aws-sdk/client-s3');
  try {
    const { Body, ContentLength } = await client.send(new GetObjectCommand(place));
    if (!Body || ContentLength === undefined) throw new Error(`S3 answered without ${place.Key}`);
    if (ContentLength <= bytesMax) return await Body.transformToByteArray();
    if ('destroy' in Body) Body.destroy();
    throw new FileTooLarge(place.Key, ContentLength, bytesMax);
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

async function link(client: S3Client, command: PutObjectCommand | GetObjectCommand, expiresSeconds: number) {
  assert(expiresSeconds > 0 && expiresSeconds <= LINK_SECONDS_MAX, `a link can be valid for ${expiresSeconds} s`);
  const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
  return getSignedUrl(client, command, { expiresIn: expiresSeconds });
}

/** Makes browsers save a file instead of showing it, under a name in any script (RFC 6266). */
function savedAs(fileName: string): string {
  const plain = fileName.replaceAll(/[^\w. -]/g, '_');
  const encoded = encodeURIComponent(fileName).replaceAll(/['()*]/g, (each) => `%${each.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
