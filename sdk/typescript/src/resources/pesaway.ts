import type {
  GetAccountBalanceBody,
  IssueTokenBody,
  Operations,
  PesawayAcceptance,
  PesawayBalance,
  PesawayToken,
  PesawayTransaction,
  QueryTransactionBody,
  SendAirtimeBody,
} from '../api.ts';
import type { CallOptions, Connection } from '../connection.ts';

/** PesaWay's protocol, for programs that come from there. Everything else is better served by `orders`. */
export class Pesaway {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async sendAirtime(body: SendAirtimeBody, options?: CallOptions): Promise<PesawayAcceptance> {
    const reference = String(body.ExternalReference);
    return (await this.#connection.call('sendAirtime', { body, reference }, options)).body;
  }

  async transaction(
    query: Operations['queryTransactionByGet']['query'],
    options?: CallOptions,
  ): Promise<PesawayTransaction> {
    return (await this.#connection.call('queryTransactionByGet', { query }, options)).body;
  }

  async queryTransaction(body: QueryTransactionBody, options?: CallOptions): Promise<PesawayTransaction> {
    return (await this.#connection.call('queryTransaction', { body }, options)).body;
  }

  async balance(query: Operations['getAccountBalance']['query'] = {}, options?: CallOptions): Promise<PesawayBalance> {
    return (await this.#connection.call('getAccountBalance', { query }, options)).body;
  }

  async queryBalance(body: GetAccountBalanceBody = {}, options?: CallOptions): Promise<PesawayBalance> {
    return (await this.#connection.call('getAccountBalanceByPost', { body }, options)).body;
  }

  async token(body: IssueTokenBody, options?: CallOptions): Promise<PesawayToken> {
    return (await this.#connection.call('issueToken', { body }, options)).body;
  }
}
