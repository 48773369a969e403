import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
  ScheduledEvent,
  SQSEvent,
} from 'aws-lambda';
import { defined } from '../../shared/domain/defined.ts';

/**
 * The events that AWS starts our functions with, for tests that call an exported `handler`. Each maker fills in what a
 * test does not care about.
 */

interface ApiRequest {
  readonly method: string;
  readonly path: string;
  /** An API key, sent as `Authorization: Api-Key`. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as it is when it is a text, as JSON otherwise. */
  readonly body?: unknown;
}

let made = 0;

/** A request in API Gateway's payload format 2.0. */
export function apiEvent({ method, path, key, headers, params, query, body }: ApiRequest): APIGatewayProxyEventV2 {
  made += 1;
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: {
      'content-type': 'application/json',
      ...defined({ authorization: key === undefined ? undefined : `Api-Key ${key}` }),
      ...headers,
    },
    ...defined({ pathParameters: params, queryStringParameters: query, body: text }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'test',
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'jest' },
      requestId: `request-${made}`,
      routeKey: `${method} ${path}`,
      stage: '$default',
      time: '07/May/2026:08:00:00 +0000',
      timeEpoch: 1_778_140_800_000,
    },
    isBase64Encoded: false,
  };
}

/** `POST /api/v1/orders` under a key; the order is the first document's unless `body` changes it. */
export function orderEvent({ key, body = {} }: { key: string; body?: object }): APIGatewayProxyEventV2 {
  const order = { product_id: 100, target: '0772279099', amount: 5, agent_reference: 'order-1' };
  return apiEvent({ method: 'POST', path: '/api/v1/orders', key, body: { ...order, ...body } });
}

/** One batch from a queue. A text is a message as it is, anything else is sent as JSON. */
export function queueEvent(bodies: readonly unknown[], { receives = 1 } = {}): SQSEvent {
  return {
    Records: bodies.map((body, index) => ({
      messageId: `message-${index + 1}`,
      receiptHandle: `receipt-${index + 1}`,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      attributes: {
        ApproximateReceiveCount: String(receives),
        SentTimestamp: '1778140800000',
        SenderId: 'test',
        ApproximateFirstReceiveTimestamp: '1778140800000',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:test',
      awsRegion: 'us-east-1',
    })),
  };
}

/** What EventBridge sends when a schedule fires. */
export function scheduleEvent(name: string): ScheduledEvent {
  return {
    version: '0',
    id: 'schedule-1',
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    time: '2026-05-07T08:00:00Z',
    region: 'us-east-1',
    resources: [`arn:aws:events:us-east-1:000000000000:rule/${name}`],
    detail: {},
  };
}

/** The context of an invocation that has so many milliseconds left. */
export function invocation({ remainingMs = 29_000, requestId = 'invocation-1' } = {}): Context {
  const end = Date.now() + remainingMs;
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'test',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:test',
    memoryLimitInMB: '512',
    awsRequestId: requestId,
    logGroupName: 'test',
    logStreamName: 'test',
    getRemainingTimeInMillis: () => end - Date.now(),
    done() {},
    fail() {},
    succeed() {},
  };
}

/** A handler's answer: status, headers, and its body as JSON. */
export function read({ statusCode, headers, body = '' }: APIGatewayProxyStructuredResultV2) {
  return { status: statusCode, headers: headers ?? {}, json: body === '' ? undefined : JSON.parse(body) };
}
