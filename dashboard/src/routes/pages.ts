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
    path: '/settings/audit',
    title: texts.pages.audit,
    group: 'settings',
    scope: 'audit:read',
    load: async () => (await import('./settings/audit-page.tsx')).AuditPage,
  },
];
