import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import * as net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import * as tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { outboundHttp, problemOfUrl } from '../../shared/aws/outbound.ts';
import { isPublicAddress } from '../../shared/aws/public-address.ts';
import type { HttpAnswer, HttpRequest } from '../../shared/outbound-http.ts';
import { HttpFailure } from '../../shared/outbound-http.ts';
import { selfSigned } from '../support/certificate.ts';
import {
  HOSTILE_REDIRECTS,
  HOSTILE_URLS,
  NAMES_OF_PRIVATE_ADDRESSES,
  PRIVATE_ADDRESSES,
  PUBLIC_ADDRESSES,
} from './hostile-urls.ts';

/**
 * The guarantee: whatever URL a merchant names, only public addresses are ever connected to. Every connection attempt goes
 * through a hook that counts it, so no case can pass because it fails later for another reason.
 */

const PUBLIC = '93.184.216.34';
const HOOK = 'https://hooks.example.com/airtime?shop=7';
const REQUEST = { method: 'POST', url: HOOK, body: '{}', timeoutMs: 2_000 } as const;

type Resolve = (host: string) => Promise<readonly string[]>;
type Sent = HttpAnswer | HttpFailure;

/** Calls through the egress guard. The internet is one server on this machine, if there is one. */
function guarded(options: { lookup?: Resolve; port?: number; isLocal?: boolean } = {}) {
  const lookups: string[] = [];
  const connections: string[] = [];
  const { lookup = async () => [PUBLIC], port, isLocal = false } = options;
  const http = outboundHttp({
    isLocal,
    lookup: async (host) => {
      lookups.push(host);
      return lookup(host);
    },
    connect: ({ host }) => {
      connections.push(host);
      const socket = port === undefined ? refused(host) : net.connect(port, '127.0.0.1');
      Object.defineProperty(socket, 'remoteAddress', { value: host });
      return socket;
    },
  });
  const send = (request: Partial<HttpRequest> = {}): Promise<Sent> =>
    http({ ...REQUEST, ...request }).catch((error: unknown) => {
      if (error instanceof HttpFailure) return error;
      throw error;
    });
  return { send, lookups, connections };
}

/** A connection that fails like one to a closed port, without being tried. */
function refused(host: string): net.Socket {
  const socket = new net.Socket();
  const error = Object.assign(new Error(`connect ECONNREFUSED ${host}:443`), { code: 'ECONNREFUSED' });
  process.nextTick(() => socket.destroy(error));
  return socket;
}

const open: { server: Server; sockets: Set<net.Socket> }[] = [];

afterEach(async () => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listening<S extends Server>(server: S): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  open.push({ server, sockets });
  return (server.address() as AddressInfo).port;
}

describe('the corpus', () => {
  const urls = Object.entries(HOSTILE_URLS).flatMap(([problem, group]) => group.map((url) => [problem, url] as const));

  it('is large and has no duplicates', () => {
    const cases = [...urls.map(([, url]) => url), ...PRIVATE_ADDRESSES];
    expect(cases.length).toBeGreaterThan(250);
    expect(cases.length - new Set(cases).size).toBe(0);
  });

  it.each(urls)('%s: %j', async (problem, url) => {
    const { send, lookups, connections } = guarded();
    expect(problemOfUrl(url, { isLocal: false })).toContain(problem);
    expect(await send({ url })).toMatchObject({ name: 'HttpFailure', sent: false });
    expect([lookups, connections]).toEqual([[], []]);
  });

  it.each([
    ['https://hooks.example.com', 'hooks.example.com'],
    ['https://hooks.example.com/a/b?c=d&e=%2F', 'hooks.example.com'],
    ['https://hooks.example.com:443/', 'hooks.example.com'],
    ['https://hooks.example.com:1024/', 'hooks.example.com'],
    ['https://hooks.example.com:65535/', 'hooks.example.com'],
    ['HTTPS://Hooks.Example.COM/A', 'hooks.example.com'],
    ['https://my_shop.example.co.zw/?mail=a@b.example', 'my_shop.example.co.zw'],
    ['https://bücher.example/', 'xn--bcher-kva.example'],
    ['https://internal.example.com/', 'internal.example.com'],
    ['https://notlocalhost.com/', 'notlocalhost.com'],
    [`https://hooks.example.com/${'a'.repeat(2022)}`, 'hooks.example.com'],
  ])('can fail: %s is connected to', async (url, name) => {
    const { send, lookups, connections } = guarded();
    expect(problemOfUrl(url, { isLocal: false })).toBeUndefined();
    expect(await send({ url })).toMatchObject({ sent: false, message: 'no connection: ECONNREFUSED' });
    expect([lookups, connections]).toEqual([[name], [PUBLIC]]);
  });

  it.each(PUBLIC_ADDRESSES)('can fail: %s is connected to without a DNS lookup', async (address) => {
    const { send, lookups, connections } = guarded();
    await send({ url: `https://${address.includes(':') ? `[${address}]` : address}/` });
    expect([lookups, connections]).toEqual([[], [address]]);
  });
});

