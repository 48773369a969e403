import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { wordFor } from '../../texts/language.ts';
import { orderTexts as texts } from '../../texts/orders.ts';

const KINDS: Readonly<Record<string, StatusIndicatorProps.Type>> = {
  pending: 'in-progress',
  success: 'success',
  failed: 'error',
  refunded: 'stopped',
  unknown: 'pending',
  reversed: 'warning',
};

interface OrderStatusProps {
  readonly status: string;
  readonly isReviewed?: boolean;
}

/** A status in words, and a sign beside them. */
export function OrderStatus({ status, isReviewed = false }: OrderStatusProps) {
  const words = wordFor(texts.statusWords, status);
  return <StatusIndicator type={KINDS[status] ?? 'info'}>{isReviewed ? texts.underReview : words}</StatusIndicator>;
}
