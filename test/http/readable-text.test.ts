import { describe, expect, it } from '@jest/globals';
import * as z from 'zod/mini';
import { parseBody, readBody } from '../../shared/http/read-body.ts';
import { Refusal } from '../../shared/http/refusal.ts';

/** What a text field of a request may not contain: it would be kept as something else than its sender meant. */

function refused(run: () => unknown): Partial<Refusal> {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

const latin1 = (text: string) => Buffer.from(text, 'latin1').toString('utf8');

describe('a body is refused by the name of its field', () => {
  it.each([
    ['half a surrogate pair, escaped', '{"name":"\\ud83d"}', 'name'],
    ['half a surrogate pair, the other', '{"name":"x\\ude00"}', 'name'],
    ['NUL', '{"name":"a\\u0000b"}', 'name'],
    ['U+FFFD', '{"name":"Caf\\ufffd"}', 'name'],
    ['latin1', latin1('{"name":"Café"}'), 'name'],
    ['latin1 in a list', latin1('{"terms":{"names":["ok","Café"]}}'), 'terms.names.1'],
    ['latin1 in the name of a field', latin1('{"Café":1}'), 'Caf\ufffd'],
    ['no field at all', '"\\ud83d"', undefined],
  ])('with %s', (_what, body, param) => {
    const refusal = refused(() => parseBody(body));
    expect(refusal).toMatchObject({ code: 'invalid_request' });
    expect(refusal.param).toBe(param);
    expect(refusal.detail).toContain('characters that cannot be read');
  });

  it('on open routes too', () => {
    const body = z.object({ respondent_id: z.string() });
    expect(refused(() => readBody(body, '{"respondent_id":"\\udead"}')).param).toBe('respondent_id');
  });
});

it.each(['Café', '😀', 'ไทย', '\u200d', 'two\nlines'])('%j is accepted', (name) => {
  expect(parseBody(JSON.stringify({ name }))).toEqual({ name });
});

it('bytes outside of any text are no JSON', () => {
  expect(refused(() => parseBody(latin1('{"a":1}é'))).code).toBe('malformed_json');
});
