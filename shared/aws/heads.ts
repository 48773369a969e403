import { createHash, verify } from 'node:crypto';
import type { KMSClient, KMSClientConfig } from '@aws-sdk/client-kms';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { assert } from '../domain/assert.ts';
import type { Heads } from '../world.ts';

/** After this silence the SDK repeats the call, which is safe for each of ours. */
const TIMEOUTS = { connectionTimeout: 5_000, socketTimeout: 5_000 };

interface Options {
  readonly bucket: () => string;
  readonly keyId: () => string;
  readonly s3?: S3ClientConfig;
  readonly kms?: KMSClientConfig;
}

/**
 * Signed heads in an S3 bucket, and their key in KMS. Clients are loaded at the first call. A signature is checked
 * here, so that reading costs no call of KMS but one for the public key of each process.
 */
export function signedHeads({ bucket, keyId, s3: s3Config = {}, kms: kmsConfig = {} }: Options): Heads {
  let s3Client: S3Client | undefined;
  let kmsClient: KMSClient | undefined;
  let key: Promise<string> | undefined;
  const s3 = async () => {
    const { S3Client } = await import('@aws-sdk/client-s3');
    s3Client ??= new S3Client({
      requestHandler: TIMEOUTS,
      // The one checksum that a bucket with object lock requires is made below.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      ...s3Config,
    });
    return s3Client;
  };
  const kms = async () => {
    const { KMSClient } = await import('@aws-sdk/client-kms');
    kmsClient ??= new KMSClient({ requestHandler: TIMEOUTS, ...kmsConfig });
    return kmsClient;
  };
  const publicKey = () => {
    key ??= readPublicKey(kms, keyId());
    key.catch(() => {
      key = undefined;
    });
    return key;
  };
  return {
    create: async (name, text) => createObject(await s3(), { Bucket: bucket(), Key: name }, text),
    read: async (name) => readObject(await s3(), { Bucket: bucket(), Key: name }),
    async list(folder, after) {
      const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
      const input = { Bucket: bucket(), Prefix: `${folder}/`, StartAfter: `${folder}/${after}` };
      const { Contents = [] } = await (await s3()).send(new ListObjectsV2Command(input));
      return Contents.flatMap(({ Key }) => (Key ? [Key.slice(folder.length + 1)] : []));
    },
    async sign(text) {
      const { SignCommand } = await import('@aws-sdk/client-kms');
      const message = { Message: Buffer.from(text), MessageType: 'RAW', SigningAlgorithm: 'ECDSA_SHA_256' } as const;
      const { Signature } = await (await kms()).send(new SignCommand({ KeyId: keyId(), ...message }));
      assert(Signature, 'KMS answers a signature');
      return Buffer.from(Signature).toString('base64');
    },
    async isSigned(text, signature) {
      return verify('sha256', Buffer.from(text), await publicKey(), Buffer.from(signature, 'base64'));
    },
    publicKey,
  };
}

async function readPublicKey(kms: () => Promise<KMSClient>, keyId: string): Promise<string> {
  const { GetPublicKeyCommand } = await import('@aws-sdk/client-kms');
  const { PublicKey } = await (await kms()).send(new GetPublicKeyCommand({ KeyId: keyId }));
  assert(PublicKey, 'KMS answers a public key');
  const lines =
    Buffer.from(PublicKey)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n');
}

interface Place {
  readonly Bucket: string;
  readonly Key: string;
}

/** After a lost answer the repeated call finds the name taken, also by its own text. */
async function createObject(client: S3Client, place: Place, text: string): Promise<boolean> {
  const { PutObjectCommand } = await import('@aws-sdk/client-s3');
  const body = Buffer.from(text);
  const checksum = createHash('sha256').update(body).digest('base64');
  const input = { ...place, Body: body, ContentType: 'text/plain', ChecksumSHA256: checksum, IfNoneMatch: '*' };
  try {
    await client.send(new PutObjectCommand(input));
    return true;
  } catch (error) {
    if (isNamed(error, 'PreconditionFailed')) return false;
    throw error;
  }
}

async function readObject(client: S3Client, place: Place): Promise<string | undefined> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  try {
    const { Body } = await client.send(new GetObjectCommand(place));
    return await Body?.transformToString();
  } catch (error) {
    if (isNamed(error, 'NoSuchKey')) return undefined;
    throw error;
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
