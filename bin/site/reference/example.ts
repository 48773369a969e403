import type { Call, Media, Parameter, Schema, Schemas } from './document.ts';
import { choicesOf } from './document.ts';
import { ANSWERS } from './example-answers.ts';

/** Examples out of the document: what to send with curl, and what comes back. */

const DEPTH_MAX = 7;

/** May be null and seldom are. What else may be null is so in an example, lest a success has a failure, too. */
const SELDOM_NULL = new Set([
  ...['provider_ref', 'finalized_at', 'delivered_at', 'finished_at', 'last_used_at', 'created_by', 'entry_id'],
  ...['balance', 'balance_after', 'opening_balance', 'closing_balance', 'Balance', 'AvailableBalance'],
  ...['AccountAvailableFunds', 'TransactionID', 'TransactionReceipt', 'OriginatorReference', 'id', 'url', 'status'],
  ...['next_cursor', 'order_id', 'last_status', 'delivered_at', 'code', 'by', 'adjustment', 'budget', 'max_payouts'],
  ...[
    'is_covered',
    'reference',
    'target',
    'amount',
    'product_id',
    'spent',
    'left',
    'payouts_left',
    'respondent_id',
    'redirect_url',
  ],
]);

const PLAIN: Readonly<Record<string, unknown>> = { string: '…', integer: 1, number: 1, boolean: true };

/** Need not be sent, but are worth it: an answer that names one says what was sent. */
const SENT_TOO = new Set(['reference']);

/** With the fields that must be there; where none must, with the first: two may exclude each other. */
function objectOf(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
  isSent: boolean,
  valueFor: (name: string, field: Schema) => unknown,
): Record<string, unknown> {
  const fields = Object.entries(properties);
  const needed = fields.filter(([name]) => required.includes(name) || (isSent && SENT_TOO.has(name)));
  const shown = needed.length > 0 ? needed : fields.slice(0, 1);
  return Object.fromEntries(shown.map(([name, field]) => [name, valueFor(name, field)]));
}

/** A value that the schema describes. */
export function exampleOf(schema: Schema, schemas: Schemas, isSent: boolean, depth = 0): unknown {
  const resolved = schemas.resolve(schema);
  const given = [schema.examples?.[0], schema.example, resolved.examples?.[0], resolved.example, resolved.const];
  const first = given.find((each) => each !== undefined);
  if (first !== undefined) return first;
  if (depth > DEPTH_MAX || resolved.type === 'null') return null;
  const [choice] = choicesOf(resolved).choices;
  if (choice && choice !== resolved) return exampleOf(choice, schemas, isSent, depth + 1);
  if (resolved.enum) return resolved.enum[0];
  if (resolved.items) return [exampleOf(resolved.items, schemas, isSent, depth + 1)];
  if (resolved.properties) {
    return objectOf(resolved.properties, resolved.required ?? [], isSent, (name, field) =>
      !isSent && !SELDOM_NULL.has(name) && choicesOf(schemas.resolve(field)).isNullable
        ? null
        : exampleOf(field, schemas, isSent, depth + 1),
    );
  }
  if (resolved.format === 'date-time') return '2026-05-07T08:00:00.000Z';
  return resolved.default ?? PLAIN[String(resolved.type)] ?? {};
}

export function mediaExample(media: Media, schemas: Schemas, isSent: boolean): unknown {
  const named = Object.values(media.examples ?? {})[0]?.value;
  return media.example ?? named ?? exampleOf(media.schema ?? {}, schemas, isSent);
}

/** The headers that prove who asks, by the first scheme of the operation. */
const AUTHORIZATION: Readonly<Record<string, readonly string[]>> = {
  apiKey: ['-H "Authorization: Api-Key atk_test_…"'],
  bearer: ['-H "Authorization: Bearer …"'],
  campaignSignature: ['-H "webhook-id: …" -H "webhook-timestamp: …"', '-H "webhook-signature: v1,…"'],
};

