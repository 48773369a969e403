import * as dns from 'node:dns/promises';
import * as http from 'node:http';
import * as net from 'node:net';
import * as tls from 'node:tls';
import type { Http, HttpAnswer, HttpRequest } from '../outbound-http.ts';
import { HttpFailure } from '../outbound-http.ts';
import { isLoopbackAddress, isPublicAddress } from './public-address.ts';

/**
 * Calls to addresses that merchants name. Whoever names an address might name one that only we can reach: a metadata
 * service, a neighbour, this machine. A name that passes a check can mean another address a moment later, so it is
 * looked up once, everything it means must be public, and the connection goes to the very address that was checked.
 * TLS still asks for the name. A connection serves one request and is cut after it; a redirect is an answer.
 */

const URL_CHARACTERS_MAX = 2048;
const ANSWER_BYTES_MAX = 16 * 1024;
/** Below it are mail, file shares and the like, where a line of ours might be taken for a command. */
const FREE_PORT_MIN = 1024;
const LOOPBACK_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);
const HOST_NAME = /^(?=.{4,253}$)([a-z0-9_-]{1,63}\.)+[a-z0-9-]{2,63}$/;
const PRIVATE_NAME = /(^|\.)(localhost|localdomain|local|internal|intranet|lan|corp|home|private|home\.arpa)$/;

/** Every address a name means. */
type ResolveAll = (host: string) => Promise<readonly string[]>;
/** Starts one TCP connection, to an address and never to a name. */
type Connect = (to: { host: string; port: number }) => net.Socket;
type EgressGuard = Readonly<{ allows: (address: string) => boolean; refusal: string }>;

/** What is wrong with a URL that a merchant names, to be put after its name: "must begin with https://". */
export function problemOfUrl(text: string, options: { isLocal: boolean }): string | undefined {
  if (text.length > URL_CHARACTERS_MAX) return `must not be longer than ${URL_CHARACTERS_MAX} characters`;
  // A parser drops or turns these silently; what is checked is to be what was written.
  if (/[\s\p{C}\\]/u.test(text)) return 'must not contain spaces, control characters or backslashes';
  const authority = /^https?:\/\/([^/?#]+)/i.exec(text)?.[1];
  if (!authority || (!options.isLocal && !/^https:/i.test(text))) return 'must begin with https:// and a host';
  if (authority.includes('@')) return 'must not carry a user name or password';
  if (text.includes('#')) return 'must not have a fragment';
  const url = URL.parse(text);
  if (!url) return 'must be a valid URL';
  if (options.isLocal) return LOOPBACK_HOSTS.has(url.hostname) ? undefined : 'must name this machine in local mode';
  return problemOfHost(bareHost(url)) ?? problemOfPort(url.port);
}

/** The parser has made plain addresses of octal, hexadecimal, short and full-width ones. */
function problemOfHost(host: string): string | undefined {
  if (net.isIP(host)) return isPublicAddress(host) ? undefined : 'must not name a private address';
  if (PRIVATE_NAME.test(host.replace(/\.+$/, ''))) return 'must not name a private host';
  return HOST_NAME.test(host) ? undefined : 'must name a host by its full name, without a dot at the end';
}

function problemOfPort(port: string): string | undefined {
  return port && Number(port) < FREE_PORT_MIN ? `must use port 443 or one from ${FREE_PORT_MIN} up` : undefined;
}

/**
 * HTTP to where a merchant says: https to public addresses only, or to this machine only in local mode. Of a long
 * answer the first 16 KiB are read. No failure names an address that the merchant has not.
 */
export function outboundHttp(options: { isLocal: boolean; lookup?: ResolveAll; connect?: Connect }): Http {
  const { isLocal, lookup = lookUp, connect = net.connect } = options;
  const wall: EgressGuard = isLocal
    ? { allows: isLoopbackAddress, refusal: 'the address is not this machine' }
    : { allows: isPublicAddress, refusal: 'the address is not public' };
  return async (request) => {
    const flaw = problemOfUrl(request.url, { isLocal });
    if (flaw) throw new HttpFailure(`the URL ${flaw}`, false);
    const url = new URL(request.url);
    let socket: net.Socket | undefined;
    let isSent = false;
    let isLate = false;
    const late = Promise.withResolvers<never>();
    const deadline = setTimeout(() => {
      isLate = true;
      late.reject(new HttpFailure(`no answer within ${request.timeoutMs} ms`, isSent));
    }, request.timeoutMs);
    const call = async () => {
      const host = await pinnedAddress(bareHost(url), lookup, wall);
      if (isLate) return late.promise;
      socket = connect({ host, port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80) });
      const stream = await established(socket, url, wall);
      isSent = true;
      return exchange(stream, url, request);
    };
    try {
      return await Promise.race([call(), late.promise]);
    } finally {
      clearTimeout(deadline);
      socket?.destroy();
    }
  };
}

/** IPv4 first: a function outside a network of ours has no other way out. */
async function lookUp(host: string): Promise<string[]> {
  return (await dns.lookup(host, { all: true, order: 'ipv4first' })).map(({ address }) => address);
}

/** One address that is refused spoils them all: who answers with a mixture is trying something. */
async function pinnedAddress(host: string, lookup: ResolveAll, wall: EgressGuard): Promise<string> {
  const addresses = net.isIP(host) ? [host] : await lookup(host).catch(() => []);
  const [address] = addresses;
  if (address === undefined) throw new HttpFailure('the name could not be resolved', false);
  if (!addresses.every(wall.allows)) throw new HttpFailure(wall.refusal, false);
  return address;
}

/** Nothing is written before this resolves, so until then it is certain that nothing was sent. */
function established(socket: net.Socket, url: URL, wall: EgressGuard): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const refuse = (message: string, cause?: unknown) => reject(new HttpFailure(message, false, cause));
    const fail = (cause: unknown) => refuse(`no connection: ${codeOf(cause)}`, cause);
    // For its whole life: an error that nobody listens to ends the process.
    socket.on('error', fail);
    socket.once('connect', () => {
      // A second look at where we are in fact, in case the first one was at something else.
      if (!wall.allows(socket.remoteAddress ?? '')) return refuse(wall.refusal);
      if (url.protocol === 'http:') return resolve(socket);
      const host = bareHost(url);
      const servername = net.isIP(host) ? '' : host;
      const secure = tls.connect({ socket, host, servername, ALPNProtocols: ['http/1.1'], rejectUnauthorized: true });
      secure.once('secureConnect', () => resolve(secure));
      secure.on('error', (cause) =>
        secure.authorizationError ? refuse(`the certificate is not valid: ${codeOf(cause)}`, cause) : fail(cause),
      );
    });
  });
}

function exchange(stream: net.Socket, url: URL, request: HttpRequest): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const fail = (cause: unknown) => reject(new HttpFailure(`no complete answer: ${codeOf(cause)}`, true, cause));
  const payload = request.body === undefined ? undefined : Buffer.from(request.body, 'utf8');
  const size = payload ? { 'content-length': String(payload.length) } : {};
  let outgoing: http.ClientRequest;
  try {
    outgoing = http.request({
      createConnection: () => stream,
      method: request.method,
      path: url.pathname + url.search,
      headers: { ...request.headers, ...size, host: url.host },
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

/** An address in brackets without them. */
function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** Never the message: it names the address, or says what the maker of a certificate wrote. */
function codeOf(cause: unknown): string {
  return typeof cause === 'object' && cause && 'code' in cause ? String(cause.code) : 'unknown';
}
