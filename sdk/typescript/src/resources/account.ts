import type {
  Account as AccountState,
  ActPage,
  CreateKeyBody,
  FreezeAccountBody,
  KeptRequestInFull,
  KeptRequestPage,
  KeyPage,
  NewKey,
  Operations,
  RevokedKey,
  RevokeKeyBody,
  RollKeyBody,
  UnfreezeAccountBody,
} from '../api.ts';
import type { CallOptions, Connection } from '../connection.ts';
import type { Pages } from '../pages.ts';
import { pagesOf } from '../pages.ts';

export class Account {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Your state and limits. */
  async get(options?: CallOptions): Promise<AccountState> {
    return (await this.#connection.call('getAccount', {}, options)).body;
  }

  /** Nothing new is accepted, and nothing is sent. */
  async freeze(body: FreezeAccountBody, options?: CallOptions): Promise<AccountState> {
    return (await this.#connection.call('freezeAccount', { body }, options)).body;
  }

  async unfreeze(body: UnfreezeAccountBody, options?: CallOptions): Promise<AccountState> {
    return (await this.#connection.call('unfreezeAccount', { body }, options)).body;
  }
}

export class Keys {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The text of the key is in this answer alone. */
  async create(body: CreateKeyBody, options?: CallOptions): Promise<NewKey> {
    return (await this.#connection.call('createKey', { body }, options)).body;
  }

  list(query: Operations['listKeys']['query'] = {}, options?: CallOptions): Pages<KeyPage> {
    return pagesOf(this.#connection, 'listKeys', { query }, options);
  }

  async revoke(keyId: string, body: RevokeKeyBody = {}, options?: CallOptions): Promise<RevokedKey> {
    return (await this.#connection.call('revokeKey', { path: { key_id: keyId }, body }, options)).body;
  }

  async roll(keyId: string, body: RollKeyBody = {}, options?: CallOptions): Promise<NewKey> {
    return (await this.#connection.call('rollKey', { path: { key_id: keyId }, body }, options)).body;
  }
}

/** The audit log: who changed what. */
export class Audit {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  list(query: Operations['listAudit']['query'] = {}, options?: CallOptions): Pages<ActPage> {
    return pagesOf(this.#connection, 'listAudit', { query }, options);
  }
}

/** The log of your requests that were refused, failed or changed settings. */
export class Requests {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  list(query: Operations['listRequests']['query'] = {}, options?: CallOptions): Pages<KeptRequestPage> {
    return pagesOf(this.#connection, 'listRequests', { query }, options);
  }

  async get(requestId: string, options?: CallOptions): Promise<KeptRequestInFull> {
    return (await this.#connection.call('getRequest', { path: { request_id: requestId } }, options)).body;
  }
}
