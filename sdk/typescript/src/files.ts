import type { Answer, CallOptions, Connection } from './connection.ts';

/** The parts of a CSV file, of which each names the next. A server answers with text where CSV was asked for. */
export async function* fileParts(
  connection: Connection,
  first: () => Promise<Answer<unknown>>,
  options?: CallOptions,
): AsyncGenerator<string, void, undefined> {
  let answer = await first();
  yield String(answer.body);
  while (answer.next !== undefined) {
    answer = await connection.next(answer.next, options);
    yield String(answer.body);
  }
}
