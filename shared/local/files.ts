import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { DAY } from '../domain/time.ts';
import { FILE_DAYS } from '../manifest/access.ts';
import { Unusable } from './engine.ts';
import { problemOfLink } from './link.ts';

/**
 * S3 on this machine, as far as we use it: PutObject, GetObject, and links to both, which are checked as S3 does. The
 * queue server speaks S3 too, but takes 11 MiB at most, any link whatever it was signed for and however old, and gives
 * no download a name. Not checked here: whether there is such a bucket, and what the process itself may do.
 */

export interface LocalFiles {
  readonly endpoint: string;
  stop(): Promise<void>;
}

interface Options {
  /** The SQLite file that keeps them; without one they are kept in memory. */
  readonly path?: string;
  /** What links are signed with. */
  readonly secretAccessKey: string;
  readonly now?: () => number;
}

/** S3 takes 5 GB at once, but it does not hold them in memory. */
const BYTES_MAX = 64 * 1024 * 1024;

/** Serves on loopback, at a free port. */
export async function startFiles(options: Options): Promise<LocalFiles> {
  const kept = openKept(options.path ?? ':memory:');
  const now = options.now ?? Date.now;
  const server = createServer(async (request, response) => {
    try {
      const { method = '', url = '', headers } = request;
      const isLink = headers.authorization === undefined;
      const flaw = isLink ? problemOfLink({ method, url, headers }, options.secretAccessKey, now()) : undefined;
      kept.forgetBefore(now() - FILE_DAYS * DAY);
      if (flaw) refuse(response, 403, flaw.code, flaw.message);
      else if (method === 'PUT') await put(kept, request, response, now());
      else if (method === 'GET') get(kept, request, response);
      else refuse(response, 405, 'MethodNotAllowed', 'The specified method is not allowed.');
    } catch (error) {
      refuse(response, 500, 'InternalError', String(error));
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    endpoint: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      kept.close();
    },
  };
}

async function put(kept: Kept, request: IncomingMessage, response: ServerResponse, nowMs: number): Promise<void> {
  const { 'content-length': bytes, 'content-type': type = 'binary/octet-stream' } = request.headers;
  if (bytes === undefined) return refuse(response, 411, 'MissingContentLength', 'A length is required.');
  if (Number(bytes) > BYTES_MAX) return refuse(response, 400, 'EntityTooLarge', `At most ${BYTES_MAX} bytes.`);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  kept.write(placeOf(request).pathname, { type, body: Buffer.concat(chunks) }, nowMs);
  response.end();
}

function get(kept: Kept, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = placeOf(request);
  const found = kept.read(pathname);
  if (!found) {
    refuse(response, 404, 'NoSuchKey', 'The specified key does not exist.');
    return;
  }
  const disposition = searchParams.get('response-content-disposition');
  if (disposition !== null) response.setHeader('content-disposition', disposition);
  response.writeHead(200, { 'content-type': found.type, 'content-length': found.body.byteLength });
  response.end(found.body);
}

function placeOf({ url = '' }: IncomingMessage): URL {
  return new URL(url, 'http://localhost');
}

/** Closes the connection, since the rest of what is being sent is not waited for. */
function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/xml', connection: 'close' });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  );
}

interface Kept {
  write(path: string, file: KeptFile, nowMs: number): void;
  read(path: string): KeptFile | undefined;
  forgetBefore(ms: number): void;
  close(): void;
}

interface KeptFile {
  readonly type: string;
  readonly body: Uint8Array;
}

/** One row a file; a write is on the disk before it is answered. */
function openKept(path: string): Kept {
  try {
    const database = new DatabaseSync(path);
    database.exec('CREATE TABLE IF NOT EXISTS files (path PRIMARY KEY, written_ms, type, body)');
    const write = database.prepare('INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)');
    const read = database.prepare('SELECT type, body FROM files WHERE path = ?');
    const forget = database.prepare('DELETE FROM files WHERE written_ms < ?');
    return {
      write(name, { type, body }, nowMs) {
        write.run(name, nowMs, type, body);
      },
      read: (name) => read.get(name) as KeptFile | undefined,
      forgetBefore(ms) {
        forget.run(ms);
      },
      close: () => database.close(),
    };
  } catch (error) {
    throw new Unusable(`The files could not be opened in ${path}: ${error}.`);
  }
}
