import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A merchant's endpoint on this machine, for `npm start`: takes every event and says on the console what it heard. */

export interface Receiver {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startReceiver(hear: (line: string) => void): Promise<Receiver> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    hear(summary(body));
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
