import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { Fetch, PlacedOrder } from '../sdk/typescript/src/airtime.ts';
import { Airtime, verifyWebhook } from '../sdk/typescript/src/airtime.ts';
import { messageOf } from '../shared/domain/message-of.ts';

/**
 * `npm run smoke`: whether a deployment does what it is for, from outside and with a test key: an order, the same
 * order again, its webhook, and its entry in the ledger; and whether people can sign in. It takes the way of live
 * orders, but to the sandbox.
 */

const USAGE = `npm run smoke -- --url https://… [--key atk_test_…] [--wait-seconds 60]

  --url U           where the API is: the output PublicUrl, or http://localhost:8080
  --key K           a test key of any merchant; better in AIRTIME_KEY, where no list of processes shows it
  --wait-seconds N  how long the webhook may take (60)
`;

const PRODUCT = { product_id: 100, target: '0772279099', amount: 0.5 };
const SCOPES = 'orders:read, orders:write, wallet:read, webhooks:read, webhooks:write';

interface Options {
  readonly url: string;
  readonly key: string;
  readonly waitSeconds: number;
  readonly fetch?: Fetch;
}

/** What a step found, in a few words; it throws where that is not what it should be. */
type Step = () => Promise<string>;

class SmokeError extends Error {}

export async function smoke(
  { url, key, waitSeconds, fetch }: Options,
  print: (line: string) => void,
): Promise<boolean> {
  const airtime = new Airtime({ apiKey: key, baseUrl: url, fetch });
  const order = { ...PRODUCT, agent_reference: `smoke_${randomUUID()}` };
  let listener: { endpoint_id: string; secret: string } | undefined;
  let placed: PlacedOrder | undefined;
  const steps: Readonly<Record<string, Step>> = {
    listener: async () => {
      listener = await airtime.webhooks.listeners.start({ event_types: ['order.success'] });
      return listener.endpoint_id;
    },
    order: async () => {
      const sent = await airtime.orders.send(order);
      require(sent.mode === 'test', `the order is ${sent.mode}, and the key should be a test key's`);
      const { status } = await airtime.orders.waitForFinal(order.agent_reference, { timeoutMs: waitSeconds * 1000 });
      require(status === 'success', `${sent.id} is ${status}, and the sandbox delivers to ${order.target}`);
      placed = sent;
      return `${sent.id} ${status}`;
    },
    replay: async () => {
      const { id } = await airtime.orders.send(order);
      require(id === placed?.id, `the same reference made another order: ${id}`);
      return 'the same order';
    },
    webhook: async () => {
      const { event, id } = await deliveryOf(airtime, listener, placed, waitSeconds);
      return `${event} ${id}, signed`;
    },
    ledger: () => ledgerOf(airtime, placed),
    app: () => dashboardOf(url, fetch),
  };
  let isSound = true;
  try {
    for (const [name, step] of Object.entries(steps)) {
      const startedAt = Date.now();
      // A step needs what the one before it made.
      const { found, error } = await outcomeOf(step);
      print(`${error ? 'FAILED' : 'ok    '} ${name.padEnd(8)} ${error ?? found} (${Date.now() - startedAt} ms)`);
      isSound = error === undefined;
      if (!isSound) break;
    }
  } finally {
    if (listener) await airtime.webhooks.endpoints.delete(listener.endpoint_id).catch(() => undefined);
  }
  return isSound;
}

async function outcomeOf(step: Step): Promise<{ found?: string; error?: string }> {
  try {
    return { found: await step() };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

/** The event of the order, as its merchant's server would get it. */
async function deliveryOf(
  airtime: Airtime,
  listener: { endpoint_id: string; secret: string } | undefined,
  placed: PlacedOrder | undefined,
  waitSeconds: number,
): Promise<{ event: string; id: string }> {
  if (!listener) throw new SmokeError('there is no listener');
  const signal = AbortSignal.timeout(waitSeconds * 1000);
  for await (const { headers, body } of airtime.webhooks.listeners.deliveries(listener.endpoint_id, { signal })) {
    const event = await verifyWebhook(body, headers, listener.secret);
    if (event.type === 'order.success' && event.data.object.id === placed?.id)
      return { event: event.type, id: event.id };
  }
  throw new SmokeError(`order.success of ${placed?.id} did not come within ${waitSeconds} s`);
}

/** The order has one entry, and the whole ledger adds up. */
async function ledgerOf(airtime: Airtime, placed: PlacedOrder | undefined): Promise<string> {
  const recent = await airtime.wallet.ledger({ currency: 'USD' }).take(100);
  const debits = recent.filter(({ order_id }) => order_id === placed?.id).map(({ amount }) => amount);
  const isOne = debits.length === 1 && debits[0] === -PRODUCT.amount;
  require(isOne, `${placed?.id} has the entries ${JSON.stringify(debits)} instead of one of ${-PRODUCT.amount}`);
  let entries = 0;
  let cursor: string | undefined;
  do {
    const page = await airtime.wallet.verify({ currency: 'USD', ...(cursor ? { cursor } : {}) });
    require(page.verified, `entry ${page.first_flaw?.seq} of the ledger: ${page.first_flaw?.what}`);
    entries += page.entries;
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return `one debit, ${entries} entries verified`;
}

/** The dashboard's page is there, with its script, and its settings name an issuer that answers. */
async function dashboardOf(url: string, get: Fetch = fetch): Promise<string> {
  const read = async (from: string) => {
    const answer = await get(from, { method: 'GET', headers: {} });
    require(answer.status === 200, `${from} answers ${answer.status}`);
    return answer.text();
  };
  const script = /src="(\/app\/assets\/[^"]+\.js)"/.exec(await read(`${url}/app`))?.[1];
  require(script !== undefined, `${url}/app is not the dashboard's page`);
  await read(`${url}${script}`);
  const { issuer } = JSON.parse(await read(`${url}/app/config.json`));
  const found = JSON.parse(await read(`${issuer}/.well-known/openid-configuration`));
  require(found.issuer === issuer, `${issuer} says that it is ${found.issuer}`);
  return `people sign in at ${new URL(issuer).host}`;
}

function require(isTrue: boolean, otherwise: string): void {
  if (!isTrue) throw new SmokeError(otherwise);
}

function readOptions(args: string[]): Options | string {
  const { values } = parseArgs({
    args,
    options: { url: { type: 'string' }, key: { type: 'string' }, 'wait-seconds': { type: 'string' } },
  });
  const { url, key = process.env.AIRTIME_KEY, 'wait-seconds': seconds = '60' } = values;
  if (!url || !/^https?:\/\/[^/]/.test(url)) return '--url is missing, or is no address.';
  if (!key?.startsWith('atk_test_')) return `The key must be a test key, with the scopes ${SCOPES}.`;
  if (!/^[1-9]\d{0,3}$/.test(seconds)) return '--wait-seconds is a whole number above 0.';
  return { url, key, waitSeconds: Number(seconds) };
}

async function main(args: string[]): Promise<number> {
  let options: Options | string;
  try {
    options = readOptions(args);
  } catch (error) {
    options = messageOf(error);
  }
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n\n${USAGE}`);
    return 2;
  }
  const isSound = await smoke(options, (line) => process.stdout.write(`${line}\n`));
  process.stdout.write(isSound ? 'The deployment works.\n' : 'The deployment does not work.\n');
  return isSound ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
