import type { OperationId, Operations } from './api.ts';
import type { AirtimeOptions, Answer, CallOptions, Input } from './connection.ts';
import { Connection } from './connection.ts';
import { Account, Audit, Keys, Requests } from './resources/account.ts';
import { Bulk } from './resources/bulk.ts';
import { Campaigns } from './resources/campaigns.ts';
import { Products, Status, Targets } from './resources/catalogue.ts';
import { Orders } from './resources/orders.ts';
import { Pesaway } from './resources/pesaway.ts';
import { Sandbox } from './resources/sandbox.ts';
import { Topups, Wallet } from './resources/wallet.ts';
import { Webhooks } from './resources/webhooks.ts';

export type * from './api.ts';
export type { AirtimeOptions, Answer, CallOptions, Input } from './connection.ts';
export { VERSION } from './connection.ts';
export type { AirtimeErrorCode, SdkErrorCode } from './errors.ts';
export { AirtimeError, isAirtimeError } from './errors.ts';
export type { Pages } from './pages.ts';
export type { PayOptions } from './resources/campaigns.ts';
export type { ListenOptions } from './resources/listeners.ts';
export type { NewOrder, SendOptions, WaitOptions } from './resources/orders.ts';
export type { SignOptions, VerifyOptions, WebhookEvent, WebhookHeaders } from './signatures.ts';
export { signPayout, verifyWebhook } from './signatures.ts';
export type { Fetch, FetchAnswer, FetchOptions, Signal } from './web.ts';

/**
 * The Airtime API.
 *
 * ```ts
 * const airtime = new Airtime({ apiKey: 'atk_test_…', baseUrl: 'http://localhost:8080' });
 * const order = await airtime.orders.send({ product_id: 100, target: '0772279099', amount: 5 });
 * ```
 */
export class Airtime {
  readonly orders: Orders;
  readonly products: Products;
  readonly targets: Targets;
  readonly wallet: Wallet;
  readonly topups: Topups;
  readonly bulk: Bulk;
  readonly campaigns: Campaigns;
  readonly webhooks: Webhooks;
  readonly account: Account;
  readonly keys: Keys;
  readonly audit: Audit;
  readonly requests: Requests;
  /** The sandbox's clock and play balance: a test key only. */
  readonly test: Sandbox;
  readonly pesaway: Pesaway;
  readonly status: Status;
  readonly #connection: Connection;

  constructor(options: AirtimeOptions) {
    const connection = new Connection(options);
    this.#connection = connection;
    this.orders = new Orders(connection);
    this.products = new Products(connection);
    this.targets = new Targets(connection);
    this.wallet = new Wallet(connection);
    this.topups = new Topups(connection);
    this.bulk = new Bulk(connection);
    this.campaigns = new Campaigns(connection);
    this.webhooks = new Webhooks(connection);
    this.account = new Account(connection);
    this.keys = new Keys(connection);
    this.audit = new Audit(connection);
    this.requests = new Requests(connection);
    this.test = new Sandbox(connection);
    this.pesaway = new Pesaway(connection);
    this.status = new Status(connection);
  }

  /** Any operation of the OpenAPI document by its id, with the status and what is in headers. */
  call<Id extends OperationId>(
    id: Id,
    input?: Input<Id>,
    options?: CallOptions,
  ): Promise<Answer<Operations[Id]['answer']>> {
    return this.#connection.call(id, input, options);
  }
}
