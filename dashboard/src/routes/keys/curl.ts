/** Commands for a terminal, which work as they are copied. */

interface Sent {
  readonly method?: string;
  /** With its query. */
  readonly path: string;
  /** JSON, as it is sent. */
  readonly body?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Without a key it is taken from the environment. */
export function curlOf(key: string | undefined, { method = 'GET', path, body, headers = {} }: Sent): string {
  const given = { Authorization: `Api-Key ${key ?? '$AIRTIME_KEY'}`, ...headers };
  return [
    `curl ${method === 'GET' ? '' : `-X ${method} `}${quoted(`${window.location.origin}${path}`)}`,
    ...Object.entries(given).map(([name, value]) =>
      // Double quotes let a shell put the key in; what somebody else has written is never read by it.
      name === 'Authorization' ? `-H "${name}: ${value}"` : `-H ${quoted(`${name}: ${value}`)}`,
    ),
    ...(body ? [`-H 'Content-Type: application/json'`, `-d ${quoted(body)}`] : []),
  ].join(' \\\n  ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const READS: readonly (readonly [scope: string, path: string])[] = [
  ['wallet:read', '/api/v1/wallet'],
  ['orders:read', '/api/v1/orders?limit=1'],
  ['products:read', '/api/v1/products'],
  ['account:read', '/api/v1/account'],
  ['webhooks:read', '/api/v1/webhooks/endpoints'],
  ['campaigns:read', '/api/v1/campaigns'],
  ['requests:read', '/api/v1/requests?limit=1'],
  ['audit:read', '/api/v1/audit?limit=1'],
  ['keys:write', '/api/v1/keys'],
];

/** A first request that a key with these scopes may make, and that changes nothing. */
export function readFor(scopes: readonly string[]): Sent | undefined {
  const found = READS.find(([scope]) => scopes.includes(scope));
  return found && { path: found[1] };
}

/** An order in test mode, to a number that always succeeds. */
export const TEST_ORDER: Sent = {
  method: 'POST',
  path: '/api/v1/orders',
  body: JSON.stringify({ product_id: 100, target: '0772279099', amount: 5, agent_reference: 'from-curl-1' }),
};
