import { startHttpServer } from './http-server.ts';

export interface Receiver {
  readonly url: string;
  stop(): Promise<void>;
}

/** A merchant's webhook endpoint for `npm start`: accepts every event and prints a line about it. */
export async function startReceiver(print: (line: string) => void): Promise<Receiver> {
  const server = await startHttpServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    print(summary(body));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"received":true}');
  });
  return { url: `http://127.0.0.1:${server.port}/webhooks`, stop: () => server.close() };
}

type Fields = Readonly<Record<string, unknown>>;

/** What a line says of an event, by the part of its type before the dot. Fields are those of the views of merchants. */
const TELL: Readonly<Record<string, (object: Fields) => string>> = {
  order: ({ agent_reference, status }) => `${agent_reference} is ${status}`,
  topup: ({ reference, status }) => `${reference} is ${status}`,
  batch: ({ batch_reference, status }) => `${batch_reference} is ${status}`,
  payout: ({ respondent_id, status }) => `to ${respondent_id} is ${status}`,
  wallet: ({ currency, balance }) => `${currency} ${balance} left`,
  webhook: ({ message }) => String(message),
};

function summary(body: string): string {
  try {
    const { type, sequence, data, ResultCode: code, OriginatorReference: reference } = JSON.parse(body);
    if (reference !== undefined) return `result of ${reference}: code ${code}`;
    const tell = TELL[String(type).split('.')[0] ?? ''];
    return `webhook ${type}${tell ? ` ${tell(data.object)}` : ''} (event ${sequence})`;
  } catch {
    return 'webhook: not an event of ours';
  }
}
