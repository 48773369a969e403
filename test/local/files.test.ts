import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startFauxqs } from 'fauxqs';
import { s3Files } from '../../shared/aws/files.ts';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time.ts';
import { startFiles } from '../../shared/local/files.ts';
import { FILE_DAYS } from '../../shared/manifest/access.ts';
import type { Files } from '../../shared/world.ts';
import { FileTooLarge, LINK_SECONDS_MAX } from '../../shared/world.ts';

/** The production code for S3 against the S3 of `npm start`, and as far as possible against another implementation. */

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'not the default' };
const CSV = 'text/csv; charset=utf-8';
const folder = mkdtempSync(join(tmpdir(), 'airtime-files-'));
const stops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  rmSync(folder, { recursive: true, force: true });
});

function filesAt(endpoint: string): Files {
  const client = { endpoint, forcePathStyle: true, region: 'us-east-1', credentials: CREDENTIALS };
  return s3Files({ bucket: () => 'files', client });
}

async function start(options: { path?: string; now?: () => number } = {}): Promise<Files> {
  const { endpoint, stop } = await startFiles({ ...options, secretAccessKey: CREDENTIALS.secretAccessKey });
  stops.push(stop);
  return filesAt(endpoint);
}

/** Another implementation of S3. It checks no signature. */
async function startOther(): Promise<Files> {
  const server = await startFauxqs({ port: 0, logger: false });
  stops.push(() => server.stop());
  server.createBucket('files');
  return filesAt(`http://127.0.0.1:${server.port}`);
}

async function textOf(files: Files, name: string): Promise<string | undefined> {
  const bytes = await files.read(name, 1_000);
  return bytes && Buffer.from(bytes).toString('utf8');
}

const put = (url: string, body: string | Uint8Array<ArrayBuffer>) => fetch(url, { method: 'PUT', body });

/** The code of an S3 error. */
async function codeOf(answer: Response): Promise<string | undefined> {
  return /<Code>(\w+)<\/Code>/.exec(await answer.text())?.[1];
}

