import type { KeptRequestInFull } from '../../../../sdk/typescript/src/api.ts';

/** Which request of the log may be sent again, and how. */

/**
 * Operations of one mode that show no secret and take people, so nothing about the team, keys, secrets or a freeze, and
 * nothing of PesaWay's.
 */
const REPLAYED: ReadonlySet<string> = new Set([
  ...['create-order', 'list-orders', 'get-order', 'advance-order', 'get-target', 'list-products'],
  ...['get-wallet', 'list-ledger', 'verify-ledger', 'list-heads', 'get-statement', 'export-ledger'],
  ...['start-topup', 'list-topups', 'get-topup', 'update-wallet', 'set-test-balance'],
  ...['list-endpoints', 'get-endpoint', 'update-endpoint', 'delete-endpoint', 'test-endpoint', 'recover-deliveries'],
  ...['list-deliveries', 'get-delivery', 'resend-delivery'],
  ...[
    'preview-bulk',
    'get-preview',
    'create-bulk',
    'list-bulk',
    'get-bulk',
    'list-bulk-rows',
    'cancel-bulk',
    'retry-bulk',
  ],
  ...['list-campaigns', 'get-campaign', 'update-campaign', 'list-payouts'],
  ...['get-account', 'list-requests', 'get-request', 'list-keys', 'list-audit', 'not-found'],
]);
const TAKEN_OUT = '(not kept)';

export type NoReplay = 'method' | 'cut' | 'gone' | 'secret';

/** Why it is not sent again; undefined where it may be. */
export function whyNoReplay(kept: KeptRequestInFull): NoReplay | undefined {
  if (!REPLAYED.has(kept.operation) || !kept.path.startsWith('/api/v1/')) return 'method';
  if (kept.erased || (kept.request_bytes > 0 && kept.request_body === null)) return 'gone';
  if (kept.request_cut) return 'cut';
  return `${kept.request_body} ${kept.query}`.includes(TAKEN_OUT) ? 'secret' : undefined;
}

/** The path with its query, as it was asked for. */
export function pathOf({ path, query }: Pick<KeptRequestInFull, 'path' | 'query'>): string {
  const values = jsonOf(query);
  if (typeof values !== 'object' || values === null) return path;
  const texts = Object.entries(values).map(([name, value]): [string, string] => [name, String(value)]);
  const text = new URLSearchParams(texts).toString();
  return text ? `${path}?${text}` : path;
}

/** Laid out where it is JSON, else as it is. */
export function readable(text: string): string {
  const value = jsonOf(text);
  return value === undefined ? text : JSON.stringify(value, null, 2);
}

/** Undefined where it is no JSON. */
export function jsonOf(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
