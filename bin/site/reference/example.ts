import type { Call, Media, Parameter, Schema, Schemas } from './document.ts';
import { choicesOf } from './document.ts';

/** Examples out of the document: what to send with curl, and what comes back. */

const DEPTH_MAX = 7;

/** May be null and seldom are. What else may be null is so in an example, lest a success has a failure, too. */
const SELDOM_NULL = new Set([
  ...['provider_ref', 'finalized_at', 'delivered_at', 'finished_at', 'last_used_at', 'created_by', 'entry_id'],
  ...['balance', 'balance_after', 'opening_balance', 'closing_balance', 'Balance', 'AvailableBalance'],
  ...['AccountAvailableFunds', 'TransactionID', 'TransactionReceipt', 'OriginatorReference', 'id', 'url', 'status'],
  ...['reference', 'target', 'amount', 'product_id', 'spent', 'left', 'payouts_left', 'respondent_id', 'redirect_url'],
]);

const PLAIN: Readonly<Record<string, unknown>> = { string: '…', integer: 1, number: 1, boolean: true };

/** With the fields that must be there; where none must, with the first: two may exclude each other. */
function objectOf(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
  valueFor: (name: string, field: Schema) => unknown,
): Record<string, unknown> {
  const fields = Object.entries(properties);
  const needed = fields.filter(([name]) => required.includes(name));
  const shown = needed.length > 0 ? needed : fields.slice(0, 1);
  return Object.fromEntries(shown.map(([name, field]) => [name, valueFor(name, field)]));
}

/** A value that the schema describes. */
export function exampleOf(schema: Schema, schemas: Schemas, isSent: boolean, depth = 0): unknown {
  const resolved = schemas.resolve(schema);
  const given = schema.examples?.[0] ?? schema.example ?? resolved.examples?.[0] ?? resolved.example ?? resolved.const;
  if (given !== undefined) return given;
  if (depth > DEPTH_MAX) return null;
  const [choice] = choicesOf(resolved).choices;
  if (choice && choice !== resolved) return exampleOf(choice, schemas, isSent, depth + 1);
  if (resolved.enum) return resolved.enum[0];
  if (resolved.items) return [exampleOf(resolved.items, schemas, isSent, depth + 1)];
  if (resolved.properties) {
    return objectOf(resolved.properties, resolved.required ?? [], (name, field) =>
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

export function curlOf({ method, path, operation }: Call, schemas: Schemas): string {
  const { parameters = [], requestBody, security = [{ apiKey: [] }] } = operation;
  const exampleFor = ({ example, schema = {} }: Parameter) => String(example ?? exampleOf(schema, schemas, true));
  const url = path.replace(/\{(\w+)\}/g, (place, name) => {
    const parameter = parameters.find((each) => each.in === 'path' && each.name === name);
    const value = parameter ? exampleFor(parameter) : '…';
    return value === '…' ? place : encodeURIComponent(value);
  });
  const asked = parameters.filter((each) => each.in === 'query' && each.required);
  const query = asked.map((each) => `${each.name}=${encodeURIComponent(exampleFor(each))}`).join('&');
  const address = `http://localhost:8080${url}${query === '' ? '' : `?${query}`}`;
  const quoted = /[{}?&]/.test(address) ? `"${address}"` : address;
  const json = requestBody?.content['application/json'];
  const [scheme = ''] = security.flatMap(Object.keys);
  const lines = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}${quoted}`,
    ...(AUTHORIZATION[scheme] ?? []),
    ...(json
      ? [
          '-H "Content-Type: application/json"',
          `-d '${jsonOf(mediaExample(json, schemas, true)).replaceAll('\n', '\n  ')}'`,
        ]
      : []),
  ];
  return lines.join(' \\\n  ');
}

export function jsonOf(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll("'", '\\u0027');
}
