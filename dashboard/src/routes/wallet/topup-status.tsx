import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { wordFor } from '../../texts/language.ts';
import { walletTexts as texts } from '../../texts/wallet.ts';

const KINDS: Readonly<Record<string, StatusIndicatorProps.Type>> = {
  pending: 'pending',
  success: 'success',
  failed: 'error',
  reversed: 'warning',
};

interface TopupStatusProps {
  readonly status: string;
  readonly isReviewed?: boolean;
}

export function TopupStatus({ status, isReviewed = false }: TopupStatusProps) {
  const words = wordFor(texts.statusWords, status);
  return <StatusIndicator type={KINDS[status] ?? 'info'}>{isReviewed ? texts.underReview : words}</StatusIndicator>;
}
