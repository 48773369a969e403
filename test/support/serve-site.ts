import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileOf, SITE_HEADERS } from '../../shared/manifest/site.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

/** Serves a built site with the headers that it has everywhere; the server and its origin. */
export async function serveSite(folder: string): Promise<{ server: Server; origin: string }> {
  const server = createServer(({ url = '/' }, response) => {
    const name = fileOf(new URL(url, 'http://site').pathname);
    const isThere = name !== undefined && existsSync(join(folder, name));
    const file = join(folder, isThere ? name : '404.html');
    const type = TYPES[extname(file)] ?? 'text/plain; charset=utf-8';
    response.writeHead(isThere ? 200 : 404, { ...SITE_HEADERS, 'content-type': type });
    response.end(readFileSync(file));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { server, origin: `http://127.0.0.1:${port}` };
}