/** The body of the request, and that of the answer to it: what was sent is what is answered. */
export function bodyOf({ operation: { requestBody } }: Call, schemas: Schemas): unknown {
  const json = requestBody?.content['application/json'];
  return json && mediaExample(json, schemas, true);
}

export function answerOf(call: Call, schemas: Schemas): { readonly status?: string; readonly value?: unknown } {
  const { operationId, responses } = call.operation;
  // That of the first request, not that of a repeated one.
  const status = ['201', '202', '200'].find((each) => responses[each]?.content?.['application/json']);
  const media = status === undefined ? undefined : responses[status]?.content?.['application/json'];
  if (!media) return {};
  const value = mediaExample(media, schemas, false);
  if (typeof value !== 'object' || value === null) return { ...(status && { status }), value };
  const sent = Object.entries(bodyOf(call, schemas) ?? {}).filter(([name]) => name in value);
  const end = 'next_cursor' in value && !isPaged(call) ? { next_cursor: null } : {};
  return {
    ...(status && { status }),
    value: { ...value, ...end, ...Object.fromEntries(sent), ...ANSWERS[operationId] },
  };
}

/** Whether it is asked for part by part. */
function isPaged({ operation: { parameters = [] } }: Call): boolean {
  return parameters.some((each) => each.in === 'query' && each.name === 'cursor');
}

const exampleFor = ({ example, schema = {} }: Parameter, schemas: Schemas) =>
  String(example ?? exampleOf(schema, schemas, true));

/** The parameters of a query that the example has: those that must be there, and the first that chooses items. */
export function queryOf(call: Call, schemas: Schemas): [name: string, value: string][] {
  const all = (call.operation.parameters ?? []).filter((each) => each.in === 'query');
  const hasPages = isPaged(call);
  const isFilter = ({ name }: Parameter) => !['limit', 'cursor', 'format'].includes(name);
  const filter = hasPages ? all.find((each) => isFilter(each) && !each.required) : undefined;
  const shown = all.filter((each) => each.required || each === filter || (hasPages && each.name === 'limit'));
  // The example of an answer has one item.
  return shown.map((each) => [each.name, each.name === 'limit' ? '1' : exampleFor(each, schemas)]);
}

/** What to send with curl; of a list also how the next page is asked for. */
export function requestsOf(call: Call, schemas: Schemas): string {
  const query = queryOf(call, schemas);
  const cursor = call.operation.parameters?.find((each) => each.in === 'query' && each.name === 'cursor');
  const first = curlOf(call, schemas, query);
  if (!cursor) return first;
  return `${first}\n\n# The next page\n${curlOf(call, schemas, [...query, ['cursor', exampleFor(cursor, schemas)]])}`;
}

export function curlOf(call: Call, schemas: Schemas, query: readonly [string, string][] = []): string {
  const { method, path, operation } = call;
  const { parameters = [], security = [{ apiKey: [] }] } = operation;
  const url = path.replace(/\{(\w+)\}/g, (place, name) => {
    const parameter = parameters.find((each) => each.in === 'path' && each.name === name);
    const value = parameter ? exampleFor(parameter, schemas) : '…';
    return value === '…' ? place : encodeURIComponent(value);
  });
  const asked = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  const address = `http://localhost:8080${url}${asked === '' ? '' : `?${asked}`}`;
  const quoted = /[{}?&]/.test(address) ? `"${address}"` : address;
  const body = bodyOf(call, schemas);
  const [scheme = ''] = security.flatMap(Object.keys);
  const lines = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}${quoted}`,
    ...(AUTHORIZATION[scheme] ?? []),
    ...(body === undefined
      ? []
      : ['-H "Content-Type: application/json"', `-d '${jsonOf(body).replaceAll('\n', '\n  ')}'`]),
  ];
  return lines.join(' \\\n  ');
}

export function jsonOf(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll("'", '\\u0027');
}
