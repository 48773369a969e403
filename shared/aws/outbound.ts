import * as dns from 'node:dns/promises';
import * as http from 'node:http';
import * as net from 'node:net';
import * as tls from 'node:tls';
import { defined } from '../domain/defined.ts';
import { withoutTrailing } from '../domain/text.ts';
import type { Http, HttpAnswer, HttpRequest } from '../outbound-http.ts';
import { HttpFailure } from '../outbound-http.ts';
import { isLoopbackAddress, isPublicAddress } from './public-address.ts';

/**
 * The egress guard: calls to URLs that merchants name. Such a URL might name a host that only we can reach: a metadata
 * service, another machine of ours, this machine. A host name that passes a check can resolve to another address a
 * moment later, so it is resolved once, every address must be public, and the connection goes to the address that was
 * checked. TLS still verifies the name. A connection serves one request and is closed; redirects are not followed.
 */

const URL_CHARACTERS_MAX = 2048;
const ANSWER_BYTES_MAX = 16 * 1024;
/** Lower ports belong to mail servers, file shares and the like, which might read a request as commands. */
const UNRESERVED_PORT_MIN = 1024;
const LOOPBACK_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);
const HOST_NAME = /^(?=.{4,253}$)([a-z0-9_-]{1,63}\.)+[a-z0-9-]{2,63}$/;
const PRIVATE_NAME = /(^|\.)(localhost|localdomain|local|internal|intranet|lan|corp|home|private|home\.arpa)$/;

/** Resolves a host name to all its addresses. */
type ResolveAll = (host: string) => Promise<readonly string[]>;
/** Opens a TCP connection, to an address and never to a name. */
type Connect = (to: { host: string; port: number }) => net.Socket;
type EgressGuard = Readonly<{ allows: (address: string) => boolean; refusal: string }>;

/** What is wrong with a merchant's URL, worded to follow the name of its field: "must begin with https://". */
export function problemOfUrl(text: string, options: { isLocal: boolean }): string | undefined {
  if (text.length > URL_CHARACTERS_MAX) return `must not be longer than ${URL_CHARACTERS_MAX} characters`;
  // A parser drops or replaces these silently, and the check must see what was written.
  if (/[\s\p{C}\\]/u.test(text)) return 'must not contain spaces, control characters or backslashes';
  const authority = /^https?:\/\/([^/?#]+)/i.exec(text)?.[1];
  if (!authority || (!options.isLocal && !/^https:/i.test(text))) return 'must begin with https:// and a host';
  if (authority.includes('@')) return 'must not carry a user name or password';
  if (text.includes('#')) return 'must not have a fragment';
  const url = URL.parse(text);
  if (!url) return 'must be a valid URL';
  if (options.isLocal)
    return LOOPBACK_HOSTS.has(url.hostname)
      ? undefined
      : 'must name this machine in local mode, such as http://localhost:3000/hook';
  return problemOfHost(bareHost(url)) ?? problemOfPort(url.port);
}

/** The URL parser has already normalised octal, hexadecimal, short and full-width addresses. */
function problemOfHost(host: string): string | undefined {
  if (net.isIP(host)) return isPublicAddress(host) ? undefined : 'must not name a private address';
  if (PRIVATE_NAME.test(withoutTrailing(host, '.'))) return 'must not name a private host';
  return HOST_NAME.test(host) ? undefined : 'must name a host by its full name, without a dot at the end';
}

function problemOfPort(port: string): string | undefined {
  return port && Number(port) < UNRESERVED_PORT_MIN
    ? `must use port 443 or one from ${UNRESERVED_PORT_MIN} up`
    : undefined;
}

/**
 * HTTP to URLs that merchants name: https to public addresses only, or in local mode to this machine only. Of a long
 * response the first 16 KiB are read. No failure names an address that the merchant did not give.
 */
export function outboundHttp(options: { isLocal: boolean; lookup?: ResolveAll; connect?: Connect }): Http {
  const { isLocal, lookup = lookUp, connect = net.connect } = options;
  const guard: EgressGuard = isLocal
    ? { allows: isLoopbackAddress, refusal: 'the address is not this machine' }
    : { allows: isPublicAddress, refusal: 'the address is not public' };
  return async (request) => {
    const problem = problemOfUrl(request.url, { isLocal });
    if (problem) throw new HttpFailure(`the URL ${problem}`, false);
    const url = new URL(request.url);
    let socket: net.Socket | undefined;
    let isSent = false;
    const timeout = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => timeout.reject(new HttpFailure(`no answer within ${request.timeoutMs} ms`, isSent)),
      request.timeoutMs,
    );
    const inTime = <Result>(step: Promise<Result>) => Promise.race([step, timeout.promise]);
    try {
      const host = await inTime(pinnedAddress(bareHost(url), lookup, guard));
      socket = connect({ host, port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80) });
      const stream = await inTime(established(socket, url, guard));
      isSent = true;
      return await inTime(exchange(stream, url, request));
    } finally {
      clearTimeout(timer);
      socket?.destroy();
    }
  };
}

