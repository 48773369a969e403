import type { Operations, ProductPage, ServiceHealth, ServiceStatus, Target } from '../api.ts';
import type { CallOptions, Connection } from '../connection.ts';
import type { Pages } from '../pages.ts';
import { pagesOf } from '../pages.ts';

export class Products {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  list(query: Operations['listProducts']['query'] = {}, options?: CallOptions): Pages<ProductPage> {
    return pagesOf(this.#connection, 'listProducts', { query }, options);
  }
}

export class Targets {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Whose network a number is of, or whose meter it is, and what can be sent to it. */
  async get(target: string, query: Operations['getTarget']['query'] = {}, options?: CallOptions): Promise<Target> {
    return (await this.#connection.call('getTarget', { path: { target }, query }, options)).body;
  }
}

export class Status {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Each provider: up, held, since when. */
  async get(options?: CallOptions): Promise<ServiceStatus> {
    return (await this.#connection.call('getStatus', {}, options)).body;
  }

  async health(options?: CallOptions): Promise<ServiceHealth> {
    return (await this.#connection.call('getHealth', {}, options)).body;
  }
}
