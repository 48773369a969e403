import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { HttpServer } from '../../shared/local/http-server.ts';
import { startHttpServer } from '../../shared/local/http-server.ts';
import { sourcesIn } from '../support/tidy.ts';

/** A crash is the end of one invocation, and a broken request the end of one request: never that of the process. */

/** A gateway with handlers that crash, in a process of its own: a crash that is not survived ends it. */
const PROGRAM = `
  import { PassThrough } from 'node:stream';
  import { startApiGateway } from './shared/local/api-gateway.ts';
  import { surviveCrashes } from './shared/local/crashes.ts';
  import { LocalLambda } from './shared/local/lambda.ts';
  const never = new Promise(() => {});
  const crashes = {
    timer: () => { setTimeout(() => { throw new Error('in a timer'); }, 1); return never; },
    stream: () => { new PassThrough().destroy(new Error('of a stream')); return never; },
    rejection: () => { Promise.reject(new Error('nobody catches')); return never; },
    later: async () => { setImmediate(async () => { await 1; throw new Error('later'); }); return never; },
    thrown: () => { throw new Error('at once'); },
    header: async () => ({ statusCode: 200, headers: { 'x-bad': '\\n' }, body: '' }),
    fine: async () => { await new Promise((r) => setTimeout(r, 300)); return { statusCode: 200, body: 'fine' }; },
  };
  const lambda = new LocalLambda({ quota: 10, reserved: {} });
  const routes = Object.entries(crashes).map(([name, handler]) => {
    return { method: 'GET', path: '/' + name, handler: lambda.function({ name, timeoutSeconds: 5 }, handler) };
  });
  surviveCrashes();
  const { port } = await startApiGateway({ port: 0, routes, notFound: crashes.fine });
  console.log(JSON.stringify({ port }));
`;

let child: ReturnType<typeof spawn>;
let base: string;

beforeAll(async () => {
  // A planted bug is in this process too.
  const planted = process.env.PLANTED_BUG ? ['--import', './test/simulation/plant.mjs'] : [];
  const args = [...planted, '--input-type=module', '--eval', PROGRAM];
  child = spawn(process.execPath, args, { env: { ...process.env }, stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
  base = `http://127.0.0.1:${JSON.parse(String(line)).port}`;
});
afterAll(() => {
  child.kill();
});

describe('a handler', () => {
  it.each(['timer', 'stream', 'rejection', 'later', 'thrown', 'header'])(
    'that crashes (%s) is answered 500, and the requests beside it are served',
    async (name) => {
      const [crashed, beside] = await Promise.all([fetch(`${base}/${name}`), fetch(`${base}/fine`)]);
      expect([crashed.status, beside.status, await beside.text()]).toEqual([500, 200, 'fine']);
      expect(await crashed.json()).toMatchObject({ code: 'internal_error', retryable: true });
      expect(child.exitCode).toBeNull();
    },
  );
});

describe('a server of local mode', () => {
  let server: HttpServer | undefined;
  afterEach(async () => {
    await server?.close();
    jest.restoreAllMocks();
  });

  /** Sends a text and cuts the connection. */
  async function cut(port: number, text: string): Promise<void> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(text, () => socket.resetAndDestroy());
    await once(socket, 'close');
  }

  it('serves on after requests that are cut, and after listeners that fail before and after they answer', async () => {
    const said = jest.spyOn(console, 'error').mockImplementation(() => {});
    server = await startHttpServer(async (request, response) => {
      let size = 0;
      for await (const chunk of request) size += chunk.length;
      if (request.url === '/before') throw new Error('before');
      response.writeHead(200);
      response.write('x');
      if (request.url === '/after') throw new Error('after');
      response.end(String(size));
    });
    const { port } = server;
    for (const text of [
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n123',
      'POST / HT',
      'GARBAGE\r\n\r\n',
      '',
    ]) {
      await cut(port, text);
    }
    expect((await fetch(`http://127.0.0.1:${port}/before`)).status).toBe(500);
    await expect(fetch(`http://127.0.0.1:${port}/after`).then((reply) => reply.text())).rejects.toThrow();
    expect(await (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'abc' })).text()).toBe('x3');
    expect(said).not.toHaveBeenCalled();
  });

  it('is made in one place, where each of its streams has an error path', () => {
    const makers = sourcesIn('shared')
      .filter(({ text }) => /createServer\(/.test(text))
      .map(({ path }) => path);
    // The other one asks the system for a free port and closes at once.
    expect(makers.toSorted()).toEqual(['shared/local/engine.ts', 'shared/local/http-server.ts']);
  });
});
