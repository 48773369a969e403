import type { IncomingMessage } from 'node:http';
import type { Call } from './iam.ts';

/** What a request to AWS needs permission for. */

interface Input {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly RequestItems?: Readonly<Record<string, unknown>>;
  readonly TransactItems?: readonly Readonly<Record<string, Input>>[];
  readonly QueueUrl?: string;
  readonly SecretId?: string;
  readonly KeyId?: string;
  readonly FromEmailAddress?: string;
}

type Item = Readonly<Record<string, { readonly S?: string }>>;

/** Who signed a request, and for which service. */
export function signerOf({ headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>): [string, string] {
  const inQuery = new URL(url, 'http://localhost').searchParams.get('X-Amz-Credential');
  const credential = inQuery ?? /Credential=([^, ]+)/.exec(String(headers.authorization))?.[1] ?? '';
  const [principal = '', , , service = ''] = credential.split('/');
  return [principal, service];
}

export function callsOf(
  service: string,
  request: IncomingMessage,
  body: string,
  identities: ReadonlyMap<string, string>,
): Call[] {
  if (service === 's3') return [objectCall(request)];
  const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
  const input: Input = JSON.parse(body);
  switch (service) {
    case 'dynamodb':
      return tableCalls(operation, input);
    case 'sqs':
      return [call(`sqs:${operation.replace(/Batch$/, '')}`, queueResource(input.QueueUrl ?? ''))];
    case 'secretsmanager':
      return [call(`secretsmanager:${operation}`, input.SecretId ?? '')];
    case 'kms':
      return [call(`kms:${operation}`, input.KeyId ?? '')];
    case 'ses': {
      // Its address is that of its one operation.
      const { FromEmailAddress: from = '' } = input;
      const identity = identities.get(from.split('@')[1] ?? '') ?? from;
      return [call('ses:SendEmail', identity, { 'ses:FromAddress': [from] })];
    }
    default:
      throw new Error(`nothing is known of the service ${service}`);
  }
}

function call(action: string, resource: string, context: Call['context'] = {}): Call {
  return { action, resource, context };
}

const PARTS: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

function tableCalls(operation: string, input: Input): Call[] {
  if (operation === 'TransactWriteItems') {
    return (input.TransactItems ?? []).flatMap((item) =>
      Object.entries(item).map(([part, own]) => tableCall(PARTS[part] ?? part, own, operation)),
    );
  }
  if (input.RequestItems) {
    return Object.keys(input.RequestItems).map((table) => call(`dynamodb:${operation}`, `${table}.Arn`));
  }
  return [tableCall(operation, input)];
}

function tableCall(operation: string, input: Input, enclosing?: string): Call {
  const index = input.IndexName === undefined ? '' : `/index/${input.IndexName}`;
  const partition = (input.Key ?? input.Item)?.pk?.S;
  return call(`dynamodb:${operation}`, `${input.TableName}.Arn${index}`, {
    ...(partition === undefined ? {} : { 'dynamodb:LeadingKeys': [partition] }),
    ...(operation === 'UpdateItem' ? { 'dynamodb:Attributes': attributesOf(input) } : {}),
    ...(enclosing === undefined ? {} : { 'dynamodb:EnclosingOperation': [enclosing] }),
  });
}

const WORDS =
  /^(SET|REMOVE|ADD|DELETE|AND|OR|NOT|IN|BETWEEN|attribute_exists|attribute_not_exists|if_not_exists|size)$/;

/** All attributes that an update names, those of its key among them. */
function attributesOf(input: Input): string[] {
  const text = `${input.UpdateExpression ?? ''} ${input.ConditionExpression ?? ''}`;
  const names = (text.match(/[:#]?\w+/g) ?? []).filter((word) => !word.startsWith(':') && !WORDS.test(word));
  const own = names.filter((word) => !/^\d/.test(word)).map((word) => input.ExpressionAttributeNames?.[word] ?? word);
  return [...new Set([...Object.keys(input.Key ?? {}), ...own])];
}

/** Queues have the name of their path in the template. */
export function queueName(path: string): string {
  return path.replace('/', '-');
}

function queueResource(url: string): string {
  return `${url.split('/').at(-1)?.replace('-', '/')}.Arn`;
}

function objectCall({ method, url = '' }: IncomingMessage): Call {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const [, bucket = '', ...key] = pathname.split('/');
  if (searchParams.has('list-type')) return call('s3:ListBucket', `${bucket}.Arn`);
  return call(method === 'PUT' ? 's3:PutObject' : 's3:GetObject', `${bucket}.Arn/${key.join('/')}`);
}
