import type { Airtime, Endpoint, TestEndpointBody } from '../airtime.ts';
import type { Command } from './command.ts';
import { onlyWord, text } from './command.ts';
import { EXIT, UsageError } from './terminal.ts';

/** More than a merchant has of a mode, listeners included. */
const ENDPOINTS_MAX = 100;
/** It stands for URLs of single requests, and takes no test. */
const BUILT_IN = 'results';

export const trigger: Command = {
  name: 'trigger',
  usage: 'TYPE [--endpoint ID]',
  summary: 'Sends a signed sample of an event, such as order.success, to an endpoint or a listener of test mode.',
  options: { endpoint: { type: 'string' } },
  async run({ words, values, airtime, show, terminal: { signal } }) {
    const type = onlyWord(words, 'the type of the event, such as order.success') as TestEndpointBody['type'];
    const client = airtime();
    const endpoint = text(values, 'endpoint') ?? (await onlyEndpoint(client, signal)).id;
    const sent = await client.webhooks.endpoints.test(endpoint, { type }, { signal });
    const { event_type, event_id, status, last_status } = sent;
    const answered = last_status ?? (status === 'kept' ? 'for the listener' : 'no answer');
    show(sent, [`${event_type}  ${event_id}  ${status}  ${answered}  ${endpoint}`]);
    return status === 'delivered' || status === 'kept' ? EXIT.done : EXIT.refused;
  },
};

/** The only one that listens, else the only one. Where there are several, only the user knows which is meant. */
async function onlyEndpoint(client: Airtime, signal: AbortSignal): Promise<Endpoint> {
  const all = (await client.webhooks.endpoints.list({ signal }).take(ENDPOINTS_MAX)).filter(
    ({ id }) => id !== BUILT_IN,
  );
  const listeners = all.filter(({ listening }) => listening);
  const [only, ...more] = listeners.length === 1 ? listeners : all;
  if (only === undefined)
    throw new UsageError('there is no endpoint: start airtime webhooks listen in another terminal');
  if (more.length === 0) return only;
  const choices = all.map(({ id, url, listening }) => `${id} (${listening ? 'a listener' : url})`);
  throw new UsageError(`there are ${choices.length} endpoints, choose one with --endpoint: ${choices.join(', ')}`);
}
