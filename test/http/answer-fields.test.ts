import { expect, it } from '@jest/globals';
import { answerFields, listedFields, namesIn, namesOfHandler } from './answer-fields.ts';

it('answers and events have the fields on the list, no new one and none lost', () => {
  // Meant? Write the list again, `node test/http/answer-fields.ts`, and say in the changelog what merchants see.
  expect(answerFields()).toEqual(listedFields());
});

it('a field is found by its name, also one in short, in a condition, or in a body that is answered', () => {
  const view = `return { id, is_credited: order.isCredited, ...(x ? { held_since: at } : {}), ...defined({ tokens }) };`;
  expect(namesIn(view)).toEqual(['held_since', 'id', 'is_credited', 'tokens']);
  const handler = `const query = { limit: 5 }; const row = { in_doubt: sum }; return { status: 200, body: { data: rows.map(view), next_cursor } };`;
  expect(namesOfHandler(handler)).toEqual(['data', 'in_doubt', 'next_cursor']);
});
