/**
 * Every field of a log line, as data: no other can be logged. None may tell who somebody is: never a number, a text, an
 * answer of an upstream, a token, a balance. What may still lead to somebody is in `shared/manifest/personal-data.ts`.
 */
export const LOGGED_FIELDS = [
  // What a line is about.
  ...['orderId', 'agentReference', 'topupId', 'batchId', 'entryId', 'deliveryId', 'endpointId', 'productId'],
  ...[
    'merchantId',
    'keyId',
    'memberId',
    'mode',
    'currency',
    'provider',
    'account',
    'reference',
    'other',
    'table',
    'item',
  ],
  ...['route', 'requestId', 'messageId', 'name', 'meter', 'limit', 'row', 'day', 'number', 'index', 'seq', 'ids'],
  // What happened to it.
  ...['status', 'code', 'outcome', 'finding', 'failure', 'mismatch', 'reason', 'what', 'type', 'from', 'error'],
  ...['since', 'at', 'nextAt', 'ms', 'tries', 'attempts', 'queryCount', 'failureCount', 'failures', 'amountMinor'],
  // How much there was of it.
  ...['rows', 'due', 'done', 'failed', 'left', 'parts', 'pages', 'wallets', 'broken', 'problems', 'keptBack'],
  ...['withdrawn', 'orders', 'topups', 'batches'],
] as const;
export type LoggedField = (typeof LOGGED_FIELDS)[number];