describe('a name', () => {
  const NOT_PUBLIC = { name: 'HttpFailure', sent: false, message: 'the address is not public' };

  it.each(PRIVATE_ADDRESSES)(
    'that resolves to %s, alone or among public addresses, is not connected to',
    async (address) => {
      for (const answer of [
        [address],
        [address, PUBLIC],
        [PUBLIC, address],
        [PUBLIC, '2606:4700:4700::1111', address],
      ]) {
        const { send, connections } = guarded({ lookup: async () => answer });
        expect([answer, await send()]).toEqual([answer, expect.objectContaining(NOT_PUBLIC)]);
        expect(connections).toEqual([]);
      }
    },
  );

  it.each(NAMES_OF_PRIVATE_ADDRESSES)(
    'that looks public, %s, but resolves to %s is not connected to',
    async (url, address) => {
      const { send, lookups, connections } = guarded({ lookup: async () => [address] });
      expect(await send({ url })).toMatchObject(NOT_PUBLIC);
      expect([lookups.length, connections]).toEqual([1, []]);
    },
  );

  it.each(['', 'nonsense', '0x7f.1', '127.1', '2130706433', '010.0.0.1', 'localhost', '[::1]', '1.1.1.1:443'])(
    'that resolves to what is not an address, %j, is not connected to',
    async (answer) => {
      const { send, connections } = guarded({ lookup: async () => [answer] });
      expect(await send()).toMatchObject(NOT_PUBLIC);
      expect(connections).toEqual([]);
    },
  );

  it.each<[string, Resolve]>([
    ['nothing', async () => []],
    ['a failure', async () => Promise.reject(new Error('getaddrinfo ENOTFOUND hooks.example.com 10.0.0.2'))],
  ])('that resolves to %s is reported as unresolved, and nothing else', async (_what, lookup) => {
    const { send, connections } = guarded({ lookup });
    expect(await send()).toMatchObject({ sent: false, message: 'the name could not be resolved' });
    expect(connections).toEqual([]);
  });

  it('that would resolve to another address the second time is resolved once', async () => {
    const answers = [[PUBLIC], ['169.254.169.254']];
    const { send, lookups, connections } = guarded({ lookup: async () => answers.shift() ?? [] });
    await send();
    expect([lookups.length, connections]).toEqual([1, [PUBLIC]]);
    expect(await send()).toMatchObject(NOT_PUBLIC);
    expect([lookups.length, connections]).toEqual([2, [PUBLIC]]);
  });

  it('that does not exist is resolved by this machine too', async () => {
    // A label that is not ASCII cannot get there; one that is reserved for this never exists.
    const http = outboundHttp({ isLocal: false, connect: ({ host }) => refused(host) });
    const url = 'https://nobody.invalid/';
    await expect(http({ ...REQUEST, url })).rejects.toMatchObject({ sent: false });
  });

  it('is reported as unresolved: no failure names the address', async () => {
    const { send } = guarded();
    expect(JSON.stringify(await send())).not.toContain(PUBLIC);
  });
});

