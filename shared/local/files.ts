import type { IncomingMessage, ServerResponse } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { DAY } from '../domain/time.ts';
import { FILE_DAYS } from '../manifest/access.ts';
import { startHttpServer } from './http-server.ts';
import { problemOfPresignedUrl, problemOfSignature } from './presigned-url.ts';
import { StartError } from './start-error.ts';

/**
 * S3 on this machine, as far as we use it: PutObject, GetObject, and presigned URLs for both; a PutObject of a name
 * that must be free, and ListObjectsV2, for heads. A page may PUT to a link wherever it is from, and do nothing else.
 * Signatures are checked as S3 does. The queue server has an S3 too, but it takes 11 MiB at most, checks no signatures,
 * and gives downloads no name. Not checked here: whether the bucket exists.
 */

export interface LocalFiles {
  readonly endpoint: string;
  stop(): Promise<void>;
}

interface Options {
  /** The SQLite file that keeps the files; without one they are in memory. */
  readonly path?: string;
  /** The key that presigned URLs are signed with. */
  readonly secretAccessKey: string;
  readonly now?: () => number;
}

/** The bucket whose files expire. A test may put a text before its name. */
const EXPIRING = '/*files/*';

/** S3 takes up to 5 GB, but this one holds each file in memory. */
const BYTES_MAX = 64 * 1024 * 1024;

/** Serves on loopback, on a free port. */
export async function startFiles(options: Options): Promise<LocalFiles> {
  const store = openStore(options.path ?? ':memory:');
  const now = options.now ?? Date.now;
  const serveFile = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = request;
    if (method === 'OPTIONS') return answerPage(request, response);
    const problemOf = headers.authorization === undefined ? problemOfPresignedUrl : problemOfSignature;
    const problem = problemOf({ method, url, headers }, options.secretAccessKey, now());
    store.deleteBefore(now() - FILE_DAYS * DAY);
    if (problem) refuse(response, 403, problem.code, problem.message);
    else if (method === 'PUT') await put(store, request, response, now());
    else if (method === 'GET' && placeOf(request).searchParams.has('list-type')) list(store, request, response);
    else if (method === 'GET') get(store, request, response);
    else refuse(response, 405, 'MethodNotAllowed', 'The specified method is not allowed.');
  };
  const onFailure = (response: ServerResponse, error: unknown) => refuse(response, 500, 'InternalError', String(error));
  const server = await startHttpServer(serveFile, { onFailure });
  return {
    endpoint: `http://127.0.0.1:${server.port}`,
    async stop() {
      await server.close();
      store.close();
    },
  };
}

/** What a browser asks before a page of another origin may send something, as the rule of the bucket says. */
function answerPage({ headers }: IncomingMessage, response: ServerResponse): void {
  const { 'access-control-request-method': method, 'access-control-request-headers': named } = headers;
  if (method !== 'PUT' || named) {
    refuse(response, 403, 'AccessForbidden', 'This CORS request is not allowed.');
    return;
  }
  response.writeHead(200, {
    ...FOR_ANY_PAGE,
    'access-control-allow-methods': method,
    'access-control-max-age': '3600',
  });
  response.end();
}

const FOR_ANY_PAGE = { 'access-control-allow-origin': '*' };

async function put(store: FileStore, request: IncomingMessage, response: ServerResponse, nowMs: number): Promise<void> {
  const { 'content-length': bytes, 'content-type': type = 'binary/octet-stream' } = request.headers;
  if (bytes === undefined) return refuse(response, 411, 'MissingContentLength', 'A length is required.');
  if (Number(bytes) > BYTES_MAX) return refuse(response, 400, 'EntityTooLarge', `At most ${BYTES_MAX} bytes.`);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { pathname } = placeOf(request);
  const mustBeFree = request.headers['if-none-match'] === '*';
  if (mustBeFree && store.read(pathname)) return refuse(response, 412, 'PreconditionFailed', 'The key exists.');
  store.write(pathname, { type, body: Buffer.concat(chunks) }, nowMs);
  response.writeHead(200, request.headers.origin === undefined ? {} : FOR_ANY_PAGE);
  response.end();
}

function list(store: FileStore, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = placeOf(request);
  const bucket = pathname.endsWith('/') ? pathname : `${pathname}/`;
  const prefix = `${bucket}${searchParams.get('prefix') ?? ''}`;
  const after = `${bucket}${searchParams.get('start-after') ?? ''}`;
  const keys = store.names(prefix, after).map((path) => path.slice(bucket.length));
  const contents = keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult>${contents}</ListBucketResult>`);
}

function get(store: FileStore, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = placeOf(request);
  const found = store.read(pathname);
  if (!found) {
    refuse(response, 404, 'NoSuchKey', 'The specified key does not exist.');
    return;
  }
  const disposition = searchParams.get('response-content-disposition');
  if (disposition !== null) response.setHeader('content-disposition', disposition);
  const type = { 'content-type': found.type, 'x-content-type-options': 'nosniff' };
  response.writeHead(200, { ...type, 'content-length': found.body.byteLength });
  response.end(found.body);
}

function placeOf({ url = '' }: IncomingMessage): URL {
  return new URL(url, 'http://localhost');
}

/** Closes the connection, because the rest of the request is not read. */
function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/xml', connection: 'close' });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  );
}

interface FileStore {
  write(path: string, file: StoredFile, nowMs: number): void;
  read(path: string): StoredFile | undefined;
  /** Of those that begin so, the first thousand after one. */
  names(prefix: string, after: string): string[];
  deleteBefore(ms: number): void;
  close(): void;
}

interface StoredFile {
  readonly type: string;
  readonly body: Uint8Array;
}

/** One row per file. A write is on the disk before it is answered. */
function openStore(path: string): FileStore {
  try {
    const database = new DatabaseSync(path);
    database.exec('CREATE TABLE IF NOT EXISTS files (path PRIMARY KEY, written_ms, type, body)');
    const write = database.prepare('INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)');
    const read = database.prepare('SELECT type, body FROM files WHERE path = ?');
    const names = database.prepare(
      'SELECT path FROM files WHERE path > ? AND substr(path, 1, length(?)) = ? ORDER BY path LIMIT 1000',
    );
    const remove = database.prepare('DELETE FROM files WHERE written_ms < ? AND path GLOB ?');
    return {
      write(name, { type, body }, nowMs) {
        write.run(name, nowMs, type, body);
      },
      read: (name) => read.get(name) as StoredFile | undefined,
      names: (prefix, after) => names.all(after, prefix, prefix).map(({ path }) => String(path)),
      deleteBefore(ms) {
        remove.run(ms, EXPIRING);
      },
      close: () => database.close(),
    };
  } catch (error) {
    throw new StartError(`The files could not be opened in ${path}: ${error}.`);
  }
}
