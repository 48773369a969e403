import { expect, it } from '@jest/globals';
import { matches, updated } from './expressions.ts';

/** Errors of the parser; `model-db.test.ts` compares what expressions mean with a real engine. */

it.each([
  '',
  'a',
  'a = b',
  'a <> :b',
  'a = :b OR c = :d',
  'NOT a = :b',
  'a = :b AND',
  'a = :b c',
  'a BETWEEN :b',
  'size(a) = :b',
  'attribute_exists(a',
  'begins_with(a)',
  'a.b = :b',
])('a condition outside the grammar is an error: %s', (expression) => {
  const ExpressionAttributeValues = { ':b': 1, ':d': 2 };
  expect(() => matches(expression, { a: 1 }, { ExpressionAttributeValues })).toThrow('the model does not support');
});

it.each(['', 'a = :b', 'SET a', 'SET a = :b + :c', 'SET a = list_append(a, :b)', 'ADD a', 'DELETE a :b', 'REMOVE a,'])(
  'an update outside the grammar is an error: %s',
  (expression) => {
    const ExpressionAttributeValues = { ':b': 1, ':c': 2 };
    expect(() => updated(expression, { a: 1 }, { ExpressionAttributeValues })).toThrow('the model does not support');
  },
);

it('a placeholder that the command does not define is the error that DynamoDB raises', () => {
  expect(() => matches('a = :b', {}, {})).toThrow(expect.objectContaining({ name: 'ValidationException' }));
  expect(() => updated('SET #a = :b', {}, {})).toThrow(expect.objectContaining({ name: 'ValidationException' }));
});
