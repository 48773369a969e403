import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { ApiDocument, Call, Schema } from '../../bin/site/reference/document.ts';
import { answersOf, callsOf, Schemas } from '../../bin/site/reference/document.ts';
import { answerOf, bodyOf, curlOf, exampleOf, queryOf, requestsOf } from '../../bin/site/reference/example.ts';
import { fieldList, typeHtml } from '../../bin/site/reference/fields.ts';
import { reference } from '../../bin/site/reference/reference.ts';

const order: Schema = {
  type: 'object',
  properties: { id: { type: 'string', examples: ['ord_1'] }, failure: { type: ['object', 'null'] } },
  required: ['id', 'failure'],
};
const ref = { $ref: '#/components/schemas/Order' };
const body: Schema = {
  type: 'object',
  properties: {
    amount: { type: 'number', description: 'In `USD`.', minimum: 1, maximum: 9 },
    note: { type: 'string' },
  },
  required: ['amount'],
};

const DOCUMENT: ApiDocument = {
  info: { title: 'T', description: 'About <it>.' },
  tags: [{ name: 'Orders', description: 'Recharges.' }, { name: 'Events' }],
  paths: {
    '/api/v1/orders/{reference}': {
      post: {
        operationId: 'createOrder',
        summary: 'Sends a recharge',
        description: 'Sends a recharge.\n\nNeeds the scope `orders:write`.',
        tags: ['Orders'],
        parameters: [{ name: 'reference', in: 'path', required: true, schema: { type: 'string' }, example: 'a b' }],
        requestBody: { required: true, content: { 'application/json': { schema: body } } },
        responses: {
          '201': { description: 'Sent.', content: { 'application/json': { schema: ref } } },
          '402': { description: '`x`', 'x-codes': ['insufficient_funds'] },
          '503': { $ref: '#/components/responses/busy', description: '' },
        },
        'x-required-scopes': ['orders:write'],
      },
    },
  },
  webhooks: {
    'order.success': {
      post: {
        operationId: 'onOrderSuccess',
        summary: 'An order was delivered',
        tags: ['Events'],
        requestBody: { content: { 'application/json': { schema: ref } } },
        responses: { '2XX': { description: 'Taken.' } },
      },
    },
  },
  components: {
    schemas: { Order: order },
    responses: { busy: { description: '`busy`', 'x-codes': ['busy'], headers: { 'Retry-After': {} } } },
    headers: { 'Retry-After': { description: 'So many seconds.', schema: { type: 'integer', examples: [10] } } },
  },
};

const schemas = new Schemas(DOCUMENT);
const sent = { schemas, isSent: true, inline: (text: string) => text };

describe('a reference', () => {
  const { html, subNav, sections } = reference(DOCUMENT, {
    inline: (text) => text.replace(/`(.*?)`/g, '<code>$1</code>'),
    block: (text) => `<p>${text.replaceAll('<', '&lt;')}</p>`,
    tryUrl: '/try',
    trySize: '9 KB',
    codeUrl: (code) => `/docs/errors#${code}`,
  });

  it.each([
    ['its place', '<span class="method">POST</span> <code>/api/v1/orders/{reference}</code>'],
    ['its scope', 'Scope <code>orders:write</code>'],
    ['its fields', '<code>amount</code> <i>number</i> <b>required</b><p>In <code>USD</code>. 1 to 9.</p>'],
    ['its answer', 'The body is <a href="#object-Order">Order</a>.'],
    ['its errors', '<b>402</b> <a href="/docs/errors#insufficient_funds">insufficient_funds</a>'],
    ['errors that it shares with others', '<b>503</b> <a href="/docs/errors#busy">busy</a>'],
    ['the headers of an answer', '<small>with <a href="#header-Retry-After">Retry-After</a></small>'],
    ['what a header means', '<li id="header-Retry-After"><code>Retry-After</code><p>So many seconds. Such as'],
    ['an event', '<span class="method">EVENT</span> <code>order.success</code>'],
    ['an object that several answers have', '<h3 id="object-Order">'],
    ['how much is loaded to try it', 'loads 9 KB'],
    ['no tag out of a text', 'About &lt;it>.'],
  ])('shows of an operation %s', (_what, part) => {
    expect(html).toContain(part);
  });

  it('has each operation in its navigation and in the search', () => {
    expect(subNav).toContain('<a href="#createOrder" title="POST /api/v1/orders/{reference}">Create order</a>');
    expect(subNav).toContain('<a href="#onOrderSuccess" title="EVENT order.success">order.success</a>');
    expect(sections.map(({ id }) => id)).toEqual(['', 'createOrder', 'onOrderSuccess', 'headers']);
  });

  it('says a scope and a summary once', () => {
    expect(html.match(/orders:write/g)).toHaveLength(1);
    expect(html.match(/Sends a recharge/g)).toHaveLength(1);
  });
});

