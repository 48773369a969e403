/** The grants that the rehearsed day has no use of, and what would use them. A test holds the list to the templates. */
export const IDLE_GRANTS: ReadonlyMap<string, string> = new Map([
  [
    'RunBulk: dynamodb:GetItem on Orders.Arn',
    'A row is answered so late that its batch has ended and refunded it, and its wallet is busy or empty by then.',
  ],
]);
