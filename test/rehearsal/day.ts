import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { readArguments } from '../../bin/operator/arguments.ts';
import { answerTo } from '../../bin/operator.ts';
import type { Mode } from '../../shared/domain/ledger.ts';
import type { RehearsedCloud } from './rehearsed-cloud.ts';
import { rehearse } from './rehearsed-cloud.ts';

/** What the chapters of the day share: its cloud, the merchant of whom they tell, and how it calls. */

export interface Ask {
  readonly key?: string;
  readonly body?: unknown;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Does not wait for the outcome. */
export const LATER = { headers: { prefer: 'respond-async' } } as const;

export const order = (agent_reference: string, more: object = {}) => ({
  product_id: 100,
  target: '0772279099',
  amount: 1,
  agent_reference,
  ...more,
});

export class Day {
  readonly cloud: RehearsedCloud;
  merchant = '';
  readonly keys = { live: '', test: '' };
  readonly keyIds = { live: '', test: '' };
  /** What operators were asked to do, as the words of their commands. */
  readonly commands = new Set<string>();
  readonly receiver: Receiver;

  private constructor(cloud: RehearsedCloud, receiver: Receiver) {
    this.cloud = cloud;
    this.receiver = receiver;
  }

  static async begin(): Promise<Day> {
    return new Day(await rehearse(), await Receiver.start());
  }

  async end(): Promise<void> {
    await this.cloud.stop();
    this.receiver.stop();
  }

  async operator(...args: string[]) {
    Object.assign(process.env, this.cloud.operatorEnvironment, { POWERTOOLS_LOG_LEVEL: 'ERROR' });
    const { positionals, values } = readArguments([...args, '--outputs', this.cloud.outputsFile]);
    this.commands.add(positionals.slice(0, positionals[0] === 'erase' ? 1 : 2).join(' '));
    return JSON.parse(await answerTo({ positionals, values }));
  }

  async ask(path: string, { key = this.keys.live, body, method, headers }: Ask = {}) {
    const answer = await fetch(this.cloud.url + path, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: { authorization: `Api-Key ${key}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json');
    return { status: answer.status, json: isJson ? JSON.parse(text) : {}, text };
  }

  /** The same, and its answer must be good. */
  async well(path: string, asked: Ask = {}) {
    const { status, json, text } = await this.ask(path, asked);
    if (status >= 300) throw new Error(`${asked.method ?? ''} ${path} answered ${status}: ${text}`);
    return json;
  }

  async readAll(...paths: string[]): Promise<void> {
    for (const path of paths) await this.well(path);
  }

  async statusOf(reference: string, mode: Mode = 'live'): Promise<string> {
    return (await this.well(`/api/v1/orders/${reference}`, { key: this.keys[mode] })).status;
  }

  /** Passes messages on for as long as something is under way that waits for them. */
  async whileDraining<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const done = work.finally(() => {
      isOver = true;
    });
    while (!isOver) await this.cloud.drain();
    return done;
  }

  async until(isSo: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      if (await isSo()) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('it never was so');
  }

  /** Pays at the gateway as a person does in a browser, and waits until it is credited. */
  async payIn(reference: string, key = this.keys.live): Promise<string> {
    const begun = await this.well('/api/v1/wallet/topup', { key, body: { amount: 5, currency: 'USD', reference } });
    const html = await (await fetch(begun.redirect_url)).text();
    const button = /<button[^>]*value="pay"[^>]*>/.exec(html)?.[0] ?? '';
    const body = new URLSearchParams({ [/name="([^"]+)"/.exec(button)?.[1] ?? 'choice']: 'pay' });
    const action = new URL(/<form[^>]*action="([^"]+)"/.exec(html)?.[1] || begun.redirect_url, begun.redirect_url);
    const back = await fetch(action, { method: 'POST', body, redirect: 'manual' });
    const end = await fetch(back.headers.get('location') ?? '');
    if (end.status !== 200) throw new Error(`the end of a payment answered ${end.status}`);
    await this.until(async () => (await this.well(`/api/v1/wallet/topup/${begun.id}`, { key })).status === 'success');
    return begun.id;
  }

  /** The sweep of what is unclear would wait for what becomes due before its next run. */
  async reconcile(): Promise<void> {
    const due = new Date(Date.now() - 1_000).toISOString();
    for (const table of ['Orders', 'Topups']) {
      for (const item of (await this.items(table)).filter(({ dueAt }) => String(dueAt ?? '') > due)) {
        await this.put(table, { ...item, dueAt: due });
      }
    }
    await this.cloud.onSchedule('Reconcile');
  }

  /** All that a table has, past the guard. */
  async items(TableName: string): Promise<Record<string, unknown>[]> {
    return (await this.cloud.database.send(new ScanCommand({ TableName }))).Items ?? [];
  }

  async put(TableName: string, Item: Record<string, unknown>): Promise<void> {
    await this.cloud.database.send(new PutCommand({ TableName, Item }));
  }
}

/** The server of a merchant. */
class Receiver {
  /** The types of the events that it took. */
  readonly heard: string[] = [];
  isDown = false;
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    server.on('request', async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      if (this.isDown) return response.writeHead(500).end();
      this.heard.push(JSON.parse(body).type);
      return response.writeHead(200).end();
    });
  }

  static async start(): Promise<Receiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Receiver(server);
  }

  stop(): void {
    this.#server.close();
  }
}
