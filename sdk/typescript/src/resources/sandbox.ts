import type { OrderInFull, SetTestBalanceBody, TestBalance } from '../api.ts';
import type { CallOptions, Connection } from '../connection.ts';

/** What only a test key may do. */
export class Sandbox {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Makes the sandbox's next answer about an order due now, or all up to the one that decides it. */
  async advance(reference: string, query: { to?: 'final' } = {}, options?: CallOptions): Promise<OrderInFull> {
    const path = { agent_reference: reference };
    return (await this.#connection.call('advanceOrder', { path, query, reference }, options)).body;
  }

  /** Sets the play balance. */
  async setBalance(body: SetTestBalanceBody, options?: CallOptions): Promise<TestBalance> {
    return (await this.#connection.call('setTestBalance', { body }, options)).body;
  }
}
