import type {
  ChangedWallet,
  EntryPage,
  HeadPage,
  Operations,
  StartTopupBody,
  Statement,
  Topup,
  TopupInFull,
  TopupPage,
  UpdateWalletBody,
  Verification,
  Wallets,
} from '../api.ts';
import type { CallOptions, Connection } from '../connection.ts';
import { fileParts } from '../files.ts';
import type { Pages } from '../pages.ts';
import { pagesOf } from '../pages.ts';

export class Wallet {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The balance of each currency. */
  async get(options?: CallOptions): Promise<Wallets> {
    return (await this.#connection.call('getWallet', {}, options)).body;
  }

  async update(currency: string, body: UpdateWalletBody, options?: CallOptions): Promise<ChangedWallet> {
    return (await this.#connection.call('updateWallet', { path: { currency }, body }, options)).body;
  }

  /** Entries of the ledger, newest first. */
  ledger(query: Operations['listLedger']['query'] = {}, options?: CallOptions): Pages<EntryPage> {
    return pagesOf(this.#connection, 'listLedger', { query }, options);
  }

  /** The ledger as CSV, in parts. */
  exportLedger(query: Operations['exportLedger']['query'], options?: CallOptions): AsyncIterable<string> {
    return fileParts(this.#connection, () => this.#connection.call('exportLedger', { query }, options), options);
  }

  async verify(query: Operations['verifyLedger']['query'], options?: CallOptions): Promise<Verification> {
    return (await this.#connection.call('verifyLedger', { query }, options)).body;
  }

  /** Signed heads of the ledger, a day each. */
  heads(query: Operations['listHeads']['query'], options?: CallOptions): Pages<HeadPage> {
    return pagesOf(this.#connection, 'listHeads', { query }, options);
  }

  /** The totals of a month. */
  async statement(query: Operations['getStatement']['query'], options?: CallOptions): Promise<Statement> {
    return (await this.#connection.call('getStatement', { query }, options)).body;
  }
}

export class Topups {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Starts a payment. Without `reference` the SDK makes one, so that a repeat is the same payment. */
  async start(topup: StartTopupBody, options?: CallOptions): Promise<Topup> {
    const reference = topup.reference ?? crypto.randomUUID();
    const body = { ...topup, reference };
    return (await this.#connection.call('startTopup', { body, reference }, options)).body;
  }

  async get(topupId: string, options?: CallOptions): Promise<TopupInFull> {
    return (await this.#connection.call('getTopup', { path: { topup_id: topupId } }, options)).body;
  }

  list(query: Operations['listTopups']['query'] = {}, options?: CallOptions): Pages<TopupPage> {
    return pagesOf(this.#connection, 'listTopups', { query }, options);
  }
}
