/** What AWS charges, in dollars, without any free tier. */
export interface Prices {
  readonly writeUnitsMillion: number;
  readonly readUnitsMillion: number;
  readonly storageGbMonth: number;
  /** Of Lambda on arm64. */
  readonly invocationsMillion: number;
  readonly gbSecond: number;
  /** Of an HTTP API. */
  readonly requestsMillion: number;
  readonly queueRequestsMillion: number;
  readonly logGb: number;
  readonly egressGb: number;
  readonly keyMonth: number;
  readonly secretMonth: number;
  readonly alarmMonth: number;
  /** Of a metric that our functions publish. */
  readonly ownMetricMonth: number;
  /** Traces that X-Ray records. */
  readonly tracesMillion: number;
}

export interface Region {
  /** Its own prices, or by which factor those of us-east-1 are multiplied, from the least to the most it may be. */
  readonly prices: Prices | readonly [least: number, most: number];
  readonly source: string;
  readonly readOn: string;
}

const US_EAST_1: Prices = {
  writeUnitsMillion: 0.625,
  readUnitsMillion: 0.125,
  storageGbMonth: 0.25,
  invocationsMillion: 0.2,
  gbSecond: 0.0000133334,
  requestsMillion: 1,
  queueRequestsMillion: 0.4,
  logGb: 0.5,
  egressGb: 0.09,
  keyMonth: 1,
  secretMonth: 0.4,
  alarmMonth: 0.1,
  ownMetricMonth: 0.3,
  tracesMillion: 5,
};

export const REGIONS = {
  'us-east-1': {
    prices: US_EAST_1,
    source:
      "AWS's public price pages; storage, keys, secrets and alarms from general knowledge; X-Ray from AWS's page. DynamoDB since its on-demand " +
      'prices were halved in November 2024.',
    readOn: '2026-09',
  },
  'eu-west-1': {
    prices: [1, 1.15],
    source:
      'Not read. Lambda cost the same there as in us-east-1, and DynamoDB and logs up to 15 % more, when they were last ' +
      'compared: a range, until somebody reads the price pages.',
    readOn: 'never',
  },
  'af-south-1': {
    prices: [1.2, 1.35],
    source: 'Not known. 20 to 35 % above us-east-1 is what other services suggest: a range, until the pages are read.',
    readOn: 'never',
  },
} as const satisfies Record<string, Region>;

/** What AWS charges at the edge: web ACLs cost the same everywhere, CloudFront by where the caller is. */
export interface EdgePrices {
  readonly requestsMillion: number;
  readonly webAclMonth: number;
  readonly ruleMonth: number;
  readonly inspectedMillion: number;
  readonly logGb: number;
}

const EDGE_LEAST: EdgePrices = {
  requestsMillion: 1,
  webAclMonth: 5,
  ruleMonth: 1,
  inspectedMillion: 0.6,
  logGb: 0.5,
};

export const EDGE = {
  prices: [EDGE_LEAST, { ...EDGE_LEAST, requestsMillion: 1.2 }],
  source:
    "WAF from three independent summaries of AWS's page, which agree. CloudFront's HTTPS requests from general knowledge: " +
    'a cent for 10,000 in North America, up to a fifth more in Europe and Africa.',
  readOn: '2026-11',
} as const satisfies { prices: readonly [EdgePrices, EdgePrices]; source: string; readOn: string };

/** Of Cognito's tier Essentials, for each person beyond the first 10,000, and of SES. */
export const PEOPLE = {
  personMonth: 0.015,
  mailThousand: 0.1,
  source: "Cognito's public price page, the same in all regions; SES from general knowledge.",
  readOn: '2026-09',
} as const;

export type RegionName = keyof typeof REGIONS;

/** The least and the most that things may cost in a region. */
export function pricesIn(name: RegionName): readonly [Prices, Prices] {
  const { prices }: Region = REGIONS[name];
  if (!isRange(prices)) return [prices, prices];
  return [times(US_EAST_1, prices[0]), times(US_EAST_1, prices[1])];
}

function isRange(prices: Region['prices']): prices is readonly [number, number] {
  return Array.isArray(prices);
}

function times(prices: Prices, factor: number): Prices {
  return Object.fromEntries(Object.entries(prices).map(([name, price]) => [name, price * factor])) as never;
}
