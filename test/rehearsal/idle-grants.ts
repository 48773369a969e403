import { MAIL_IDENTITY } from './calls.ts';

/** The grants that the rehearsed day has no use of, and what would use them. A test holds the list to the templates. */

interface Idle {
  readonly because: string;
  /** Names of functions, with spaces between them, or of the operators' role. */
  readonly who: string;
  readonly what: readonly string[];
  /** It may be used all the same: chance decides, or how long something took. */
  readonly perhaps?: true;
}

const onTables = (action: string, ...tables: string[]) => tables.map((table) => `dynamodb:${action} on ${table}.Arn`);

const IDLE: readonly Idle[] = [
  {
    because: 'Only who posts nothing but refusals in a round proves by a check that nothing was posted meanwhile.',
    who:
      'AdvanceOrder CreateBulk CreateOrder CreatePayout DispatchHotrecharge DispatchPesaway DispatchSandbox OperatorRole ' +
      'ReceiveCallback ReceivePayment Reconcile RetryBulk RunBulk SendAirtime SetTestBalance',
    what: onTables('ConditionCheckItem', 'Ledger'),
  },
  {
    because: 'The order that is decided late is a row of a batch.',
    who: 'AdvanceOrder DispatchHotrecharge DispatchPesaway DispatchSandbox ReceiveCallback Reconcile',
    what: [...onTables('GetItem', 'Batches'), ...onTables('BatchGetItem', 'Batches', 'Orders')],
  },
  {
    because: 'PesaWay refuses by its callback: its dispatcher moves money only where the answer has a code of refusal.',
    who: 'DispatchPesaway',
    what: [
      ...onTables('PutItem', 'Audit', 'Batches', 'Campaigns', 'Ledger', 'Lines', 'Topups', 'Wallets'),
      ...onTables('Query', 'Ledger', 'Lines'),
      ...onTables('BatchGetItem', 'Campaigns'),
      ...onTables('GetItem', 'Lines'),
      ...onTables('BatchWriteItem', 'Lines'),
    ],
  },
  {
    because: 'The answer to a write was lost, and it is looked for.',
    who: 'SetTestBalance',
    what: onTables('BatchGetItem', 'Wallets'),
  },
  { because: 'The same.', who: 'EraseOld', what: onTables('GetItem', 'Batches', 'Orders', 'Topups') },
  { because: 'The same, of an order of a row.', who: 'RunBulk', what: onTables('GetItem', 'Orders') },
  {
    because: 'References or rows that were there before are compared.',
    who: 'CreateBulk WebhookSender',
    what: onTables('BatchGetItem', 'Batches', 'Orders'),
  },
  { because: 'The same.', who: 'PreviewBulk', what: onTables('BatchGetItem', 'Orders') },
  { because: 'A batch with rows that are not decided.', who: 'GetBulk', what: onTables('BatchGetItem', 'Batches') },
  {
    because: 'An order whose number was erased is compared with what is sent again.',
    who: 'CreateOrder CreatePayout GetTarget ReceiveCallback SendAirtime',
    what: ['secretsmanager:GetSecretValue on PrivacySecret'],
  },
  {
    because: 'A counter that is not there is counted from the table.',
    who: 'CreateKey DeleteEndpoint RollKey RotateSecret UpdateEndpoint',
    what: onTables('Query', 'Merchants'),
  },
  {
    because: 'A request waits for its order, or a provider is down and asked again.',
    who: 'AdvanceOrder CreateOrder DispatchSandbox',
    what: onTables('GetItem', 'Health'),
  },
  {
    because: 'A provider goes down or comes back.',
    who: 'DispatchSandbox OperatorRole SyncCatalogue',
    what: onTables('UpdateItem', 'Health'),
  },
  {
    because: 'A merchant is frozen, or what was known of it is too old.',
    who: 'DispatchHotrecharge DispatchPesaway DispatchSandbox Reconcile',
    what: onTables('GetItem', 'Merchants'),
    perhaps: true,
  },
  {
    because: 'An answer of the sandbox is handled by its message when it is due, or by a sweep that comes first.',
    who: 'DispatchSandbox Reconcile',
    what: [
      ...onTables('BatchGetItem', 'Campaigns'),
      ...onTables('PutItem', 'Audit', 'Batches', 'Campaigns', 'Wallets'),
    ],
    perhaps: true,
  },
  {
    because: 'A receiver fails until its endpoint is switched off, or comes back.',
    who: 'ResendDelivery TestEndpoint WebhookSender',
    what: onTables('PutItem', 'Merchants'),
  },
  {
    because: 'It fails for an hour, and its merchant has members.',
    who: 'ResendDelivery TestEndpoint',
    what: [...onTables('BatchGetItem', 'Notices'), ...onTables('PutItem', 'Notices')],
  },
  {
    because: 'An order or a top-up goes to review.',
    who: 'MailNotices',
    what: onTables('BatchGetItem', 'Notices', 'Topups'),
  },
  {
    because: 'The deliveries of an endpoint are sent once more in pages.',
    who: 'WebhookSender',
    what: ['dynamodb:Query on Deliveries.Arn/index/listed'],
  },
  { because: 'A listener gets a test.', who: 'TestEndpoint', what: onTables('BatchGetItem', 'Deliveries') },
  {
    because: 'Tokens of a limit are given by chance, until a process has to take some.',
    who: 'CreatePayout',
    what: onTables('UpdateItem', 'Limits'),
    perhaps: true,
  },
  {
    because: 'What waits too long is sent to its queue again.',
    who: 'Reconcile',
    what: ['Hotrecharge', 'Pesaway', 'Sandbox'].map((name) => `sqs:SendMessage on Dispatch${name}Queue/Queue.Arn`),
  },
  {
    because: 'A payout of another country, or in test mode.',
    who: 'CreatePayout',
    what: ['Pesaway', 'Sandbox'].map((name) => `sqs:SendMessage on Dispatch${name}Queue/Queue.Arn`),
  },
  {
    because: 'An order of Zimbabwe by the protocol of PesaWay.',
    who: 'SendAirtime',
    what: ['sqs:SendMessage on DispatchHotrechargeQueue/Queue.Arn'],
  },
  {
    because: 'An order that has an event at once, as one that is refused.',
    who: 'CreateOrder SendAirtime',
    what: ['sqs:SendMessage on WebhooksQueue/Queue.Arn'],
  },
  {
    because: 'A batch with more rows than one message has time for.',
    who: 'RunBulk',
    what: ['sqs:SendMessage on BulkQueue/Queue.Arn'],
  },
  {
    because: 'A batch with rows of Kenya.',
    who: 'RunBulk',
    what: ['Callback', 'Pesaway'].map((name) => `secretsmanager:GetSecretValue on ${name}Secret`),
  },
  {
    because: 'A meter is looked up.',
    who: 'GetTarget',
    what: [
      'secretsmanager:GetSecretValue on HotrechargeSecret',
      ...onTables('GetItem', 'Orders'),
      'dynamodb:Query on Orders.Arn/index/listed',
    ],
  },
  {
    because: 'A callback that HotRecharge does not have yet.',
    who: 'ReceiveCallback',
    what: ['secretsmanager:GetSecretValue on HotrechargeSecret'],
  },
  {
    because: 'A campaign of one product.',
    who: 'CreateCampaign UpdateCampaign',
    what: onTables('Query', 'Catalogue'),
  },
  {
    because: 'A link to upload a file is signed with what reads files, too.',
    who: 'CreateUpload',
    what: ['s3:GetObject on Files.Arn/*', 's3:ListBucket on Files.Arn'],
  },
  {
    because: 'Lifting a freeze checks the key; freezing shares its code.',
    who: 'FreezeAccount',
    what: onTables('ConditionCheckItem', 'Merchants'),
  },
  {
    because: 'An order of the sandbox that awaits another answer, or a row of one.',
    who: 'AdvanceOrder',
    what: ['sqs:SendMessage on BulkQueue/Queue.Arn', 'sqs:SendMessage on DispatchSandboxQueue/Queue.Arn'],
  },
  {
    because: 'A batch of test orders, of which one awaits another answer.',
    who: 'RunBulk',
    what: ['sqs:SendMessage on DispatchSandboxQueue/Queue.Arn'],
  },
  {
    because: 'The first request of an hour, or the sixth of a process, is on a path that is no route.',
    who: 'NotFound',
    what: onTables('UpdateItem', 'Limits', 'Merchants'),
    perhaps: true,
  },
  {
    because: 'The merchant of the canary, which this process knows already.',
    who: 'ReceiveCanary',
    what: onTables('GetItem', 'Merchants'),
    perhaps: true,
  },
  { because: 'A transaction that has ended.', who: 'QueryTransaction', what: onTables('Query', 'Ledger') },
  { because: 'Another request is starting the same payment.', who: 'StartTopup', what: onTables('GetItem', 'Topups') },
  {
    because: 'Heads that are there are read before the next one is signed.',
    who: 'SignHeads',
    what: ['kms:GetPublicKey on HeadsKey.Arn'],
  },
  {
    because: 'A top-up in review, products that changed, deliveries and requests with the number that is erased.',
    who: 'OperatorRole',
    what: [...onTables('GetItem', 'Topups'), ...onTables('PutItem', 'Catalogue', 'Deliveries', 'Requests')],
  },
];

