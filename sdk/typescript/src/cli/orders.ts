import type { Order } from '../airtime.ts';
import type { Command, Given } from './command.ts';
import { count, given, isSet, onlyWord, required, table, text } from './command.ts';
import { EXIT, UsageError } from './terminal.ts';

type Shown = Pick<Order, 'agent_reference' | 'status' | 'final' | 'currency' | 'amount' | 'target' | 'network'> &
  Partial<Pick<Order, 'failure' | 'tokens' | 'created_at'>>;

const WAIT = { wait: { type: 'boolean' }, timeout: { type: 'string' } } as const;

const send: Command = {
  name: 'orders send',
  usage: '--product ID --target NUMBER --amount AMOUNT [--reference REF] [--sms TEXT] [--wait] [--timeout SECONDS]',
  summary: 'Sends airtime, data or a token. Repeat it with the same --reference if you are not sure.',
  options: {
    ...{ product: { type: 'string' }, target: { type: 'string' }, amount: { type: 'string' } },
    ...{ reference: { type: 'string' }, sms: { type: 'string' } },
    ...WAIT,
  },
  async run(context) {
    const { values, words, terminal, airtime } = context;
    if (words.length > 0) throw new UsageError(`too many words: ${words.join(' ')}`);
    const reference = text(values, 'reference') ?? crypto.randomUUID();
    const order = {
      product_id: required(values, 'product'),
      target: required(values, 'target'),
      amount: required(values, 'amount'),
      agent_reference: reference,
      custom_sms: text(values, 'sms'),
    };
    const client = airtime();
    // Known before anything is sent, whatever ends this process.
    terminal.note(`Reference: ${reference}`);
    const placed = await client.orders.send(order, { signal: terminal.signal });
    return showOrder(context, placed);
  },
};

const get: Command = {
  name: 'orders get',
  usage: 'REFERENCE [--wait] [--timeout SECONDS]',
  summary: 'Shows an order, by its reference or its id.',
  options: WAIT,
  async run(context) {
    const reference = onlyWord(context.words, 'the reference');
    return showOrder(context, await context.airtime().orders.get(reference, { signal: context.terminal.signal }));
  },
};

const list: Command = {
  name: 'orders list',
  usage:
    '[--status STATUS] [--target NUMBER] [--product ID] [--batch ID] [--campaign ID] [--key ID] [--member ID] ' +
    '[--from DATE] [--to DATE] [--limit N]',
  summary: 'Lists orders, newest first: 20, or as many as --limit says.',
  options: {
    ...{ status: { type: 'string' }, target: { type: 'string' }, product: { type: 'string' } },
    ...{ batch: { type: 'string' }, campaign: { type: 'string' } },
    ...{ key: { type: 'string' }, member: { type: 'string' } },
    ...{ from: { type: 'string' }, to: { type: 'string' }, limit: { type: 'string' } },
  },
  async run({ values, airtime, show, words }) {
    if (words.length > 0) throw new UsageError(`too many words: ${words.join(' ')}`);
    const limit = count(values, 'limit', 20);
    const filters = given({
      status: text(values, 'status') as 'success' | undefined,
      target: text(values, 'target'),
      product_id: text(values, 'product'),
      batch_id: text(values, 'batch'),
      campaign_id: text(values, 'campaign'),
      key_id: text(values, 'key'),
      member_id: text(values, 'member'),
      from: text(values, 'from'),
      to: text(values, 'to'),
    });
    const data = await airtime()
      .orders.list({ ...filters, limit: Math.min(limit, 100) })
      .take(limit);
    show({ data }, table(data.map((order) => [order.created_at, ...columns(order)])));
    return EXIT.done;
  },
};

export const orders = [send, get, list];

/** An order now, or once it is final where that was asked for. The exit code says how it is. */
async function showOrder({ values, terminal, airtime, show }: Given, now: Shown): Promise<number> {
  const isWaiting = isSet(values, 'wait') && !now.final;
  const wait = { timeoutMs: count(values, 'timeout', 300) * 1000, signal: terminal.signal };
  const order = isWaiting ? await airtime().orders.waitForFinal(now.agent_reference, wait) : now;
  const tokens = (order.tokens ?? []).map(({ token }) => `Token: ${token}`);
  const failure = order.failure ? [`Failed: ${order.failure.code}. ${order.failure.message}`] : [];
  show(order, [columns(order).join('  '), ...tokens, ...failure]);
  if (!order.final) return EXIT.open;
  return order.status === 'success' ? EXIT.done : EXIT.refused;
}

function columns(order: Shown): string[] {
  return [order.status, `${order.currency} ${order.amount}`, order.target, order.network, order.agent_reference];
}
