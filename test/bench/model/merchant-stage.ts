import { createOrder } from '../../../functions/orders/create-order.ts';
import { createEndpoint } from '../../../functions/webhooks/create-endpoint.ts';
import { placeOrder } from '../../../shared/flows/orders/place-order.ts';
import type { RouteHandler } from '../../../shared/http/route.ts';
import type { Reply } from '../../support/call.ts';
import { call } from '../../support/call.ts';
import type { TestMerchant } from '../../support/world.ts';
import { aMerchant } from '../../support/world.ts';
import { FakeProvider } from './fake-provider.ts';
import type { StageOptions } from './modelled-stage.ts';
import { ModelledStage } from './modelled-stage.ts';

type Input = Parameters<typeof call>[2];

/** A modelled stage with one provider and merchants who order as in the README. */
export class MerchantStage extends ModelledStage {
  upstream = new FakeProvider('hotrecharge', this.clock);
  #merchants: TestMerchant[] = [];
  #orders = 0;

  static async open(options: StageOptions & { merchants?: number } = {}): Promise<MerchantStage> {
    const stage = new MerchantStage(options);
    stage.providers = { hotrecharge: stage.upstream.port };
    await stage.sell();
    for (let n = 0; n < (options.merchants ?? 1); n += 1) {
      stage.#merchants.push(await stage.run(aMerchant(stage.world, { USD: 1_000_000_000 })));
    }
    return stage;
  }

  merchant(n = 0): TestMerchant {
    const merchant = this.#merchants[n];
    if (!merchant) throw new Error(`no merchant ${n}`);
    return merchant;
  }

  /** A request of a merchant. What runs in the background runs on with the clock. */
  ask<P, Q, B>(endpoint: RouteHandler<P, Q, B>, input: Input = {}, of = 0): Promise<Reply> {
    return call(this.api(), endpoint, { ...input, headers: { ...this.merchant(of).headers(), ...input.headers } });
  }

  async addEndpoint(url = 'https://merchant.example/hook', of = 0): Promise<void> {
    const { status, text } = await this.run(this.ask(createEndpoint, { body: { url } }, of));
    if (status !== 201) throw new Error(text);
  }

  /** An order as the README's example, under a reference of its own. */
  order(options: { prefer?: string; of?: number } = {}): Promise<Reply> {
    const body = this.#next();
    const headers = options.prefer === undefined ? {} : { prefer: options.prefer };
    return this.ask(createOrder, { body, headers }, options.of);
  }

  /**
   * The same without a request around it, whose search for duplicates the model answers in a time that grows with the
   * number of orders.
   */
  async place(of = 0): Promise<{ status: number }> {
    const { product_id, target, amount, agent_reference, custom_sms } = this.#next();
    const owner = { merchantId: this.merchant(of).id, mode: 'live', by: 'key_0123456789abcdefghij' } as const;
    const input = { productId: product_id, target, amount, agentReference: agent_reference, customSms: custom_sms };
    await placeOrder(this.api(), owner, input);
    return { status: 202 };
  }

  #next() {
    this.#orders += 1;
    return {
      product_id: 100,
      target: `07722${String(10_000 + (this.#orders % 80_000)).padStart(5, '0')}`,
      amount: 5,
      agent_reference: `ord_2026-05-07_${String(this.#orders).padStart(6, '0')}`,
      custom_sms: 'Your monthly comms allowance from ACME.',
    };
  }
}
