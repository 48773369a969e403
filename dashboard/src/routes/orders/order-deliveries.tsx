import { AppLink } from '../../parts/app-link.tsx';
import { List } from '../../parts/list.tsx';
import { When } from '../../parts/when.tsx';
import { orderTexts as texts } from '../../texts/orders.ts';
import { DeliveryStatus } from '../webhooks/delivery-status.tsx';

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
        {
          id: 'event',
          header: texts.event,
          isRowHeader: true,
          cell: ({ id, event_type }) => <AppLink to={`/events/${id}`}>{event_type}</AppLink>,
        },
        {
          id: 'status',
          header: texts.status,
          minWidth: 130,
          cell: ({ status }) => <DeliveryStatus status={status} />,
        },
        { id: 'attempts', header: texts.attempts, cell: ({ tries }) => tries },
        { id: 'answer', header: texts.answer, cell: ({ last_status }) => last_status ?? '–' },
        { id: 'time', header: texts.time, minWidth: 190, cell: ({ created_at }) => <When at={created_at} /> },
      ]}
    />
  );
}
