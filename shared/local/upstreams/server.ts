import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { startHttpServer } from '../http-server.ts';

/** What upstream fakes share: a loopback HTTP server, scripted behaviours, and a record of what was delivered. */

export interface Delivery {
  readonly reference: string;
  readonly productId: string;
  readonly target: string;
  readonly amount: string;
  readonly at: string;
}

export interface Fake {
  readonly url: string;
  /** Every delivery, oldest first. A reference that was vended twice is in it twice. */
  deliveries(): readonly Delivery[];
  /** Forgets everything but the record file. */
  reset(): void;
  close(): Promise<void>;
}

export interface FakeOptions {
  readonly port?: number;
  /** Deliveries are appended here before they are answered, and read back at the next start. */
  readonly recordFile?: string;
}

/** A behaviour for the next `next` requests, or for those whose reference or target matches. */
interface Script<Behaviour> {
  readonly behaviour: Behaviour;
  next?: number;
  readonly match?: { readonly reference?: string; readonly target?: string };
}

/** Scripted behaviours, also by `POST /_admin/behaviour`. The newest that matches wins. */
export class Behaviours<Behaviour> {
  #scripts: Script<Behaviour>[] = [];

  script(script: Script<Behaviour>): void {
    this.#scripts.unshift({ ...script });
  }

  clear(): void {
    this.#scripts = [];
  }

  pick(reference: string, target: string): Behaviour | undefined {
    const found = this.#scripts.find(({ match, next }) => {
      if (next !== undefined && next <= 0) return false;
      if (match?.reference !== undefined && match.reference !== reference) return false;
      return match?.target === undefined || match.target === target;
    });
    if (found?.next !== undefined) found.next -= 1;
    return found?.behaviour;
  }
}

/** What was really vended. Each delivery is written before it is answered, so that a kill cannot lose it. */
export class Deliveries {
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

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly json: { [name: string]: unknown };
}

/** `hang` never answers, `reset` closes the connection. A text is sent as HTML, anything else as JSON. */
export type FakeAnswer = 'hang' | 'reset' | { status: number; body: unknown; headers?: OutgoingHttpHeaders };

type Answering = (request: FakeRequest) => Promise<FakeAnswer> | FakeAnswer;

/** Serves on loopback. A fake that throws answers 500 with the reason, so that tests show it. */
export async function serveFake(port: number, answer: Answering): Promise<{ port: number; close(): Promise<void> }> {
  const server = await startHttpServer(
    async (request, response) => {
      try {
        send(request, response, await answer(await read(request)));
      } catch (error) {
        send(request, response, { status: 500, body: { fake: String(error) } });
      }
    },
    { port },
  );
  return { port: server.port, close: () => server.close() };
}

async function read(request: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  let json: { [name: string]: unknown } = {};
  try {
    json = text ? JSON.parse(text) : {};
  } catch {
    // A body that is not JSON is answered like one without fields.
  }
  return { method: request.method ?? '', path: request.url ?? '', headers: request.headers, text, json };
}

function send(request: IncomingMessage, response: ServerResponse, answer: FakeAnswer): void {
  if (answer === 'hang') return;
  if (answer === 'reset') {
    request.socket.destroy();
    return;
  }
  const isText = typeof answer.body === 'string';
  response.writeHead(answer.status, { 'content-type': isText ? 'text/html' : 'application/json', ...answer.headers });
  response.end(isText ? String(answer.body) : JSON.stringify(answer.body));
}
