import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { List } from '../../parts/list.tsx';
import { When } from '../../parts/when.tsx';
import { wordFor } from '../../texts/language.ts';
import { orderTexts as texts } from '../../texts/orders.ts';

const KINDS: Readonly<Record<string, StatusIndicatorProps.Type>> = {
  delivered: 'success',
  failed: 'error',
  pending: 'in-progress',
};

/** What was posted to the merchant's endpoints about an order. */
export function OrderDeliveries({ orderId }: { readonly orderId: string }) {
  return (
    <List
      operation="listDeliveries"
      input={{ query: { order_id: orderId } }}
      rowId={({ id }) => id}
      label={texts.deliveriesLabel}
      title={texts.deliveries}
      isOpen={({ status }) => status === 'pending'}
      empty={{ title: texts.noDeliveries, text: texts.noDeliveriesText }}
      columns={[
        { id: 'event', header: texts.event, isRowHeader: true, cell: ({ event_type }) => event_type },
        {
          id: 'status',
          header: texts.status,
          minWidth: 130,
          cell: ({ status }) => (
            <StatusIndicator type={KINDS[status] ?? 'stopped'}>{wordFor(texts.deliveryWords, status)}</StatusIndicator>
          ),
        },
        { id: 'attempts', header: texts.attempts, cell: ({ tries }) => tries },
        { id: 'answer', header: texts.answer, cell: ({ last_status }) => last_status ?? '–' },
        { id: 'time', header: texts.time, minWidth: 190, cell: ({ created_at }) => <When at={created_at} /> },
      ]}
    />
  );
}
