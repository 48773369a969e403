import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Receiver {
  readonly url: string;
  stop(): Promise<void>;
}

/** A merchant's webhook endpoint for `npm start`: accepts every event and prints a line about it. */
export async function startReceiver(print: (line: string) => void): Promise<Receiver> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    print(summary(body));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"received":true}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/webhooks`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function summary(body: string): string {
  try {
    const { type, sequence, data } = JSON.parse(body);
    const { agent_reference, reference = agent_reference, status, message, currency, balance } = data.object;
    if (reference !== undefined) return `webhook ${type} ${reference} is ${status} (event ${sequence})`;
    return `webhook ${type} ${message ?? `${currency} ${balance} left`}`;
  } catch {
    return 'webhook: not an event of ours';
  }
}