/** IPv4 first: a Lambda function outside a VPC has no IPv6. */
async function lookUp(host: string): Promise<string[]> {
  return (await dns.lookup(host, { all: true, order: 'ipv4first' })).map(({ address }) => address);
}

/** One refused address refuses the name: a mixture of public and private addresses is an attack. */
async function pinnedAddress(host: string, lookup: ResolveAll, guard: EgressGuard): Promise<string> {
  const addresses = net.isIP(host) ? [host] : await lookup(host).catch(() => []);
  const [address] = addresses;
  if (address === undefined) throw new HttpFailure('the name could not be resolved', false);
  if (!addresses.every(guard.allows)) throw new HttpFailure(guard.refusal, false);
  return address;
}

/** Nothing is written before this resolves, so a failure until then means that nothing was sent. */
function established(socket: net.Socket, url: URL, guard: EgressGuard): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const refuse = (message: string, cause?: unknown) => reject(new HttpFailure(message, false, cause));
    const fail = (cause: unknown) => refuse(`no connection: ${codeOf(cause)}`, cause);
    // For the socket's whole life: an error without a listener ends the process.
    socket.on('error', fail);
    socket.once('connect', () => {
      // Checked again on the connected socket, in case it is not where the first check said.
      if (!guard.allows(socket.remoteAddress ?? '')) return refuse(guard.refusal);
      if (url.protocol === 'http:') return resolve(socket);
      try {
        const secure = startTls(socket, bareHost(url));
        secure.once('secureConnect', () => resolve(secure));
        secure.on('error', (cause) =>
          secure.authorizationError ? refuse(`the certificate is not valid: ${codeOf(cause)}`, cause) : fail(cause),
        );
      } catch (cause) {
        // Thrown in an event of the socket, it would end the process.
        fail(cause);
      }
    });
  });
}

function startTls(socket: net.Socket, host: string): tls.TLSSocket {
  const servername = net.isIP(host) ? '' : host;
  return tls.connect({ socket, host, servername, ALPNProtocols: ['http/1.1'], rejectUnauthorized: true });
}

function exchange(stream: net.Socket, url: URL, request: HttpRequest): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const fail = (cause: unknown) => reject(new HttpFailure(`no complete answer: ${codeOf(cause)}`, true, cause));
  const payload = request.body === undefined ? undefined : Buffer.from(request.body, 'utf8');
  let outgoing: http.ClientRequest;
  try {
    outgoing = http.request({
      createConnection: () => stream,
      method: request.method,
      path: url.pathname + url.search,
      headers: {
        ...request.headers,
        ...defined({ 'content-length': payload && String(payload.length) }),
        host: url.host,
      },
    });
  } catch (cause) {
    throw new HttpFailure(`the request cannot be written: ${codeOf(cause)}`, false, cause);
  }
  outgoing.on('error', fail);
  outgoing.once('upgrade', fail);
  outgoing.once('response', (response) => {
    let body = Buffer.alloc(0);
    const finish = () => {
      const fields = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
      const text = body.toString('utf8', 0, ANSWER_BYTES_MAX);
      resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(fields), body: text });
    };
    response.on('data', (chunk: Buffer) => {
      if (body.length < ANSWER_BYTES_MAX) body = Buffer.concat([body, chunk]);
      if (body.length >= ANSWER_BYTES_MAX) finish();
    });
    response.on('error', fail);
    response.once('end', finish);
  });
  outgoing.end(payload);
  return promise;
}

/** The host without the brackets of an IPv6 address. */
function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** Never the message: it names the address, or quotes the certificate. */
function codeOf(cause: unknown): string {
  return typeof cause === 'object' && cause && 'code' in cause ? String(cause.code) : 'unknown';
}
