import type {
  CreateEndpointBody,
  DeletedEndpoint,
  DeliveryInFull,
  DeliveryPage,
  Endpoint,
  EndpointPage,
  EndpointWithSecret,
  Operations,
  RecoverDeliveriesBody,
  Recovery,
  RotateSecretBody,
  TestEndpointBody,
  UpdateEndpointBody,
} from '../api.ts';
import type { CallOptions, Connection } from '../connection.ts';
import type { Pages } from '../pages.ts';
import { pagesOf } from '../pages.ts';
import { Listeners } from './listeners.ts';

export class Webhooks {
  readonly endpoints: Endpoints;
  readonly deliveries: Deliveries;
  readonly listeners: Listeners;

  constructor(connection: Connection) {
    this.endpoints = new Endpoints(connection);
    this.deliveries = new Deliveries(connection);
    this.listeners = new Listeners(connection);
  }
}

class Endpoints {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The secret is in this answer alone. */
  async create(body: CreateEndpointBody, options?: CallOptions): Promise<EndpointWithSecret> {
    return (await this.#connection.call('createEndpoint', { body }, options)).body;
  }

  list(options?: CallOptions): Pages<EndpointPage> {
    return pagesOf(this.#connection, 'listEndpoints', {}, options);
  }

  async get(endpointId: string, options?: CallOptions): Promise<Endpoint> {
    return (await this.#connection.call('getEndpoint', { path: { endpoint_id: endpointId } }, options)).body;
  }

  async update(endpointId: string, body: UpdateEndpointBody, options?: CallOptions): Promise<Endpoint> {
    return (await this.#connection.call('updateEndpoint', { path: { endpoint_id: endpointId }, body }, options)).body;
  }

  async delete(endpointId: string, options?: CallOptions): Promise<DeletedEndpoint> {
    return (await this.#connection.call('deleteEndpoint', { path: { endpoint_id: endpointId } }, options)).body;
  }

  async rotateSecret(
    endpointId: string,
    body: RotateSecretBody = {},
    options?: CallOptions,
  ): Promise<EndpointWithSecret> {
    return (await this.#connection.call('rotateSecret', { path: { endpoint_id: endpointId }, body }, options)).body;
  }

  /** Sends a test event now, and returns how the endpoint answered. */
  async test(endpointId: string, body: TestEndpointBody = {}, options?: CallOptions): Promise<DeliveryInFull> {
    return (await this.#connection.call('testEndpoint', { path: { endpoint_id: endpointId }, body }, options)).body;
  }

  /** Sends what was missed again. */
  async recover(endpointId: string, body: RecoverDeliveriesBody, options?: CallOptions): Promise<Recovery> {
    const path = { endpoint_id: endpointId };
    return (await this.#connection.call('recoverDeliveries', { path, body }, options)).body;
  }
}

class Deliveries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  list(query: Operations['listDeliveries']['query'] = {}, options?: CallOptions): Pages<DeliveryPage> {
    return pagesOf(this.#connection, 'listDeliveries', { query }, options);
  }

  async get(deliveryId: string, options?: CallOptions): Promise<DeliveryInFull> {
    return (await this.#connection.call('getDelivery', { path: { delivery_id: deliveryId } }, options)).body;
  }

  async resend(deliveryId: string, options?: CallOptions): Promise<DeliveryInFull> {
    return (await this.#connection.call('resendDelivery', { path: { delivery_id: deliveryId } }, options)).body;
  }
}
