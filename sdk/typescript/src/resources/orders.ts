import type { CreateOrderBody, Figures, Operations, Order, OrderInFull, OrderPage, PlacedOrder } from '../api.ts';
import type { CallOptions, Connection } from '../connection.ts';
import { pause } from '../connection.ts';
import { AirtimeError } from '../errors.ts';
import type { Pages } from '../pages.ts';
import { pagesOf } from '../pages.ts';
import type { Signal } from '../web.ts';

/** An order to send. Without `agent_reference` the SDK makes one; the answer has it, and so has an error. */
export type NewOrder = Omit<CreateOrderBody, 'agent_reference'> & { agent_reference?: string | undefined };

export interface SendOptions extends CallOptions {
  /** How long the API waits for the outcome before it answers `pending`. 0: not at all. Default: up to 25. */
  readonly waitSeconds?: number | undefined;
}

export interface WaitOptions {
  /** Default: 300,000. 0 asks once, `Infinity` for as long as it takes. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: Signal | undefined;
}

const WAIT_MS = 300_000;
const FIRST_POLL_MS = 500;
const LONGEST_POLL_MS = 10_000;
/** How long one poll may take, however much time is left. */
const TRY_MS_MAX = 15_000;
/** Before the end there is a poll that has this long; and so has the first, where there is less. */
const LAST_POLL_MS = 1000;
/** With less time than this left, the order is not asked for again. */
const LEAST_POLL_MS = 100;

export class Orders {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Sends airtime, data or a token. However often it is repeated under one reference, it is one order. If it fails and
   * `error.unclear` is true, the order may exist: send it again with `error.reference`, never with another.
   */
  async send(order: NewOrder, { waitSeconds, ...options }: SendOptions = {}): Promise<PlacedOrder> {
    const reference = order.agent_reference ?? crypto.randomUUID();
    const body = { ...order, agent_reference: reference };
    const headers = waitSeconds === undefined ? {} : { prefer: preference(waitSeconds) };
    return (await this.#connection.call('createOrder', { body, headers, reference }, options)).body;
  }

  /** One order, by its reference or its id, with its timeline. */
  async get(reference: string, options?: CallOptions): Promise<OrderInFull> {
    const path = { agent_reference: reference };
    return (await this.#connection.call('getOrder', { path, reference }, options)).body;
  }

  /** Orders, newest first. */
  list(query: Operations['listOrders']['query'] = {}, options?: CallOptions): Pages<OrderPage> {
    return pagesOf(this.#connection, 'listOrders', { query }, options);
  }

  /** What the orders of each day came to, by network, kind and status. */
  async figures(query: Operations['getFigures']['query'] = {}, options?: CallOptions): Promise<Figures> {
    return (await this.#connection.call('getFigures', { query }, options)).body;
  }

  /**
   * Asks for an order, by itself, its reference or its id, until its outcome is decided. Rejects with `wait_timed_out`
   * after `timeoutMs`: the order goes on all the same, so wait again, or for its webhook. An outage meanwhile is waited
   * out. It asks once at least, and takes up to a second for that.
   */
  async waitForFinal(
    awaited: string | Pick<Order, 'agent_reference'>,
    { timeoutMs = WAIT_MS, signal }: WaitOptions = {},
  ): Promise<OrderInFull> {
    const reference = typeof awaited === 'string' ? awaited : awaited.agent_reference;
    if (!(timeoutMs >= 0)) throw new TypeError('timeoutMs must be a number from 0 on');
    const until = Date.now() + timeoutMs;
    const lastMs = Math.min(LAST_POLL_MS, timeoutMs / 2);
    let order: OrderInFull | undefined;
    for (let polls = 0; ; polls += 1) {
      const left = until - Date.now();
      if (polls > 0 && left <= 0) throw waitedTooLong(reference, timeoutMs, order);
      const polled = await this.#poll(reference, polls === 0 ? Math.max(left, LAST_POLL_MS) : left, signal);
      order = polled.order ?? order;
      if (polled.order?.final) return polled.order;
      const rest = until - Date.now();
      await pause(Math.min(rest, Math.max(polled.waitMs, gapMs(polls, rest, lastMs))), signal);
      if (rest < LEAST_POLL_MS) throw waitedTooLong(reference, timeoutMs, order);
    }
  }

  /** The order, or for how long to leave an API alone that does not answer. The next poll is the next try. */
  async #poll(
    reference: string,
    leftMs: number,
    signal: Signal | undefined,
  ): Promise<{ order?: OrderInFull; waitMs: number }> {
    try {
      const timeoutMs = Math.min(leftMs, TRY_MS_MAX);
      return { order: await this.get(reference, { signal, timeoutMs, retries: 0 }), waitMs: 0 };
    } catch (error) {
      const isOutage = error instanceof AirtimeError && error.retryable && error.code !== 'aborted';
      if (!isOutage) throw error;
      return { waitMs: (error.retryAfterSeconds ?? 0) * 1000 };
    }
  }
}

/** Longer and longer, with chance in it; then a poll that has time to be answered, and one or two close to the end. */
function gapMs(polls: number, restMs: number, lastMs: number): number {
  if (restMs < LEAST_POLL_MS) return restMs;
  if (restMs <= lastMs) return restMs * 0.75;
  const gap = Math.min(FIRST_POLL_MS * 1.5 ** polls, LONGEST_POLL_MS) * (0.8 + Math.random() / 5);
  return Math.min(gap, restMs - lastMs);
}

function preference(waitSeconds: number): string {
  return waitSeconds <= 0 ? 'respond-async' : `wait=${Math.round(waitSeconds)}`;
}

function waitedTooLong(reference: string, timeoutMs: number, order: OrderInFull | undefined): AirtimeError {
  const is = order ? `was accepted; its end is not known yet (${order.status})` : 'could not be asked for';
  return new AirtimeError({
    code: 'wait_timed_out',
    message: `wait_timed_out: ${reference} ${is} after ${timeoutMs} ms`,
    fix: 'Wait again, or for its webhook. Do not order again.',
    retryable: true,
    reference,
  });
}
