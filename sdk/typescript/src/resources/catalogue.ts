import type { Operations, ProductPage, ServiceHealth, ServiceStatus, Target } from '../api.ts';
import type { CallOptions, Connection } from '../connection.ts';
import { Pages } from '../pages.ts';

export class Products {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  list(query: Operations['listProducts']['query'] = {}, options?: CallOptions): Pages<ProductPage> {
    return new Pages(async () => (await this.#connection.call('listProducts', { query }, options)).body);
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