it.each([
  [{ type: 'string' }, 'string'],
  [{ type: ['string', 'null'] }, 'string or null'],
  [{ anyOf: [ref, { type: 'null' }] }, '<a href="#object-Order">Order</a> or null'],
  [{ type: 'array', items: ref }, 'list of <a href="#object-Order">Order</a>'],
  [{ type: 'string', format: 'date-time' }, 'date-time'],
  [{ type: 'object', additionalProperties: { type: 'integer' } }, 'object of integer by name'],
  [{ enum: ['a', 'b'] }, 'string'],
  [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, 'integer or string'],
  [{}, 'any'],
])('the type %j reads %s', (schema, says) => {
  expect(typeHtml(schema, schemas)).toBe(says);
});

it('fields of fields are shown, to any depth, and values and defaults are named', () => {
  const deep: Schema = {
    type: 'object',
    properties: {
      a: { type: 'array', items: { type: 'object', properties: { b: { enum: ['<c>', 'd'], default: 'd' } } } },
    },
  };
  const html = fieldList(deep, sent);
  expect(html).toContain('<details><summary>Its fields</summary><ul class="fields"><li><code>b</code>');
  expect(html).toContain('Without it: <code>d</code>. One of <code>&lt;c&gt;</code>, <code>d</code>.');
});

it('an answer marks what may be missing, a body what must be there', () => {
  expect(fieldList(body, sent).match(/<b>[^<]*<\/b>/g)).toEqual(['<b>required</b>']);
  expect(fieldList(body, { ...sent, isSent: false }).match(/<b>[^<]*<\/b>/g)).toEqual(['<b>may be missing</b>']);
});

it('forms of a body are shown apart, each by the value that tells it', () => {
  const forms: Schema = {
    anyOf: ['x', 'y'].map((kind) => ({ type: 'object', properties: { kind: { const: kind } }, required: ['kind'] })),
  };
  expect(fieldList(forms, sent)).toMatch(/<em>kind: x<\/em>.*<em>kind: y<\/em>/s);
});

it('an example has what must be sent, and of an answer nothing that contradicts it', () => {
  expect(exampleOf(body, schemas, true)).toEqual({ amount: 1 });
  expect(exampleOf(ref, schemas, false)).toEqual({ id: 'ord_1', failure: null });
  const endless: ApiDocument = {
    ...DOCUMENT,
    components: { schemas: { Order: { type: 'object', properties: { next: ref }, required: ['next'] } } },
  };
  expect(JSON.stringify(exampleOf(ref, new Schemas(endless), true)).length).toBeLessThan(500);
});

it('an event is not explained by the example of another', () => {
  const event = { type: 'object', properties: { type: { enum: ['a.success', 'a.failed'] } }, required: ['type'] };
  const post = (operationId: string) => ({
    post: { operationId, requestBody: { content: { 'application/json': { schema: event } } }, responses: {} },
  });
  const webhooks = { 'a.success': post('onSuccess'), 'a.failed': post('onFailed') };
  const options = { inline: String, block: String, tryUrl: '', trySize: '', codeUrl: String };
  const { html } = reference({ ...DOCUMENT, paths: {}, webhooks }, options);
  expect(html.match(/What is posted<\/span>/g)).toHaveLength(1);
});

it('a request with curl has its address, its key and its body', () => {
  const operation = DOCUMENT.paths['/api/v1/orders/{reference}']?.post;
  if (!operation) throw new Error('no operation');
  expect(curlOf({ method: 'POST', path: '/api/v1/orders/{reference}', operation }, schemas)).toBe(
    [
      'curl -X POST http://localhost:8080/api/v1/orders/a%20b \\',
      '  -H "Authorization: Api-Key atk_test_…" \\',
      '  -H "Content-Type: application/json" \\',
      '  -d \'{\n    "amount": 1\n  }\'',
    ].join('\n'),
  );
});

