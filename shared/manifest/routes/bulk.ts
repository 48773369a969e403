import { MONEY } from '../access.ts';
import type { Route } from '../route.ts';

/** Batches of orders from a CSV. */

export const bulkRoutes = {
  previewBulk: {
    name: 'preview-bulk',
    method: 'POST',
    path: '/api/v1/bulk/preview',
    scope: 'orders:read',
    access: {
      tables: { batches: 'read', orders: 'read', ledger: 'read', merchants: 'read', catalogue: 'read' },
      files: 'write',
    },
    memoryMb: 1769,
    summary: 'Checks a CSV and shows the result of each row. Nothing is sent.',
  },
  getPreview: {
    name: 'get-preview',
    method: 'GET',
    path: '/api/v1/bulk/preview/{preview_id}',
    scope: 'orders:read',
    access: { tables: { merchants: 'read' }, files: 'read' },
    memoryMb: 1769,
    summary: 'Returns a preview and its rows, page by page.',
  },
  createUpload: {
    name: 'create-upload',
    method: 'POST',
    path: '/api/v1/bulk/uploads',
    scope: 'orders:write',
    access: { tables: { merchants: 'read' }, files: 'upload' },
    summary: 'Returns a URL to upload a large CSV to.',
  },
  getBulkTemplate: {
    name: 'get-bulk-template',
    method: 'GET',
    path: '/api/v1/bulk/template',
    scope: 'products:read',
    access: { tables: { merchants: 'read' } },
    summary: 'Returns a CSV template.',
  },
  createBulk: {
    name: 'create-bulk',
    method: 'POST',
    path: '/api/v1/bulk',
    scope: 'orders:write',
    access: {
      tables: { ...MONEY, merchants: 'read', catalogue: 'read' },
      queues: ['bulk'],
      files: 'read',
    },
    memoryMb: 1769,
    summary: 'Creates a batch: pays for all rows at once, then sends them. Idempotent on batch_reference.',
    spends: true,
  },
  listBulk: {
    name: 'list-bulk',
    method: 'GET',
    path: '/api/v1/bulk',
    scope: 'orders:read',
    access: { tables: { batches: 'read', merchants: 'read' } },
    summary: 'Lists batches, newest first.',
  },
  getBulk: {
    name: 'get-bulk',
    method: 'GET',
    path: '/api/v1/bulk/{batch_id}',
    scope: 'orders:read',
    access: { tables: { batches: 'read', merchants: 'read' } },
    summary: 'Returns one batch with its progress, amounts and refunds.',
  },
  listBulkRows: {
    name: 'list-bulk-rows',
    method: 'GET',
    path: '/api/v1/bulk/{batch_id}/rows',
    scope: 'orders:read',
    access: { tables: { batches: 'read', orders: 'read', merchants: 'read' } },
    summary: 'Lists the rows of a batch and their status, as JSON or CSV.',
  },
  cancelBulk: {
    name: 'cancel-bulk',
    method: 'POST',
    path: '/api/v1/bulk/{batch_id}/cancel',
    scope: 'orders:write',
    // It moves no money: what is stopped is refunded by whoever decides the last row.
    access: { tables: { batches: 'write', merchants: 'read' }, queues: ['bulk'] },
    summary: 'Cancels a batch: rows that were not sent yet are stopped and refunded.',
  },
  retryBulk: {
    name: 'retry-bulk',
    method: 'POST',
    path: '/api/v1/bulk/{batch_id}/retry-failed',
    scope: 'orders:write',
    access: {
      tables: { ...MONEY, merchants: 'read', catalogue: 'read' },
      queues: ['bulk'],
    },
    memoryMb: 1769,
    summary: 'Creates a new batch of the rows that failed.',
    spends: true,
  },
} as const satisfies Record<string, Route>;
