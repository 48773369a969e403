import { callForPart, type Input, type OperationId, type Scope } from './client.ts';

/** The parts of an export, one after the other: joined, they are one file. */
export async function* partsOf<Id extends OperationId>(scope: Scope, id: Id, input: Input<Id>): AsyncGenerator<string> {
  let cursor: string | undefined;
  do {
    const query = { ...input.query, ...(cursor ? { cursor } : {}) };
    const part = await callForPart(scope, id, { ...input, query } as Input<Id>);
    yield part.text;
    cursor = part.cursor;
  } while (cursor);
}
