import type { CreateListenerBody, ListenerWithSecret, Operations, PolledDelivery, PolledPage } from '../api.ts';
import type { CallOptions, Connection } from '../connection.ts';
import { pause } from '../connection.ts';
import { AirtimeError } from '../errors.ts';
import type { Signal } from '../web.ts';

export interface ListenOptions {
  /** Ends the iteration. */
  readonly signal?: Signal | undefined;
  /** How long to wait after a page without deliveries. Default: 1,000. */
  readonly intervalMs?: number | undefined;
}

const INTERVAL_MS = 1000;

/** Endpoints of test mode whose deliveries are kept to be fetched: for a receiver without a public address. */
export class Listeners {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Listens for an hour. The secret is in this answer alone. */
  async start(body: CreateListenerBody = {}, options?: CallOptions): Promise<ListenerWithSecret> {
    return (await this.#connection.call('createListener', { body }, options)).body;
  }

  /** What it got after a cursor. Go on with `next_cursor`, which is there also where nothing came. */
  async poll(
    endpointId: string,
    query: Operations['pollDeliveries']['query'] = {},
    options?: CallOptions,
  ): Promise<PolledPage> {
    const path = { endpoint_id: endpointId };
    return (await this.#connection.call('pollDeliveries', { path, query }, options)).body;
  }

  /** Each delivery as it comes, until the signal or, with `listener_not_found`, the end of the listener. */
  async *deliveries(
    endpointId: string,
    { signal, intervalMs = INTERVAL_MS }: ListenOptions = {},
  ): AsyncGenerator<PolledDelivery, void, undefined> {
    let cursor: string | undefined;
    while (!signal?.aborted) {
      const page = await this.#pollUntil(endpointId, cursor, signal);
      if (page) {
        yield* page.data;
        cursor = page.next_cursor;
      }
      if (!page || page.data.length === 0) await pause(intervalMs, signal);
    }
  }

  /** A page; undefined where the signal or an outage came instead. */
  async #pollUntil(
    endpointId: string,
    cursor: string | undefined,
    signal: Signal | undefined,
  ): Promise<PolledPage | undefined> {
    try {
      return await this.poll(endpointId, { cursor }, { signal });
    } catch (error) {
      if (error instanceof AirtimeError && (error.code === 'aborted' || error.retryable)) return undefined;
      throw error;
    }
  }
}
