import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Problem } from '../../dashboard/src/api/problem.ts';
import { cellSentence, fieldProblem, inWords, sentenceOf, wordsOf } from '../../dashboard/src/parts/problem-words.ts';
import { campaignTexts } from '../../dashboard/src/texts/campaigns.ts';
import { keyTexts } from '../../dashboard/src/texts/keys.ts';
import { refusalTexts } from '../../dashboard/src/texts/refusals.ts';
import { sendTexts } from '../../dashboard/src/texts/send.ts';
import { walletTexts } from '../../dashboard/src/texts/wallet.ts';
import { webhookTexts } from '../../dashboard/src/texts/webhooks.ts';
import { OPERATIONS } from '../../sdk/typescript/src/api.ts';
import { CELL_PROBLEMS, REFERENCE_PROBLEMS } from '../../shared/http/csv/sheet-cells.ts';
import { refusalsOf } from '../../shared/http/openapi/contract.ts';
import { REFUSALS, type RefusalCode } from '../../shared/manifest/refusals.ts';
import { openRoutes, routes } from '../../shared/manifest/routes.ts';

/** A refusal is shown to people: none of them has a method, a path or a field of the API. */

const SOURCES = 'dashboard/src';
const source = readdirSync(SOURCES, { recursive: true })
  .map(String)
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('texts/refusals.ts'))
  .map((name) => readFileSync(`${SOURCES}/${name}`, 'utf8'))
  .join('\n');
const asked = Object.keys(OPERATIONS).filter((id) => new RegExp(`['"]${id}['"]`).test(source));
const NAMES = new Map(Object.entries({ ...routes, ...openRoutes }).map(([id, { name }]) => [id, name]));
const codes = [...new Set(asked.flatMap((id) => refusalsOf(NAMES.get(id) ?? '')))].sort() as RefusalCode[];

/** What only a program can do something with. */
const FOR_PROGRAMS =
  /\/api\/|\b(?:GET|POST|PUT|PATCH|DELETE|JSON|UTF-8 NUL|cursor|param|header [A-Z]|Retry-After|Airtime-\w+|Authorization|token|atk_)\b|\b[a-z]+_[a-z]+/;

it('operations and codes are found', () => {
  expect(asked).toEqual(expect.arrayContaining(['createOrder', 'updateMember', 'acceptInvitation']));
  expect(codes.length).toBeGreaterThan(50);
});

describe.each(codes)('%s', (code) => {
  const { status, title, detail, fix } = REFUSALS[code];
  const words = wordsOf(new Problem(status, { code, title, detail, fix, request_id: 'req_1' }));

  it('has words of its own, and none for programs', () => {
    expect(Object.hasOwn(refusalTexts.words, code)).toBe(true);
    expect(words.details.length).toBeGreaterThan(0);
    const all = [words.title, ...words.details, words.fix ?? ''];
    expect(all.filter((text) => FOR_PROGRAMS.test(text))).toEqual([]);
    expect(words.requestId).toBe('req_1');
  });
});

it('no words are kept for a code that the API does not have', () => {
  expect(Object.keys(refusalTexts.words).filter((code) => !Object.hasOwn(REFUSALS, code))).toEqual([]);
});

it('a code of next year is shown as the API says it, without its advice', () => {
  const problem = new Problem(409, { code: 'of_next_year', title: 'New', detail: 'ends_at is new.', fix: 'GET it.' });
  expect(wordsOf(problem)).toEqual({
    title: 'New',
    details: ['Ends on is new.'],
    fix: undefined,
    requestId: undefined,
  });
});

describe('fields', () => {
  const { paths, components } = JSON.parse(readFileSync('docs/openapi.json', 'utf8'));
  const fields = asked.flatMap((id) => {
    const [method, path] = OPERATIONS[id as keyof typeof OPERATIONS];
    const content = paths[path]?.[method.toLowerCase()]?.requestBody?.content?.['application/json'];
    const named = content?.schema?.$ref?.split('/').at(-1);
    return Object.keys(components.schemas[named]?.properties ?? content?.schema?.properties ?? {});
  });
  const sent = [...new Set(fields)].filter((name) => new RegExp(`\\b${name}\\b`).test(source)).sort();

  it('are found', () => expect(sent).toEqual(expect.arrayContaining(['ends_at', 'allowed_ranges', 'email'])));

  it.each(sent)('%s, which the dashboard sends, is called by its label', (name) => {
    expect(inWords(`${name} must be right.`)).toMatch(/^[A-Z]/);
  });

  it('are called as their forms call them', () => {
    const { form } = campaignTexts;
    expect(refusalTexts.labels).toMatchObject({
      allowed_ranges: keyTexts.ranges,
      amount: sendTexts.amount,
      ends_at: form.ending.day,
      starts_at: form.starting.day,
      min_amount: form.least,
      max_amount: form.most,
      max_payouts: form.payoutsMax,
      daily_budget: form.dailyBudget,
      daily_max_payouts: form.dailyPayouts,
      low_balance_threshold: walletTexts.threshold,
      product_id: sendTexts.product,
      expires_at: keyTexts.expires,
      scopes: keyTexts.scopes,
      url: webhookTexts.url,
      description: webhookTexts.about,
      target: sendTexts.number,
    });
  });

  it.each([
    ['ends_at must be after starts_at.', 'Ends on must be after “Starts on”.'],
    ['allowed_ranges.0 must be a range.', 'Works from, entry 1 must be a range.'],
    ['url must begin with https://.', 'Address must begin with https://.'],
    ['The amount has the right form.', 'The amount has the right form.'],
    ['web_1 is not known.', 'web_1 is not known.'],
  ])('%s', (api, shown) => expect(inWords(api)).toBe(shown));

  it('each field has its own problem where several have one, and the alert has all', () => {
    const problem = new Problem(400, {
      code: 'invalid_request',
      param: 'name',
      detail: 'name must not be empty.',
      errors: [
        { param: 'name', detail: 'name must not be empty.' },
        { param: 'allowed_ranges.1', detail: 'allowed_ranges.1 must be a range.' },
      ],
    });
    expect(fieldProblem(problem, 'name')).toBe('Name must not be empty.');
    expect(fieldProblem(problem, 'allowed_ranges')).toBe('Works from, entry 2 must be a range.');
    expect(fieldProblem(problem, 'scopes')).toBeUndefined();
    expect(wordsOf(problem).details).toHaveLength(2);
  });
});

it('without an answer nobody reads its status', () => {
  expect(sentenceOf(new Problem(0, {}))).not.toMatch(/\b0\b/);
});

describe('cells of a file', () => {
  const problems = { ...CELL_PROBLEMS, ...REFERENCE_PROBLEMS };
  it.each([
    ...Object.entries(problems).map(([code, { says, fix }]) => ({ code, detail: `The cell ${says}.`, fix })),
    ...(['product_not_found', 'product_unavailable', 'invalid_target', 'invalid_amount'] as const).map((code) => ({
      ...REFUSALS[code],
      code,
      fix: `Column product_id: ${REFUSALS[code].fix}`,
    })),
  ])('$code is in words', (problem) => {
    expect(cellSentence(problem)).not.toMatch(/\/api\/|GET|product_id|detail/);
  });
});