const ofFunction = (name: string) => [
  `logs:CreateLogStream on ${name}/Log.Arn`,
  `logs:PutLogEvents on ${name}/Log.Arn`,
  'xray:PutTelemetryRecords on *',
  'xray:PutTraceSegments on *',
];

/** The day has keys and no sign-in: nobody can be a person in it. */
const PEOPLE: Readonly<Record<string, readonly string[]>> = {
  AcceptInvitation: [
    ...ofFunction('AcceptInvitation'),
    ...onTables('GetItem', 'Limits', 'Merchants'),
    ...onTables('UpdateItem', 'Limits'),
    ...onTables('ConditionCheckItem', 'Merchants'),
    ...onTables('PutItem', 'Audit', 'Merchants'),
  ],
  CreateBusiness: [
    ...ofFunction('CreateBusiness'),
    ...onTables('GetItem', 'Limits', 'Merchants'),
    ...onTables('BatchGetItem', 'Wallets'),
    ...onTables('Query', 'Ledger', 'Merchants'),
    ...onTables('UpdateItem', 'Limits'),
    ...onTables('ConditionCheckItem', 'Ledger'),
    ...onTables('PutItem', 'Audit', 'Ledger', 'Merchants', 'Wallets'),
  ],
  CreateInvitation: [
    ...onTables('ConditionCheckItem', 'Merchants'),
    ...onTables('PutItem', 'Audit', 'Merchants'),
    `ses:SendEmail on ${MAIL_IDENTITY}`,
  ],
  GetMe: [
    ...ofFunction('GetMe'),
    ...onTables('GetItem', 'Limits', 'Merchants'),
    ...onTables('Query', 'Merchants'),
    ...onTables('UpdateItem', 'Limits'),
  ],
  RemoveMember: [
    ...onTables('ConditionCheckItem', 'Merchants'),
    ...onTables('Query', 'Merchants'),
    ...onTables('BatchGetItem', 'Campaigns'),
    ...onTables('PutItem', 'Audit', 'Campaigns', 'Merchants'),
  ],
  RevokeInvitation: [...onTables('ConditionCheckItem', 'Merchants'), ...onTables('PutItem', 'Audit', 'Merchants')],
  UpdateNotifications: onTables('PutItem', 'Merchants'),
  UpdateMember: [...onTables('ConditionCheckItem', 'Merchants'), ...onTables('PutItem', 'Audit', 'Merchants')],
};

/** By grant: whether it may be used all the same. */
export const IDLE_GRANTS: ReadonlyMap<string, boolean> = new Map(
  [...IDLE, ...Object.entries(PEOPLE).map(([who, what]) => ({ who, what, perhaps: undefined }))].flatMap(
    ({ who, what, perhaps = false }) =>
      who.split(' ').flatMap((name) => what.map((grant) => [`${name}: ${grant}`, perhaps] as const)),
  ),
);
