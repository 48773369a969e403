import type {
  Batch,
  BatchPage,
  CancelledBatch,
  CreateBulkBody,
  NewPreview,
  Operations,
  Preview,
  PreviewBulkBody,
  RowPage,
  Upload,
} from '../api.ts';
import type { CallOptions, Connection } from '../connection.ts';
import { fileParts } from '../files.ts';
import type { Pages } from '../pages.ts';
import { pagesOf } from '../pages.ts';

export class Bulk {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Says for each row what would be sent. Nothing is sent or reserved. */
  async preview(body: PreviewBulkBody, options?: CallOptions): Promise<NewPreview> {
    return (await this.#connection.call('previewBulk', { body }, options)).body;
  }

  /** The first page of a preview, with its totals. */
  async getPreview(
    previewId: string,
    query: Operations['getPreview']['query'] = {},
    options?: CallOptions,
  ): Promise<Preview> {
    return (await this.#connection.call('getPreview', { path: { preview_id: previewId }, query }, options)).body;
  }

  /** Pays for all rows at once, then sends them. The same file, or the same `batch_reference`, is the same batch. */
  async send(body: CreateBulkBody, options?: CallOptions): Promise<Batch> {
    const { batch_reference: reference } = body;
    return (await this.#connection.call('createBulk', { body, ...(reference ? { reference } : {}) }, options)).body;
  }

  async get(batchId: string, options?: CallOptions): Promise<Batch> {
    return (await this.#connection.call('getBulk', { path: { batch_id: batchId } }, options)).body;
  }

  list(query: Operations['listBulk']['query'] = {}, options?: CallOptions): Pages<BatchPage> {
    return pagesOf(this.#connection, 'listBulk', { query }, options);
  }

  /** The rows of a batch and the result of each. */
  rows(batchId: string, query: RowsQuery = {}, options?: CallOptions): Pages<RowPage> {
    const path = { batch_id: batchId };
    return pagesOf(this.#connection, 'listBulkRows', { path, query }, options);
  }

  /** The rows as CSV, in parts. */
  exportRows(batchId: string, query: RowsQuery = {}, options?: CallOptions): AsyncIterable<string> {
    const input = { path: { batch_id: batchId }, query: { ...query, format: 'csv' as const } };
    return fileParts(this.#connection, () => this.#connection.call('listBulkRows', input, options), options);
  }

  /** Stops the rows that were not sent. */
  async cancel(batchId: string, options?: CallOptions): Promise<CancelledBatch> {
    return (await this.#connection.call('cancelBulk', { path: { batch_id: batchId } }, options)).body;
  }

  /** Makes a batch of the rows that failed. */
  async retryFailed(batchId: string, options?: CallOptions): Promise<Batch> {
    return (await this.#connection.call('retryBulk', { path: { batch_id: batchId } }, options)).body;
  }

  /** An example of a file. */
  async template(options?: CallOptions): Promise<string> {
    return (await this.#connection.call('getBulkTemplate', {}, options)).body;
  }

  async createUpload(bytes: number, options?: CallOptions): Promise<Upload> {
    return (await this.#connection.call('createUpload', { body: { bytes } }, options)).body;
  }

  /** Uploads a file of up to 10 MB, and returns the `upload_id` that `preview` and `send` take. */
  async upload(file: string | Uint8Array, options?: CallOptions): Promise<string> {
    const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : new Uint8Array(file);
    const upload = await this.createUpload(bytes.byteLength, options);
    await this.#connection.put(upload.upload_url, bytes.buffer, options);
    return upload.upload_id;
  }
}

type RowsQuery = Omit<Operations['listBulkRows']['query'], 'format'>;