/** A second implementation of the registries' lists, by Node's own BlockList. */
describe('an address', () => {
  const v4 = new net.BlockList();
  for (const range of [
    ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
    ...['192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3'],
  ]) {
    const [address = '', bits] = range.split('/');
    v4.addSubnet(address, Number(bits));
  }
  const v6 = new net.BlockList();
  for (const [address, bits] of [
    ...([['::', 3] as const, ['4000::', 2] as const, ['8000::', 1] as const] as const),
    ...([
      ['2001::', 23] as const,
      ['2001:db8::', 32] as const,
      ['2002::', 16] as const,
      ['3fff::', 20] as const,
    ] as const),
  ]) {
    v6.addSubnet(address, bits, 'ipv6');
  }
  const octet = fc.oneof(fc.constantFrom(0, 10, 100, 127, 169, 172, 192, 198, 203, 254, 168), fc.nat(255));
  const group = fc.oneof(fc.constantFrom(0, 0x2001, 0x2002, 0xdb8, 0x64, 0xff9b, 0x3fff, 0xffff), fc.nat(0xffff));

  it('of IPv4 that a registry has reserved is never public', () => {
    const anAddress = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
    fc.assert(
      fc.property(anAddress, (address) => !(isPublicAddress(address) && v4.check(address))),
      { numRuns: 20_000 },
    );
    expect(['10.0.0.1', PUBLIC].map((address) => v4.check(address))).toEqual([true, false]);
  });

  it('of IPv6 that a registry has reserved is never public', () => {
    const anAddress = fc
      .array(group, { minLength: 8, maxLength: 8 })
      .map((groups) => groups.map((value) => value.toString(16)).join(':'));
    fc.assert(
      fc.property(anAddress, (address) => !(isPublicAddress(address) && v6.check(address, 'ipv6'))),
      { numRuns: 20_000 },
    );
    expect(['fd00::1', '2a05::1'].map((address) => v6.check(address, 'ipv6'))).toEqual([true, false]);
  });
});

