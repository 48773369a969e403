import type { Socket } from 'node:net';
import { connect } from 'node:net';

interface Reply {
  readonly status: number;
  readonly text: string;
}

interface Exchange {
  readonly message: string;
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

interface Connection {
  readonly socket: Socket;
  /** What is under way; it has no other. */
  exchange: Exchange | undefined;
  received: Buffer;
}

const CONNECTIONS_MAX = 50;
const HEAD_END = '\r\n\r\n';
const NOTHING = Buffer.alloc(0);

/**
 * Posts to a server on this machine, over connections that stay open, one request at a time on each. Node's own client
 * took half of the time of a command. Answers must state their length, as those of engines do.
 */
export class LeanHttp {
  readonly #host: string;
  readonly #port: number;
  readonly #all = new Set<Connection>();
  #idle: Connection[] = [];
  readonly #waiting: Exchange[] = [];

  constructor(endpoint: string) {
    const { hostname, port } = new URL(endpoint);
    this.#host = hostname.replace(/^\[(.*)\]$/, '$1');
    this.#port = Number(port || 80);
  }

  /** The headers are whole lines. */
  post(headers: string, body: string): Promise<Reply> {
    const own = `host: ${this.#host}\r\ncontent-length: ${Buffer.byteLength(body)}`;
    const message = `POST / HTTP/1.1\r\n${headers}${own}${HEAD_END}${body}`;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ message, resolve, reject });
      this.#sendWaiting();
    });
  }

  destroy(): void {
    for (const { socket } of this.#all) socket.destroy();
  }

  #sendWaiting(): void {
    while (this.#waiting.length > 0) {
      const connection = this.#idle.pop() ?? (this.#all.size < CONNECTIONS_MAX ? this.#open() : undefined);
      if (!connection) return;
      connection.exchange = this.#waiting.shift();
      connection.socket.ref();
      connection.socket.write(connection.exchange?.message ?? '');
    }
  }

  #open(): Connection {
    const socket = connect({ host: this.#host, port: this.#port, noDelay: true });
    const connection: Connection = { socket, exchange: undefined, received: NOTHING };
    let problem = new Error('The engine closed the connection.');
    socket.on('data', (chunk) => this.#receive(connection, chunk));
    socket.on('error', (error) => {
      problem = error;
    });
    socket.once('close', () => {
      this.#all.delete(connection);
      this.#idle = this.#idle.filter((each) => each !== connection);
      connection.exchange?.reject(problem);
      this.#sendWaiting();
    });
    this.#all.add(connection);
    return connection;
  }

  #receive(connection: Connection, chunk: Buffer): void {
    const received = connection.received.length === 0 ? chunk : Buffer.concat([connection.received, chunk]);
    connection.received = received;
    const headEnd = received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = received.toString('latin1', 0, headEnd);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) {
      connection.socket.destroy(new Error(`The engine states no length: ${head}`));
      return;
    }
    const bodyStart = headEnd + HEAD_END.length;
    if (received.length < bodyStart + Number(length)) return;
    const { exchange } = connection;
    connection.exchange = undefined;
    connection.received = NOTHING;
    connection.socket.unref();
    this.#idle.push(connection);
    exchange?.resolve({ status: Number(head.slice(9, 12)), text: received.toString('utf8', bodyStart) });
    this.#sendWaiting();
  }
}