it('a page of another origin may put a file to a link, and is refused everything else', async () => {
  const files = await start();
  const url = await files.uploadUrl('uploads/a.csv', { expiresSeconds: 60, bytes: 3 });
  const ask = (method: string, more: Record<string, string> = {}) =>
    fetch(url, {
      method: 'OPTIONS',
      headers: { origin: 'https://page.example', 'access-control-request-method': method, ...more },
    });
  const allowed = await ask('PUT');
  expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  expect(allowed.headers.get('access-control-allow-methods')).toBe('PUT');
  for (const refused of [await ask('GET'), await ask('PUT', { 'access-control-request-headers': 'authorization' })]) {
    expect([refused.status, await codeOf(refused)]).toEqual([403, 'AccessForbidden']);
  }
  const sent = await fetch(url, { method: 'PUT', body: 'a,b', headers: { origin: 'https://page.example' } });
  expect([sent.status, sent.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  const read = await fetch(await files.downloadUrl('uploads/a.csv', { expiresSeconds: 60, fileName: 'a.csv' }), {
    headers: { origin: 'https://page.example' },
  });
  expect([read.status, read.headers.get('access-control-allow-origin')]).toEqual([200, null]);
});

describe.each([
  { whose: 'ours', startS3: start },
  { whose: "another's", startS3: startOther },
])('files in S3 ($whose)', ({ startS3 }) => {
  it('a text in any script is read as it was last written', async () => {
    const files = await startS3();
    await files.write('mer_1/bat_1.csv', 'first', CSV);
    await files.write('mer_1/bat_1.csv', 'Zoë,0772279099,5.50\nمرحبا', CSV);
    await files.write('mer_1/bat_2.csv', 'other', CSV);
    expect(await textOf(files, 'mer_1/bat_1.csv')).toBe('Zoë,0772279099,5.50\nمرحبا');
  });

  it('a missing file and an empty one are distinguished', async () => {
    const files = await startS3();
    await files.write('empty', '', CSV);
    expect(await files.read('missing', 1_000)).toBeUndefined();
    expect(await files.read('empty', 0)).toHaveLength(0);
  });

  it('a file over the limit is refused with its size, any number of times', async () => {
    const files = await startS3();
    await files.write('large', 'x'.repeat(200_000), CSV);
    expect(await files.read('large', 200_000)).toHaveLength(200_000);
    // More often than there are connections: a file that is not read must not occupy one.
    for (let time = 0; time < 60; time += 1) {
      const refusal = await files.read('large', 199_999).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(FileTooLarge);
      expect(refusal).toMatchObject({ bytes: 200_000 });
    }
  });

  it('what a plain HTTP client PUTs to a presigned URL is read byte for byte, even if it is not text', async () => {
    const files = await startS3();
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256);
    const answer = await put(await files.uploadUrl('mer_1/upload', { expiresSeconds: 60 }), bytes);
    expect(answer.status).toBe(200);
    expect(Buffer.from((await files.read('mer_1/upload', 100_000)) ?? []).equals(bytes)).toBe(true);
  });

  it('a plain HTTP client GETs from a presigned URL what was written', async () => {
    const files = await startS3();
    await files.write('mer_1/results.csv', 'Zoë', CSV);
    const answer = await fetch(await files.downloadUrl('mer_1/results.csv', { expiresSeconds: 60, fileName: 'r.csv' }));
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([200, CSV, 'Zoë']);
  });
});

describe('a presigned URL', () => {
  it('to download gives the file a name, also beyond ASCII', async () => {
    const files = await start();
    await files.write('results', 'x', CSV);
    const url = await files.downloadUrl('results', { expiresSeconds: 60, fileName: 'Gehälter "Mai" (1).csv' });
    const answer = await fetch(url);
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="Geh_lter _Mai_ _1_.csv"; filename*=UTF-8''Geh%C3%A4lter%20%22Mai%22%20%281%29.csv`,
    );
  });

  it('is valid for its own name, method and signature only, and nothing is readable without one', async () => {
    const files = await start();
    await files.write('mine', 'x', CSV);
    await files.write('yours', 'x', CSV);
    const upload = await files.uploadUrl('mine', { expiresSeconds: 60 });
    const download = await files.downloadUrl('mine', { expiresSeconds: 60, fileName: 'mine.csv' });
    const wrong = [
      await put(upload.replace('/mine', '/yours'), 'y'),
      await put(upload.replace('X-Amz-Expires=60', 'X-Amz-Expires=3600'), 'y'),
      await put(download, 'y'),
      await fetch(download.replace('/mine', '/yours')),
      await fetch(download.replace('attachment', 'inline')),
      await fetch(upload),
    ];
    expect(await Promise.all(wrong.map(codeOf))).toEqual(wrong.map(() => 'SignatureDoesNotMatch'));
    const headers = { 'x-amz-acl': 'public-read' };
    expect(await codeOf(await fetch(upload, { method: 'PUT', body: 'y', headers }))).toBe('AccessDenied');
    expect(await codeOf(await put(upload.split('?')[0] ?? '', 'y'))).toBe('AccessDenied');
    expect([await textOf(files, 'mine'), await textOf(files, 'yours')]).toEqual(['x', 'x']);
  });

  it('for a number of bytes accepts exactly so many', async () => {
    const files = await start();
    const url = await files.uploadUrl('mine', { expiresSeconds: 60, bytes: 4 });
    expect(await codeOf(await put(url, 'three'))).toBe('SignatureDoesNotMatch');
    expect(await textOf(files, 'mine')).toBeUndefined();
    expect((await put(url, 'four')).status).toBe(200);
    expect(await textOf(files, 'mine')).toBe('four');
  });

  it('is valid until it expires', async () => {
    let now = Date.now();
    const files = await start({ now: () => now });
    await files.write('mine', 'x', CSV);
    const upload = await files.uploadUrl('mine', { expiresSeconds: 600 });
    const download = await files.downloadUrl('mine', { expiresSeconds: 600, fileName: 'mine.csv' });
    now += 9 * MINUTE;
    expect([(await put(upload, 'y')).status, (await fetch(download)).status]).toEqual([200, 200]);
    now += MINUTE + 1_000;
    expect([await codeOf(await put(upload, 'z')), await codeOf(await fetch(download))]).toEqual([
      'AccessDenied',
      'AccessDenied',
    ]);
    expect(await textOf(files, 'mine')).toBe('y');
  });

  it('requires no checksum and no header', async () => {
    const files = await start();
    const url = new URL(await files.uploadUrl('mine', { expiresSeconds: 60, bytes: 1 }));
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;host');
    expect([...url.searchParams.keys()].filter((name) => /checksum|sdk-algorithm/i.test(name))).toEqual([]);
  });

  it('is not made for longer than its credentials certainly live', async () => {
    const files = await start();
    const link = (expiresSeconds: number) => files.uploadUrl('mine', { expiresSeconds });
    await expect(link(LINK_SECONDS_MAX)).resolves.toContain(`X-Amz-Expires=${LINK_SECONDS_MAX}`);
    for (const seconds of [LINK_SECONDS_MAX + 1, 0]) await expect(link(seconds)).rejects.toThrow('a link can be valid');
  });

  it('to upload accepts a file of a known length that fits into memory', async () => {
    const files = await start();
    const url = await files.uploadUrl('mine', { expiresSeconds: 60 });
    const send = (headers: Record<string, string>) =>
      new Promise<number | undefined>((resolve, reject) => {
        const request = httpRequest(url, { method: 'PUT', headers }, (answer) => resolve(answer.statusCode));
        request.on('error', reject);
        request.write('x');
        if (headers['transfer-encoding']) request.end();
      });
    expect(await send({ 'transfer-encoding': 'chunked' })).toBe(411);
    expect(await send({ 'content-length': String(2 ** 30) })).toBe(400);
  });
});

it.each(['', '/a', 'a/', 'a//b', '../a', 'a/../b', 'a b', 'ä', 'a?b', '.a'])('no file is named %j', async (name) => {
  const files = await start();
  await expect(files.write(name, 'x', CSV)).rejects.toThrow('can name a file');
  await expect(files.read(name, 1)).rejects.toThrow('can name a file');
  await expect(files.uploadUrl(name, { expiresSeconds: 60 })).rejects.toThrow('can name a file');
});

it('files survive a restart, and are deleted after their retention', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'airtime-files-')), 'files.db');
  const now = Date.now();
  await (await start({ path })).write('mine', 'x', CSV);
  await stops.pop()?.();
  for (const [later, text] of [[FILE_DAYS * DAY - HOUR, 'x'] as const, [FILE_DAYS * DAY + HOUR, undefined] as const]) {
    const files = await start({ path, now: () => now + later });
    expect(await textOf(files, 'mine')).toBe(text);
    await stops.pop()?.();
  }
});

it('a damaged file is reported in one sentence', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'airtime-files-')), 'files.db');
  writeFileSync(path, 'no database, and longer than the head of one would be'.repeat(10));
  await expect(start({ path })).rejects.toThrow(
    `The files could not be opened in ${path}: Error: file is not a database.`,
  );
});

it('a missing bucket, and S3 that does not answer, are errors and not a missing file', async () => {
  const server = await startFauxqs({ port: 0, logger: false });
  const files = filesAt(`http://127.0.0.1:${server.port}`);
  await expect(files.read('mine', 1)).rejects.toThrow('bucket does not exist');
  await server.stop();
  await expect(files.read('mine', 1)).rejects.toThrow('ECONNREFUSED');
});

describe('a request that is signed in a header', () => {
  const ask = async (credentials: { accessKeyId: string; secretAccessKey: string }) => {
    const { endpoint, stop } = await startFiles({ secretAccessKey: CREDENTIALS.secretAccessKey });
    stops.push(stop);
    const client = { endpoint, forcePathStyle: true, region: 'us-east-1', credentials, maxAttempts: 1 };
    const files = s3Files({ bucket: () => 'files', client });
    return files.write('a.csv', 'x', CSV).then(
      () => 'written',
      (error: Error) => error.name,
    );
  };

  it('is served by the key of the server, and by no other', async () => {
    expect(await ask(CREDENTIALS)).toBe('written');
    expect(await ask({ ...CREDENTIALS, secretAccessKey: 'local' })).toBe('SignatureDoesNotMatch');
  });

  it.each(['x', 'Bearer x', 'AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=00'])(
    'with %s for a signature is refused',
    async (authorization) => {
      const { endpoint, stop } = await startFiles({ secretAccessKey: CREDENTIALS.secretAccessKey });
      stops.push(stop);
      for (const method of ['GET', 'PUT']) {
        const body = method === 'PUT' ? { body: 'x' } : {};
        const answer = await fetch(`${endpoint}/files/a.csv`, { method, headers: { authorization }, ...body });
        expect([answer.status, await codeOf(answer)]).toEqual([403, 'AccessDenied']);
      }
    },
  );
});