describe('a connection', () => {
  const trusted = tls.getCACertificates('default');
  const own = selfSigned('hooks.example.com');
  beforeAll(() => tls.setDefaultCACertificates([...trusted, own.certificate]));
  afterAll(() => tls.setDefaultCACertificates(trusted));

  /** A merchant's server, with what it saw. */
  async function serving(listener: RequestListener, { key, certificate } = own) {
    const seen: IncomingMessage[] = [];
    const names: unknown[] = [];
    const server = createSecureServer({ key, cert: certificate }, (request, response) => {
      seen.push(request);
      listener(request, response);
    });
    server.on('secureConnection', (socket) => names.push(socket.servername));
    const port = await listening(server);
    return { seen, names, port, ...guarded({ port }) };
  }
  const hanging = () => {};

  it('asks for the host by name, and the request arrives byte for byte', async () => {
    const bodies: Buffer[] = [];
    const { send, seen, names, connections } = await serving(async (request, response) => {
      for await (const chunk of request) bodies.push(chunk);
      response.writeHead(202, { 'x-sent': 'so', 'set-cookie': ['a=1', 'b=2'] }).end('grüezi');
    });
    const body = `{"to":"für dich \u{1f4b0}\u0000"}${'é'.repeat(40_000)}`;
    const headers = { 'x-airtime-signature': 'sha256=00', host: 'another.example.com', 'Content-Length': '3' };
    const answer = await send({ url: HOOK.replace('.com', '.com:8443'), headers, body });
    expect(answer).toMatchObject({ status: 202, headers: { 'x-sent': 'so', 'set-cookie': 'a=1,b=2' }, body: 'grüezi' });
    expect(names).toEqual(['hooks.example.com']);
    expect(connections).toEqual([PUBLIC]);
    expect(Buffer.concat(bodies).equals(Buffer.from(body, 'utf8'))).toBe(true);
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/airtime?shop=7',
      headers: {
        host: 'hooks.example.com:8443',
        'content-length': String(Buffer.byteLength(body)),
        'x-airtime-signature': 'sha256=00',
        connection: 'close',
      },
    });
  });

  it('to an address sends no server name, and the certificate must be for the address', async () => {
    const certified = selfSigned(PUBLIC);
    tls.setDefaultCACertificates([...trusted, own.certificate, certified.certificate]);
    const { send, names, seen } = await serving((_request, response) => response.end('ok'), certified);
    expect(await send({ method: 'GET', url: `https://${PUBLIC}/` })).toMatchObject({ status: 200, body: 'ok' });
    expect(names).toEqual([false]);
    expect(seen[0]?.headers.host).toBe(PUBLIC);
    expect(await send({ url: 'https://1.1.1.1/' })).toMatchObject({ sent: false });
    expect(seen).toHaveLength(1);
  });

  it('serves one request and is closed after it', async () => {
    const { send, connections } = await serving((_request, response) => response.end('ok'));
    for (let n = 0; n < 3; n += 1) expect(await send()).toMatchObject({ status: 200 });
    expect(connections).toHaveLength(3);
    const [server] = open;
    await expect(ended([...(server?.sockets ?? [])])).resolves.toBe(3);
  });

  it.each(
    HOSTILE_REDIRECTS.flatMap((location) => [301, 302, 303, 307, 308].map((status) => [status, location] as const)),
  )('follows no %i to %s: it is the answer', async (status, location) => {
    const { send, connections, seen } = await serving((_request, response) => {
      response.writeHead(status, { location }).end();
    });
    expect(await send()).toMatchObject({ status, headers: { location } });
    expect([connections, seen.length]).toEqual([[PUBLIC], 1]);
  });

  it.each<[string, { key: string; certificate: string }, RegExp]>([
    [
      'for another name',
      selfSigned('other.example.com'),
      /^the certificate is not valid: ERR_TLS_CERT_ALTNAME_INVALID$/,
    ],
    [
      'of nobody we trust',
      selfSigned('hooks.example.com'),
      /^the certificate is not valid: DEPTH_ZERO_SELF_SIGNED_CERT$/,
    ],
    [
      'that has run out',
      selfSigned('hooks.example.com', '20210101000000Z'),
      /^the certificate is not valid: CERT_HAS_EX/,
    ],
  ])('with a certificate %s is not used', async (what, certified, message) => {
    if (!what.includes('trust')) tls.setDefaultCACertificates([...trusted, own.certificate, certified.certificate]);
    const { send, seen } = await serving((_request, response) => response.end('ok'), certified);
    expect(await send()).toMatchObject({ sent: false, message: expect.stringMatching(message) });
    await sleep(20);
    expect(seen).toEqual([]);
  });

  it.each([
    ['of 16 KiB is read whole', 16 * 1024],
    ['of more is cut at 16 KiB', 16 * 1024 + 1],
    ['of megabytes is cut at 16 KiB', 8 * 1024 * 1024],
  ])('with an answer %s, and the status is kept', async (_what, size) => {
    const { send } = await serving((_request, response) => {
      response.writeHead(410, { 'x-sent': 'so' }).end('x'.repeat(size));
    });
    const answer = await send();
    expect(answer).toMatchObject({ status: 410, headers: { 'x-sent': 'so' } });
    expect('body' in answer && answer.body === 'x'.repeat(16 * 1024)).toBe(true);
  });

  it('whose end is the end of the answer has the whole answer read', async () => {
    const { send } = await serving((_request, response) => {
      response.socket?.end('HTTP/1.0 200 OK\r\n\r\nall of it');
    });
    expect(await send()).toMatchObject({ status: 200, body: 'all of it' });
  });

  it('with an answer that never ends is cut at 16 KiB', async () => {
    let closed: Promise<unknown> = Promise.reject(new Error('never asked'));
    closed.catch(() => {});
    const { send } = await serving((_request, response) => {
      closed = new Promise((resolve) => response.once('close', resolve));
      const flow = setInterval(() => response.write('x'.repeat(4096)), 1);
      response.once('close', () => clearInterval(flow));
    });
    expect(await send()).toMatchObject({ status: 200 });
    await closed;
  });

  it.each<[string, RequestListener]>([
    ['that hangs', hanging],
    [
      'that drips its answer',
      (_request, response) => {
        const drip = setInterval(() => response.write('.'), 5);
        response.once('close', () => clearInterval(drip));
      },
    ],
    [
      'that drips hints',
      (_request, response) => {
        const drip = setInterval(() => response.writeProcessing(), 5);
        response.once('close', () => clearInterval(drip));
      },
    ],
  ])('%s is cut at the deadline', async (_what, listener) => {
    const { send, seen } = await serving(listener);
    const startedAt = performance.now();
    expect(await send({ timeoutMs: 150 })).toMatchObject({ sent: true, message: 'no answer within 150 ms' });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(seen).toHaveLength(1);
    await expect(ended([...(open[0]?.sockets ?? [])])).resolves.toBe(1);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['cut before an answer', (response) => response.socket?.destroy()],
    [
      'cut in the middle of an answer',
      (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half', () => response.socket?.destroy());
      },
    ],
    [
      'that answers with headers beyond measure',
      (response) => response.writeHead(200, { a: 'x'.repeat(20_000) }).end(),
    ],
    ['that answers nonsense', (response) => response.socket?.end('hello\r\n\r\n')],
    [
      'that wants another protocol',
      (response) => response.socket?.write('HTTP/1.1 101 A\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    ],
  ])('%s may have been received, and nothing is repeated', async (_what, cut) => {
    const { send, seen, connections } = await serving((_request, response) => cut(response));
    expect(await send({ timeoutMs: 500 })).toMatchObject({
      sent: true,
      message: expect.stringMatching(/^no complete answer: ([A-Z_]+|unknown)$/),
    });
    expect([seen.length, connections]).toEqual([1, [PUBLIC]]);
  });

  it.each<[string, (socket: net.Socket) => void, RegExp]>([
    ['reset', (socket) => socket.resetAndDestroy(), /^no connection: ECONNRESET$/],
    ['closed', (socket) => socket.end(), /^no connection: ECONNRESET$/],
    ['answered without TLS', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), /^no connection: [A-Z_]+$/],
    ['silent', hanging, /^no answer within 150 ms$/],
  ])('%s before it is secure carries nothing', async (_what, greet, message) => {
    const received: Buffer[] = [];
    const port = await listening(
      net.createServer((socket) => {
        socket.on('error', hanging).on('data', (data) => received.push(data));
        greet(socket);
      }),
    );
    const answer = await guarded({ port }).send({ timeoutMs: 150 });
    expect(answer).toMatchObject({ sent: false, message: expect.stringMatching(message) });
    expect(Buffer.concat(received).includes('airtime')).toBe(false);
  });

  it('that turns out to be to another address is closed before a byte is sent', async () => {
    const received: Buffer[] = [];
    const port = await listening(net.createServer((socket) => socket.on('data', (data) => received.push(data))));
    const connect = () => net.connect(port, '127.0.0.1');
    const http = outboundHttp({ isLocal: false, lookup: async () => [PUBLIC], connect });
    await expect(http(REQUEST)).rejects.toMatchObject({ sent: false, message: 'the address is not public' });
    await expect(ended([...(open[0]?.sockets ?? [])])).resolves.toBe(1);
    expect(received).toEqual([]);
  });

  it('is not made when the deadline passes during the DNS lookup', async () => {
    const late = Promise.withResolvers<string[]>();
    const { send, connections } = guarded({ lookup: () => late.promise });
    expect(await send({ timeoutMs: 40 })).toMatchObject({ sent: false, message: 'no answer within 40 ms' });
    late.resolve([PUBLIC]);
    await sleep(20);
    expect(connections).toEqual([]);
  });

  it('has the time that a slow DNS lookup has left', async () => {
    const { port } = await serving(hanging);
    const { send } = guarded({
      port,
      lookup: async () => {
        await sleep(400);
        return [PUBLIC];
      },
    });
    const startedAt = performance.now();
    expect(await send({ timeoutMs: 600 })).toMatchObject({ sent: true, message: 'no answer within 600 ms' });
    // With all of its time again it would take a second, and a busy machine makes it longer, never shorter.
    expect(performance.now() - startedAt).toBeLessThan(990);
  });

  it('carries no header with a line break', async () => {
    const { send, seen } = await serving((_request, response) => response.end('ok'));
    expect(await send({ headers: { a: 'b\r\nc: d' } })).toMatchObject({
      sent: false,
      message: 'the request cannot be written: ERR_INVALID_CHAR',
    });
    await sleep(20);
    expect(seen).toEqual([]);
  });
});

