import { PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from '@jest/globals';
import { Clock } from './clock.ts';
import { ModelDb } from './model-db.ts';
import { OverlappingDb } from './overlapping-db.ts';

const put = (id: string) => ({ TableName: 'health', Item: { pk: id } });
const transaction = (...ids: string[]) =>
  new TransactWriteCommand({ TransactItems: ids.map((id) => ({ Put: put(id) })) });

it('refuses what overlaps with a transaction on one of its items, and nothing else', async () => {
  const clock = new Clock();
  const model = new ModelDb();
  let conflicts = 0;
  const onConflict = () => {
    conflicts += 1;
  };
  const { client } = new OverlappingDb(model.client, clock, { onConflict });
  const results: string[] = [];
  const send = async (name: string, command: PutCommand | TransactWriteCommand) => {
    const said = (error: Error & { CancellationReasons?: { Code: string }[] }) =>
      error.CancellationReasons?.map(({ Code }) => Code).join() ?? error.name;
    results.push(`${name}: ${await client.send(command as PutCommand).then(() => 'done', said)}`);
  };

  clock.at(0, () => void send('first', transaction('a', 'b')));
  clock.at(5, () => void send('overlaps', transaction('c', 'b')));
  clock.at(6, () => void send('apart', transaction('c', 'd')));
  clock.at(7, () => void send('single', new PutCommand(put('a'))));
  clock.at(8, () => void send('single apart', new PutCommand(put('e'))));
  clock.at(100, () => void send('later', transaction('a', 'c')));
  clock.at(200, () => void send('single later', new PutCommand(put('a'))));
  await clock.runUntil(clock.now + 1_000);

  expect(results).toEqual([
    'overlaps: None,TransactionConflict',
    'single: TransactionConflictException',
    'single apart: done',
    'first: done',
    'apart: done',
    'later: done',
    'single later: done',
  ]);
  expect(conflicts).toBe(2);
});
