import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { RESULT_EVENT } from '../../shared/domain/result.ts';
import { EVENT_TYPES, TEST_EVENT } from '../../shared/domain/webhook.ts';
import type { Receiver } from '../../shared/local/receiver.ts';
import { startReceiver } from '../../shared/local/receiver.ts';

let receiver: Receiver;
const lines: string[] = [];

beforeAll(async () => {
  receiver = await startReceiver((line) => lines.push(line));
});
afterAll(() => receiver.stop());

async function lineFor(body: unknown): Promise<string> {
  await fetch(receiver.url, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
  return lines.at(-1) ?? '';
}

/** The objects of the views, as far as a line may name their fields. */
const OBJECTS: Readonly<Record<string, [object: object, line: string]>> = {
  order: [{ id: 'ord_1', agent_reference: 'mine', status: 'success' }, 'mine is success'],
  topup: [{ id: 'top_1', reference: 'paid-in', status: 'failed' }, 'paid-in is failed'],
  batch: [{ id: 'bat_1', batch_reference: 'march', status: 'completed' }, 'march is completed'],
  payout: [{ id: 'pay_1', respondent_id: 'r-7', status: 'refunded', agent_reference: 'x' }, 'to r-7 is refunded'],
  wallet: [{ currency: 'USD', balance: 4.5, low_balance_threshold: 5 }, 'USD 4.5 left'],
  webhook: [{ message: 'This is a test.', endpoint_id: 'whe_1' }, 'This is a test.'],
};

it.each([...EVENT_TYPES, TEST_EVENT].filter((type) => type !== RESULT_EVENT))(
  '%s has a line of its own',
  async (type) => {
    const [object, line] = OBJECTS[type.split('.')[0] ?? ''] ?? [];
    expect(await lineFor({ id: 'evt_1', type, sequence: 3, data: { object } })).toBe(
      `webhook ${type} ${line} (event 3)`,
    );
  },
);

it('a result in the form of PesaWay has one too, and so has what is unknown', async () => {
  expect(await lineFor({ ResultCode: 0, OriginatorReference: 'mine' })).toBe('result of mine: code 0');
  expect(await lineFor({ type: 'new.type', sequence: 1, data: { object: {} } })).toBe('webhook new.type (event 1)');
  expect(await lineFor('not json')).toBe('webhook: not an event of ours');
});