describe('in local mode', () => {
  const isLocal = true;
  const urls = Object.values(HOSTILE_URLS).flat();
  const isHere = (url: string) => ['127.0.0.1', 'localhost', '[::1]'].includes(URL.parse(url)?.hostname ?? '');
  const elsewhere = [
    'https://hooks.example.com/',
    'http://hooks.example.com/',
    'http://127.0.0.1.example.com/',
    'http://localhost.example.com/',
    'http://localhost@example.com/',
    'http://user@127.0.0.1/',
    'http://127.0.0.1/#a',
    'ftp://127.0.0.1/',
    'http://0.0.0.0:9/',
    'http://127.0.0.2/',
    ...PUBLIC_ADDRESSES.map((address) => `https://${address.includes(':') ? `[${address}]` : address}/`),
    ...urls.filter((url) => !isHere(url)),
  ];

  it('nothing but this machine is reached', async () => {
    expect(elsewhere.length).toBeGreaterThan(250);
    for (const url of elsewhere) {
      const { send, lookups, connections } = guarded({ isLocal });
      expect([url, await send({ url })]).toEqual([url, expect.objectContaining({ name: 'HttpFailure', sent: false })]);
      expect([lookups, connections]).toEqual([[], []]);
    }
  });

  it.each([['10.0.0.1'], [PUBLIC], ['127.0.0.1', PUBLIC], ['::ffff:127.0.0.1']])(
    'localhost that means %s is not reached',
    async (...answer) => {
      const { send, connections } = guarded({ isLocal, lookup: async () => answer });
      const refusal = { sent: false, message: 'the address is not this machine' };
      expect(await send({ url: 'http://localhost/' })).toMatchObject(refusal);
      expect(connections).toEqual([]);
    },
  );

  it.each(['127.0.0.1', 'localhost'])('%s is reached, without TLS and on any port', async (host) => {
    const port = await listening(
      createServer(async (request, response) => {
        let body = '';
        for await (const chunk of request) body += chunk;
        response.end(`${request.headers.host} got ${body}`);
      }),
    );
    const answer = await outboundHttp({ isLocal })({ ...REQUEST, url: `http://${host}:${port}/` });
    expect(answer).toMatchObject({ status: 200, body: `${host}:${port} got {}` });
  });

  it('[::1] is tried', async () => {
    const { send, connections } = guarded({ isLocal });
    await send({ url: 'http://[::1]:80/' });
    expect(connections).toEqual(['::1']);
  });
});

/** How many sockets have ended, once all have. */
async function ended(sockets: readonly net.Socket[]): Promise<number> {
  for (const socket of sockets) {
    if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve).resume());
  }
  return sockets.length;
}
