const NOW_FAILING = 'The attempt is the one by which an endpoint has failed for an hour, or is disabled.';

/** The grants that the rehearsed day has no use of, and what would use them. A test holds the list to the templates. */
export const IDLE_GRANTS: ReadonlyMap<string, string> = new Map([
  [
    'RunBulk: dynamodb:GetItem on Orders.Arn',
    'A row is answered so late that its batch has ended and refunded it, and its wallet is busy or empty by then.',
  ],
  ...['ResendDelivery', 'TestEndpoint'].flatMap((who) =>
    ['BatchGetItem', 'PutItem'].map((action) => [`${who}: dynamodb:${action} on Notices.Arn`, NOW_FAILING] as const),
  ),
]);