describe('the reference of the contract', () => {
  const contract: ApiDocument = JSON.parse(readFileSync('docs/openapi.json', 'utf8'));
  const all = new Schemas(contract);
  const calls = callsOf(contract.paths);
  const codeUrl = (code: string) => `/errors#${code}`;
  const { html } = reference(contract, { inline: String, block: String, tryUrl: '', trySize: '', codeUrl });
  const partOf = (id: string) => html.slice(html.indexOf(`<h3 id="${id}"`)).split('</section>')[0] ?? '';

  it('shows every refusal and every header of every operation', () => {
    const missing = calls.flatMap(({ operation }) => {
      const part = partOf(operation.operationId);
      const links = answersOf(operation, contract).flatMap(([, answer]) => [
        ...(answer['x-codes'] ?? []).map((code) => `<a href="${codeUrl(code)}">${code}</a>`),
        ...Object.keys(answer.headers ?? {})
          .filter((name) => name !== 'X-Request-Id')
          .map((name) => `<a href="#header-${name}">${name}</a>`),
      ]);
      return links.filter((link) => !part.includes(link)).map((link) => `${operation.operationId}: ${link}`);
    });
    expect(missing).toEqual([]);
    expect(html.match(/\/errors#/g)?.length).toBeGreaterThan(570);
    expect(
      Object.keys(contract.components?.headers ?? {}).filter((name) => !html.includes(`"header-${name}"`)),
    ).toEqual([]);
  });

  it('has examples that agree with each other', () => {
    expect(calls.flatMap((call) => contradictions(call, all))).toEqual([]);
  });

  it('shows of every list how it is filtered, if it can be, and how its next page is asked for', () => {
    const lists = calls.filter(({ operation }) => operation.parameters?.some(({ name }) => name === 'cursor'));
    expect(lists.length).toBeGreaterThan(14);
    for (const call of lists) {
      const shown = requestsOf(call, all);
      const filters = call.operation.parameters?.filter(
        (each) => each.in === 'query' && !['limit', 'cursor', 'format'].includes(each.name),
      );
      expect(shown).toMatch(/# The next page\n.*cursor=\w+/);
      expect([
        call.path,
        (filters ?? []).length > 0 && !filters?.some(({ name }) => shown.includes(`${name}=`)),
      ]).toEqual([call.path, false]);
    }
  });
});

type Item = Readonly<Record<string, unknown>>;

/** What the example of an answer says otherwise than the request beside it, or than itself. */
function contradictions(call: Call, schemas: Schemas): string[] {
  const { value } = answerOf(call, schemas) as { value?: Item };
  if (value === undefined) return [];
  const items = Array.isArray(value.data) ? (value.data as Item[]) : [value];
  const asked = Object.entries((bodyOf(call, schemas) ?? {}) as Item);
  const filtered = queryOf(call, schemas).filter(([, text]) => text !== '4xx');
  const isPaged = call.operation.parameters?.some(({ name }) => name === 'cursor') ?? false;
  const wrong: (string | false)[] = [
    ...asked.map(
      ([name, sent]) => name in value && !isDeepStrictEqual(value[name], sent) && `${name} is not what was sent`,
    ),
    ...filtered.map(([name, sent]) => items.some((each) => name in each && String(each[name]) !== sent) && name),
    'next_cursor' in value && (value.next_cursor !== null) !== isPaged && 'next_cursor',
    ...items.flatMap((each) => [
      'mode' in each && each.mode !== 'test' && 'mode is not that of the key',
      'finalized_at' in each && (each.finalized_at === null) !== isOpen(each) && 'finalized_at',
      'final' in each && each.final !== !isOpen(each) && 'final',
      'finished_at' in each && (each.finished_at !== null) !== (each.status === 'completed') && 'finished_at',
      'delivered_at' in each && (each.delivered_at !== null) !== (each.status === 'delivered') && 'delivered_at',
      'counts' in each && 'rows' in each && sumOf(each.counts as Item) !== each.rows && 'counts',
      'frozen' in each && each.frozen !== (each.freeze !== null) && 'freeze',
      'spent' in each && each.left !== Number(each.budget) - Number(each.spent) && 'left',
      'opening_balance' in each && !addsUp(each) && 'closing_balance',
    ]),
  ];
  return wrong.filter((each) => each !== false).map((each) => `${call.operation.operationId}: ${each}`);
}

const isOpen = ({ status }: Item) => status === 'pending' || status === 'unknown';
const sumOf = (counts: Item) => Object.values(counts).reduce((sum: number, each) => sum + Number(each), 0);

function addsUp({ opening_balance, closing_balance, totals }: Item): boolean {
  const change = (totals as Item[]).reduce((sum, { amount }) => sum + Number(amount), 0);
  return Number(opening_balance) + change === closing_balance;
}
