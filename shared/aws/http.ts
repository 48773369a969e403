import * as http from 'node:http';
import * as https from 'node:https';
import { defined } from '../domain/defined.ts';
import { messageOf } from '../domain/message-of.ts';
import type { Http, HttpAnswer, HttpRequest } from '../outbound-http.ts';
import { HttpFailure } from '../outbound-http.ts';

const ANSWER_BYTES_MAX = 1024 * 1024;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * HTTP for calls to providers: one connection per request, because on a reused one that the other side has just closed
 * it is unknown whether a request arrived; one deadline; no redirects; no retries. Local mode reaches this machine
 * only, so that it can never sell on a live account. It uses Node's own modules: the global fetch is slow to load.
 */
export function nodeHttp(options: { loopbackOnly?: boolean } = {}): Http {
  return async (request) => {
    const url = URL.parse(request.url);
    if (!url) throw new HttpFailure('not a URL', false);
    if (options.loopbackOnly && !LOOPBACK.has(url.hostname)) {
      throw new HttpFailure(`local mode does not reach ${url.hostname}`, false);
    }
    return exchange(url, request);
  };
}

function exchange(url: URL, { method, headers, body, timeoutMs }: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const isSecure = url.protocol === 'https:';
    let isConnected = false;
    const fail = (cause: unknown) => {
      clearTimeout(deadline);
      request.destroy();
      reject(new HttpFailure(messageOf(cause), isConnected, cause));
    };
    const payload = body === undefined ? undefined : Buffer.from(body, 'utf8');
    let request: http.ClientRequest;
    try {
      request = (isSecure ? https : http).request(url, {
        method,
        agent: false,
        headers: { ...headers, ...defined({ 'content-length': payload && String(payload.length) }) },
      });
    } catch (cause) {
      reject(new HttpFailure(messageOf(cause), false, cause));
      return;
    }
    const deadline = setTimeout(() => fail(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    // Nothing is written before the connection is established, so a failure until then means nothing was sent.
    request.once('socket', (socket) => {
      socket.once(isSecure ? 'secureConnect' : 'connect', () => {
        isConnected = true;
      });
    });
    // A destroyed request may emit another error, and an error without a listener ends the process.
    request.on('error', fail);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > ANSWER_BYTES_MAX) fail(new Error('the answer is too large'));
        else chunks.push(chunk);
      });
      response.on('error', fail);
      response.once('end', () => {
        clearTimeout(deadline);
        const fields = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(fields),
          body: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    request.end(payload);
  });
}
