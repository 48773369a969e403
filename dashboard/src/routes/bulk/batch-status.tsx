import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { bulkTexts as texts } from '../../texts/bulk.ts';
import { wordFor } from '../../texts/language.ts';

const KINDS: Readonly<Record<string, StatusIndicatorProps.Type>> = {
  running: 'in-progress',
  cancelling: 'in-progress',
  completed: 'success',
  cancelled: 'stopped',
};

/** Of a batch, in words, and a sign beside them. */
export function BatchStatus({ status }: { readonly status: string }) {
  return <StatusIndicator type={KINDS[status] ?? 'info'}>{wordFor(texts.statusWords, status)}</StatusIndicator>;
}
