import { describe, expect, it } from '@jest/globals';
import type { ApiDocument, Schema } from '../../bin/site/reference/document.ts';
import { Schemas } from '../../bin/site/reference/document.ts';
import { curlOf, exampleOf } from '../../bin/site/reference/example.ts';
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
  components: { schemas: { Order: order } },
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
    ['an event', '<span class="method">EVENT</span> <code>order.success</code>'],
    ['an object that several answers have', '<h3 id="object-Order">'],
    ['how much is loaded to try it', 'loads 9 KB'],
    ['no tag out of a text', 'About &lt;it>.'],
  ])('shows of an operation %s', (_what, part) => {
    expect(html).toContain(part);
  });

  it('has each operation in its navigation and in the search', () => {
    expect(subNav).toContain('<a href="#createOrder">Sends a recharge</a>');
    expect(sections.map(({ id }) => id)).toEqual(['createOrder', 'onOrderSuccess']);
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
