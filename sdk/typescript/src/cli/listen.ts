import type { CreateListenerBody, ListenerWithSecret, PolledDelivery } from '../airtime.ts';
import { isAirtimeError } from '../airtime.ts';
import type { Command, Given } from './command.ts';
import { required, text } from './command.ts';
import { EXIT, UsageError } from './terminal.ts';

/** As long as the API waits for a real endpoint. */
const TIMEOUT_MS = 10_000;

/** A platform sets these itself. */
const OF_THE_CONNECTION = ['connection', 'content-length', 'host', 'transfer-encoding'];

export const listen: Command = {
  name: 'webhooks listen',
  usage: '--forward-to URL [--events TYPE,TYPE]',
  summary: 'Posts the events of test mode to a URL of yours, signed as real ones are, for an hour or until Ctrl-C.',
  options: { 'forward-to': { type: 'string' }, events: { type: 'string' } },
  async run(context) {
    const { values, terminal, airtime } = context;
    const url = required(values, 'forward-to');
    if (!/^https?:\/\/[^/]/.test(url)) throw new UsageError('--forward-to must begin with http:// or https://');
    const event_types = text(values, 'events')?.split(',') as CreateListenerBody['event_types'];
    const client = airtime();
    const listener = await start(context, event_types);
    try {
      const { signal } = terminal;
      for await (const delivery of client.webhooks.listeners.deliveries(listener.endpoint_id, { signal })) {
        await forward(context, url, delivery);
      }
      return EXIT.done;
    } catch (error) {
      if (!isAirtimeError(error, 'listener_not_found')) throw error;
      terminal.note('The listener has ended. Start another: it has a secret of its own.');
      return EXIT.refused;
    } finally {
      // It counts among the endpoints until it ends.
      await client.webhooks.endpoints.delete(listener.endpoint_id).catch(() => undefined);
    }
  },
};

async function start(
  { airtime, show, terminal }: Given,
  event_types: CreateListenerBody['event_types'],
): Promise<ListenerWithSecret> {
  const body = event_types ? { event_types } : {};
  const listener = await airtime().webhooks.listeners.start(body, { signal: terminal.signal });
  show(listener, [`Listening until ${listener.expires_at}. The secret of this listener: ${listener.secret}`]);
  return listener;
}

/** Posts one delivery, unchanged, and shows what the receiver answered. */
async function forward({ show }: Given, url: string, { event_id, event_type, headers, body }: PolledDelivery) {
  const from = performance.now();
  const answered = await post(url, headers, body);
  const ms = Math.round(performance.now() - from);
  show({ event_id, event_type, answered, ms }, [`${event_type}  ${event_id}  ${answered}  ${ms} ms`]);
}

async function post(url: string, given: Readonly<Record<string, string>>, body: string): Promise<number | string> {
  const headers = Object.fromEntries(Object.entries(given).filter(([name]) => !OF_THE_CONNECTION.includes(name)));
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    await response.arrayBuffer();
    return response.status;
  } catch (error) {
    const { message, cause } = error instanceof Error ? error : new Error(String(error));
    return `no answer: ${cause instanceof Error ? cause.message || cause.name : message}`;
  }
}
