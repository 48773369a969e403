import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

/** What upstream simulators share: a loopback HTTP server, behaviours on demand, and a record of what was delivered. */

export interface Delivery {
  readonly reference: string;
  readonly productId: string;
  readonly target: string;
  readonly amount: string;
  readonly at: string;
}

export interface Simulator {
  readonly url: string;
  /** Everything ever delivered, oldest first: the same reference twice if it was vended twice. */
  deliveries(): readonly Delivery[];
  /** Forgets all but the record file. */
  reset(): void;
  close(): Promise<void>;
}

export interface SimulatorOptions {
  readonly port?: number;
  /** Deliveries are appended here before they are answered, and read back at the next start. */
  readonly recordFile?: string;
}

/** Behaviour for the next so many sends, or for sends whose reference or target matches. */
interface Order<Behaviour> {
  readonly behaviour: Behaviour;
  next?: number;
  readonly match?: { readonly reference?: string; readonly target?: string };
}

/** Behaviours told by `POST /_admin/behaviour`; the newest that fits wins. */
export class Behaviours<Behaviour> {
  #orders: Order<Behaviour>[] = [];

  tell(order: Order<Behaviour>): void {
    this.#orders.unshift({ ...order });
  }

  clear(): void {
    this.#orders = [];
  }

  pick(reference: string, target: string): Behaviour | undefined {
    const found = this.#orders.find(({ match, next }) => {
      if (next !== undefined && next <= 0) return false;
      if (match?.reference !== undefined && match.reference !== reference) return false;
      return match?.target === undefined || match.target === target;
    });
    if (found?.next !== undefined) found.next -= 1;
    return found?.behaviour;
  }
}

/** The truth about what was vended. Written through before an answer leaves, so that a kill cannot lose it. */
export class Record {
  readonly #file: string | undefined;
  readonly #entries: Delivery[] = [];

  constructor(file: string | undefined) {
    this.#file = file;
    if (file && existsSync(file)) {
      const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
      this.#entries = lines.map((line) => JSON.parse(line) as Delivery);
    }
  }

  add(delivery: Omit<Delivery, 'at'>): Delivery {
    const entry = { ...delivery, at: new Date().toISOString() };
    if (this.#file) appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
    this.#entries.push(entry);
    return entry;
  }

  find(reference: string): Delivery | undefined {
    return this.#entries.find((entry) => entry.reference === reference);
  }

  all(): readonly Delivery[] {
    return this.#entries;
  }
}

export interface SimulatedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly json: { [name: string]: unknown };
}

/** `hang` never answers; `reset` cuts the connection; anything else is an answer. */
export type SimulatedAnswer = 'hang' | 'reset' | { status: number; body: unknown };

type Answering = (request: SimulatedRequest) => Promise<SimulatedAnswer> | SimulatedAnswer;

/** Serves on loopback. A simulator that fails answers 500 with the reason, so that tests show it. */
export async function serveSimulator(
  port: number,
  answer: Answering,
): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    try {
      send(request, response, await answer(await read(request)));
    } catch (error) {
      send(request, response, { status: 500, body: { simulator: String(error) } });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function read(request: IncomingMessage): Promise<SimulatedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  let json: { [name: string]: unknown } = {};
  try {
    json = text ? JSON.parse(text) : {};
  } catch {
    // Left empty: the endpoint answers as for a body without fields.
  }
  return { method: request.method ?? '', path: request.url ?? '', headers: request.headers, text, json };
}

function send(request: IncomingMessage, response: ServerResponse, answer: SimulatedAnswer): void {
  if (answer === 'hang') return;
  if (answer === 'reset') {
    request.socket.destroy();
    return;
  }
  const isText = typeof answer.body === 'string';
  response.writeHead(answer.status, { 'content-type': isText ? 'text/html' : 'application/json' });
  response.end(isText ? String(answer.body) : JSON.stringify(answer.body));
}
