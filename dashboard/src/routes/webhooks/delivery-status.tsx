import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { wordFor } from '../../texts/language.ts';
import { webhookTexts as texts } from '../../texts/webhooks.ts';

const KINDS: Readonly<Record<string, StatusIndicatorProps.Type>> = {
  delivered: 'success',
  failed: 'error',
  pending: 'in-progress',
};

export function DeliveryStatus({ status }: { readonly status: string }) {
  return <StatusIndicator type={KINDS[status] ?? 'stopped'}>{wordFor(texts.statusWords, status)}</StatusIndicator>;
}
