import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

/**
 * Every HTTP server of local mode. Whatever goes wrong with one request, a cut connection, a listener that throws, or
 * an answer that cannot be written, ends that request alone: nothing here is without an error path.
 */

export interface HttpServer {
  readonly port: number;
  /** Takes no more requests. Those that are running may take `drainMs` before their connections are closed. */
  close(drainMs?: number): Promise<void>;
}

interface Options {
  /** Zero, the default, is any free port. */
  readonly port?: number;
  /** Answers a request whose listener threw, if nothing was sent yet. */
  readonly onFailure?: (response: ServerResponse, error: unknown) => void;
}

/** Serves on loopback. Rejects if the port cannot be had. */
export async function startHttpServer(
  listener: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void,
  { port = 0, onFailure = answerPlainly }: Options = {},
): Promise<HttpServer> {
  const server = createServer((request, response) => {
    for (const stream of [request, response]) stream.on('error', () => response.destroy());
    const serveRequest = async () => listener(request, response);
    serveRequest().catch((error: unknown) => fail(response, error, onFailure));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  server.on('error', (error) => console.error(error));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: (drainMs = 0) =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        if (drainMs === 0) server.closeAllConnections();
        else setTimeout(() => server.closeAllConnections(), drainMs).unref();
      }),
  };
}

function fail(response: ServerResponse, error: unknown, onFailure: NonNullable<Options['onFailure']>): void {
  try {
    if (response.headersSent) response.destroy();
    else onFailure(response, error);
  } catch (cause) {
    console.error(cause);
    response.destroy();
  }
}

function answerPlainly(response: ServerResponse, error: unknown): void {
  response.writeHead(500, { 'content-type': 'text/plain', connection: 'close' }).end(String(error));
}
