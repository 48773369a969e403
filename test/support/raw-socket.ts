import { connect } from 'node:net';

/** Requests as bytes on a socket: changed anywhere, with lengths that lie and connections that are cut. */

/** A request whose length lies upwards gets no answer: its sender waits this long, and cuts the connection. */
const PATIENCE_MS = 200;
/** No request lasts this long after that. */
const HANGING_MS = 20_000;

/** At a place from 0 to 1 some characters go, and others come. */
export interface Mutation {
  readonly at: number;
  readonly drops: number;
  readonly puts: string;
}

export function mutate(text: string, mutations: readonly Mutation[]): string {
  return mutations.reduce((now, { at, drops, puts }) => {
    const place = Math.floor(at * now.length);
    return now.slice(0, place) + puts + now.slice(place + drops);
  }, text);
}

/** The status of the answer; 0 where the connection ended without one. */
export function sendRaw(port: number, bytes: Buffer, isCut: boolean, patienceMs = PATIENCE_MS): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    const end = () => {
      socket.destroy();
      resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(answer.replace(/^HTTP\/1\.1 100.*?\r\n\r\n/s, ''))?.[1] ?? 0));
    };
    socket.on('error', end);
    socket.on('close', end);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.write(isCut ? bytes.subarray(0, Math.floor(bytes.length / 2)) : bytes, () => {
      if (isCut) socket.resetAndDestroy();
    });
    const patience = setTimeout(() => socket.end(), patienceMs);
    const hanging = setTimeout(() => reject(new Error(`no end of ${bytes.toString('latin1')}`)), HANGING_MS);
    socket.once('close', () => {
      clearTimeout(patience);
      clearTimeout(hanging);
    });
  });
}
