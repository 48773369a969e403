import Alert, { type AlertProps } from '@cloudscape-design/components/alert';
import type { Answer } from '../../api/client.ts';
import { useNow } from '../../parts/use-now.ts';
import { relativeText } from '../../parts/when-text.ts';
import { orderTexts as texts } from '../../texts/orders.ts';
import { whatHappensNow } from './what-happens-now.ts';

type Order = Answer<'getOrder'>;

const KINDS: Readonly<Record<string, AlertProps.Type>> = { success: 'success', failed: 'error', reversed: 'warning' };

/** Announced when it changes, so that nobody has to look for it. */
export function OrderNow({ order }: { readonly order: Order }) {
  const now = useNow(order.next_check_at !== null);
  const isDue = order.next_check_at !== null && new Date(order.next_check_at).getTime() <= now;
  return (
    <Alert type={KINDS[order.status] ?? 'info'} header={texts.nowTitle}>
      <div role="status">
        {order.failure && <div>{order.failure.message}</div>}
        <div>{whatHappensNow(order)}</div>
        {order.failure?.retryable && <div>{texts.retryable}</div>}
      </div>
      {order.next_check_at && (
        <div role="timer">{isDue ? texts.dueNow : texts.nextCheck(relativeText(order.next_check_at, now))}</div>
      )}
    </Alert>
  );
}
