import type { ApiDocument, Call, Operation } from '../site/reference/document.ts';
import { callsOf, isForPeople } from '../site/reference/document.ts';
import { snakeCase } from './annotation.ts';

/** Which methods the client for Python has. Resources and names are those of the SDK for TypeScript. */

/** Where a method is, and its name. An operation without a line is in the resource of its tag, under its own name. */
export const NAMES: Readonly<Record<string, readonly [resource: string, method: string]>> = {
  createOrder: ['orders', 'send'],
  listOrders: ['orders', 'list'],
  getFigures: ['orders', 'figures'],
  getOrder: ['orders', 'get'],
  advanceOrder: ['test', 'advance'],
  setTestBalance: ['test', 'set_balance'],
  getTarget: ['targets', 'get'],
  listProducts: ['products', 'list'],
  getWallet: ['wallet', 'get'],
  updateWallet: ['wallet', 'update'],
  listLedger: ['wallet', 'ledger'],
  verifyLedger: ['wallet', 'verify'],
  listHeads: ['wallet', 'heads'],
  getStatement: ['wallet', 'statement'],
  startTopup: ['topups', 'start'],
  listTopups: ['topups', 'list'],
  getTopup: ['topups', 'get'],
  previewBulk: ['bulk', 'preview'],
  createUpload: ['bulk', 'create_upload'],
  getBulkTemplate: ['bulk', 'template'],
  createBulk: ['bulk', 'send'],
  listBulk: ['bulk', 'list'],
  getBulk: ['bulk', 'get'],
  listBulkRows: ['bulk', 'rows'],
  cancelBulk: ['bulk', 'cancel'],
  retryBulk: ['bulk', 'retry_failed'],
  createCampaign: ['campaigns', 'create'],
  listCampaigns: ['campaigns', 'list'],
  getCampaign: ['campaigns', 'get'],
  updateCampaign: ['campaigns', 'update'],
  rotateCampaignSecret: ['campaigns', 'rotate_secret'],
  listPayouts: ['campaigns', 'payouts'],
  listEndpoints: ['webhooks.endpoints', 'list'],
  createEndpoint: ['webhooks.endpoints', 'create'],
  getEndpoint: ['webhooks.endpoints', 'get'],
  updateEndpoint: ['webhooks.endpoints', 'update'],
  deleteEndpoint: ['webhooks.endpoints', 'delete'],
  rotateSecret: ['webhooks.endpoints', 'rotate_secret'],
  testEndpoint: ['webhooks.endpoints', 'test'],
  recoverDeliveries: ['webhooks.endpoints', 'recover'],
  listDeliveries: ['webhooks.deliveries', 'list'],
  getDelivery: ['webhooks.deliveries', 'get'],
  resendDelivery: ['webhooks.deliveries', 'resend'],
  createListener: ['webhooks.listeners', 'start'],
  pollDeliveries: ['webhooks.listeners', 'poll'],
  getAccount: ['account', 'get'],
  freezeAccount: ['account', 'freeze'],
  unfreezeAccount: ['account', 'unfreeze'],
  listRequests: ['requests', 'list'],
  getRequest: ['requests', 'get'],
  createKey: ['keys', 'create'],
  listKeys: ['keys', 'list'],
  revokeKey: ['keys', 'revoke'],
  rollKey: ['keys', 'roll'],
  listAudit: ['audit', 'list'],
  getHealth: ['status', 'health'],
  getStatus: ['status', 'get'],
};

/** Methods that give the CSV of an operation, part by part. */
export const EXPORTS: Readonly<Record<string, readonly [resource: string, method: string]>> = {
  exportLedger: ['wallet', 'export_ledger'],
  listBulkRows: ['bulk', 'export_rows'],
  listPayouts: ['campaigns', 'export_payouts'],
};

/** What is written by hand in a resource. */
export const COMFORT: Readonly<Record<string, string>> = {
  orders: 'AsyncOrdersComfort',
  campaigns: 'AsyncCampaignsComfort',
  bulk: 'AsyncBulkComfort',
  'webhooks.listeners': 'AsyncListenersComfort',
};

/** For clients that were written for PesaWay; who writes a new one uses the others. */
const LEFT_OUT = 'Pesaway';

/** Signed again for each try, so it is written by hand. */
const BY_HAND = 'createPayout';

/** What the client has no generated method for: it has a key, and is no person. */
export function isLeftOut(operation: Operation): boolean {
  const { tags = [], operationId } = operation;
  return tags.includes(LEFT_OUT) || operationId === BY_HAND || isForPeople(operation);
}

/**
 * Writes that may be sent again, as `IDEMPOTENCY_FIELDS` of the other SDK: a repeat is the same request. All others are
 * sent once.
 */
export const REPEATABLE: Readonly<Record<string, string>> = {
  createOrder: 'True',
  createBulk: 'True',
  startTopup: 'reference is not None',
};

export interface PythonMethod {
  readonly resource: string;
  readonly name: string;
  readonly call: Call;
  readonly isCsv: boolean;
}

/** In the order of the document. */
export function pythonMethods(document: ApiDocument): PythonMethod[] {
  return callsOf(document.paths)
    .filter(({ operation }) => !isLeftOut(operation))
    .flatMap((call) => {
      const { operationId, tags = [] } = call.operation;
      const [resource, name] = NAMES[operationId] ?? [snakeCase(tags[0] ?? ''), snakeCase(operationId)];
      const exported = EXPORTS[operationId];
      const hasJson = typesOf(call.operation).includes('application/json');
      const own = hasJson || !exported ? [{ resource, name, call, isCsv: !hasJson }] : [];
      return exported ? [...own, { resource: exported[0], name: exported[1], call, isCsv: true }] : own;
    });
}

function typesOf({ responses }: Operation): string[] {
  const answers = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  return answers.flatMap(([, { content = {} }]) => Object.keys(content));
}
