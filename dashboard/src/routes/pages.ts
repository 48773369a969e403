import type { ComponentType } from 'react';
import { shellTexts as texts } from '../texts/shell.ts';

/** All pages of the dashboard: a line each. What is loaded for a page is loaded when it is asked for. */

export interface PageEntry {
  /** Below `/app`; `$` before what is different in each address. */
  readonly path: string;
  readonly title: string;
  /** Without it, the page is reached from another one only. */
  readonly group?: GroupName;
  /** What a role needs to be shown the page. The API refuses the rest whatever the menu shows. */
  readonly scope?: string;
  readonly load: () => Promise<ComponentType>;
}

export const GROUPS = ['start', 'send', 'money', 'developers', 'settings'] as const;
export type GroupName = (typeof GROUPS)[number];

export const pages: readonly PageEntry[] = [
  {
    path: '/',
    title: texts.pages.overview,
    group: 'start',
    load: async () => (await import('./overview/overview-page.tsx')).OverviewPage,
  },
  {
    path: '/orders',
    title: texts.pages.orders,
    group: 'start',
    scope: 'orders:read',
    load: async () => (await import('./orders/orders-page.tsx')).OrdersPage,
  },
  {
    path: '/orders/$id',
    title: texts.pages.order,
    scope: 'orders:read',
    load: async () => (await import('./orders/order-page.tsx')).OrderPage,
  },
  {
    path: '/send',
    title: texts.pages.send,
    group: 'send',
    scope: 'orders:write',
    load: async () => (await import('./send/send-page.tsx')).SendPage,
  },
  {
    path: '/bulk',
    title: texts.pages.bulk,
    group: 'send',
    scope: 'orders:read',
    load: async () => (await import('./bulk/bulk-page.tsx')).BulkPage,
  },
  {
    path: '/bulk/new',
    title: texts.pages.newBatch,
    scope: 'orders:write',
    load: async () => (await import('./bulk/new-batch-page.tsx')).NewBatchPage,
  },
  {
    path: '/bulk/$id',
    title: texts.pages.batch,
    scope: 'orders:read',
    load: async () => (await import('./bulk/batch-page.tsx')).BatchPage,
  },
  {
    path: '/wallet',
    title: texts.pages.wallet,
    group: 'money',
    scope: 'wallet:read',
    load: async () => (await import('./wallet/wallet-page.tsx')).WalletPage,
  },
  {
    path: '/wallet/topups/$id',
    title: texts.pages.topup,
    scope: 'wallet:read',
    load: async () => (await import('./wallet/topup-page.tsx')).TopupPage,
  },
  {
    path: '/ledger',
    title: texts.pages.ledger,
    group: 'money',
    scope: 'wallet:read',
    load: async () => (await import('./ledger/ledger-page.tsx')).LedgerPage,
  },
  {
    path: '/ledger/statement',
    title: texts.pages.statement,
    scope: 'wallet:read',
    load: async () => (await import('./ledger/statement-page.tsx')).StatementPage,
  },
  {
    path: '/ledger/verify',
    title: texts.pages.verify,
    scope: 'wallet:read',
    load: async () => (await import('./ledger/verify-page.tsx')).VerifyPage,
  },
  {
    path: '/keys',
    title: texts.pages.keys,
    group: 'developers',
    scope: 'keys:write',
    load: async () => (await import('./keys/keys-page.tsx')).KeysPage,
  },
  {
    path: '/keys/new',
    title: texts.pages.newKey,
    scope: 'keys:write',
    load: async () => (await import('./keys/new-key-page.tsx')).NewKeyPage,
  },
  {
    path: '/webhooks',
    title: texts.pages.webhooks,
    group: 'developers',
    scope: 'webhooks:read',
    load: async () => (await import('./webhooks/webhooks-page.tsx')).WebhooksPage,
  },
  {
    path: '/webhooks/new',
    title: texts.pages.newWebhook,
    scope: 'webhooks:write',
    load: async () => (await import('./webhooks/new-webhook-page.tsx')).NewWebhookPage,
  },
  {
    path: '/webhooks/$id',
    title: texts.pages.webhook,
    scope: 'webhooks:read',
    load: async () => (await import('./webhooks/webhook-page.tsx')).WebhookPage,
  },
  {
    path: '/events',
    title: texts.pages.events,
    group: 'developers',
    scope: 'webhooks:read',
    load: async () => (await import('./webhooks/events-page.tsx')).EventsPage,
  },
  {
    path: '/events/$id',
    title: texts.pages.event,
    scope: 'webhooks:read',
    load: async () => (await import('./webhooks/event-page.tsx')).EventPage,
  },
  {
    path: '/requests',
    title: texts.pages.requests,
    group: 'developers',
    scope: 'requests:read',
    load: async () => (await import('./requests/requests-page.tsx')).RequestsPage,
  },
  {
    path: '/requests/$id',
    title: texts.pages.request,
    scope: 'requests:read',
    load: async () => (await import('./requests/request-page.tsx')).RequestPage,
  },
  {
    path: '/errors',
    title: texts.pages.errors,
    group: 'developers',
    scope: 'requests:read',
    load: async () => (await import('./requests/errors-page.tsx')).ErrorsPage,
  },
  {
    path: '/campaigns',
    title: texts.pages.campaigns,
    group: 'send',
    scope: 'campaigns:read',
    load: async () => (await import('./campaigns/campaigns-page.tsx')).CampaignsPage,
  },
  {
    path: '/campaigns/new',
    title: texts.pages.newCampaign,
    scope: 'campaigns:write',
    load: async () => (await import('./campaigns/new-campaign-page.tsx')).NewCampaignPage,
  },
  {
    path: '/campaigns/$id',
    title: texts.pages.campaign,
    scope: 'campaigns:read',
    load: async () => (await import('./campaigns/campaign-page.tsx')).CampaignPage,
  },
  {
    path: '/campaigns/$id/edit',
    title: texts.pages.editCampaign,
    scope: 'campaigns:write',
    load: async () => (await import('./campaigns/edit-campaign-page.tsx')).EditCampaignPage,
  },
  {
    path: '/settings/business',
    title: texts.pages.business,
    group: 'settings',
    scope: 'account:read',
    load: async () => (await import('./settings/business-page.tsx')).BusinessPage,
  },
  {
    path: '/settings/team',
    title: texts.pages.team,
    group: 'settings',
    scope: 'team:read',
    load: async () => (await import('./settings/team-page.tsx')).TeamPage,
  },
  {
    path: '/settings/notifications',
    title: texts.pages.notifications,
    group: 'settings',
    scope: 'team:read',
    load: async () => (await import('./settings/notifications-page.tsx')).NotificationsPage,
  },
  {
    path: '/settings/audit',
    title: texts.pages.audit,
    group: 'settings',
    scope: 'audit:read',
    load: async () => (await import('./settings/audit-page.tsx')).AuditPage,
  },
];
