import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { FunctionThread } from '../../shared/local/function-thread.ts';

const folder = mkdtempSync(join(tmpdir(), 'airtime-thread-'));
const file = join(folder, 'function.mjs');
let thread: FunctionThread;

beforeAll(() => {
  writeFileSync(
    file,
    `export async function handler({ does }) {
       if (does === 'log') console.info('a line', { of: 'it' });
       if (does === 'fail') throw new Error('as asked');
       if (does === 'crash') await new Promise(() => setTimeout(() => { throw new Error('uncaught'); }));
       if (does === 'end') process.exit(1);
       if (does === 'work') for (const end = Date.now() + 300; Date.now() < end; );
       return { does, pid: process.pid };
     }`,
  );
  thread = new FunctionThread(pathToFileURL(file).href);
});

afterAll(async () => {
  await thread.stop();
  rmSync(folder, { recursive: true });
});

it('answers what the handler answers, several events at a time, and its log lines are those of the process', async () => {
  const info = jest.spyOn(console, 'info').mockImplementation(() => undefined);
  const [one, two] = await Promise.all([thread.handle({ does: 'nothing' }), thread.handle({ does: 'log' })]);
  expect([one, two]).toEqual([
    { does: 'nothing', pid: process.pid },
    { does: 'log', pid: process.pid },
  ]);
  expect(info.mock.calls).toEqual([["a line { of: 'it' }"]]);
  info.mockRestore();
});

it('keeps this thread free while it works', async () => {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 5);
  await thread.handle({ does: 'work' });
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
});

it.each([
  ['fail', 'as asked'],
  ['crash', 'uncaught'],
  ['end', 'ended'],
])('a handler that %ss fails its event, and the next event is answered', async (does, message) => {
  const error = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  await expect(thread.handle({ does })).rejects.toThrow(message);
  expect(await thread.handle({ does: 'nothing' })).toMatchObject({ does: 'nothing' });
  error.mockRestore();
});
