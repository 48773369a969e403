import Box from '@cloudscape-design/components/box';
import type { TableProps } from '@cloudscape-design/components/table';
import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { Filter, type FilterProperty, useFilter } from '../../parts/filter.tsx';
import { List } from '../../parts/list.tsx';
import { When } from '../../parts/when.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { webhookTexts as texts } from '../../texts/webhooks.ts';
import { pathOfOrderId } from '../orders/path-of-order.ts';
import { DeliveryStatus } from './delivery-status.tsx';
import { OrderLink } from './order-link.tsx';

type Row = Answer<'listDeliveries'>['data'][number];

interface DeliveryListProps {
  readonly properties: readonly FilterProperty[];
  /** Only what goes to this one. */
  readonly endpointId?: string;
  readonly title?: string;
}

/** Deliveries, narrowed by what the URL says. */
export function DeliveryList({ properties, endpointId, title }: DeliveryListProps) {
  const { values, isFiltered, clear } = useFilter(properties);
  return (
    <List
      operation="listDeliveries"
      input={{ query: { ...(values as object), ...(endpointId ? { endpoint_id: endpointId } : {}), limit: 25 } }}
      columns={COLUMNS}
      rowId={({ id }) => id}
      label={title ?? texts.eventsTitle}
      {...(title ? { title } : {})}
      filter={<Filter properties={properties} placeholder={endpointId ? texts.filterHere : texts.filter} />}
      isFiltered={isFiltered}
      onClearFilter={clear}
      isOpen={({ status }) => status === 'pending'}
      empty={{ title: texts.noDeliveries, text: texts.noDeliveriesText }}
    />
  );
}

export const STATUS_PROPERTY: FilterProperty = {
  key: 'status',
  label: texts.deliveryStatus,
  plural: texts.deliveryStatuses,
  options: Object.entries(texts.statusWords).map(([value, label]) => ({ value, label })),
};
export const ORDER_PROPERTY: FilterProperty = { key: 'order_id', label: texts.order, plural: texts.orders };
export const FROM_PROPERTY: FilterProperty = { key: 'from', label: texts.from, plural: texts.dates };

/** The event, and where it goes. */
function What({ delivery: { id, event_type, endpoint_id, url } }: { readonly delivery: Row }) {
  const { may } = useChosen();
  const endpoints = useRead('listEndpoints', {}, { enabled: may('webhooks:read') });
  const address = url ?? endpoints.data?.data.find((each) => each.id === endpoint_id)?.url;
  return (
    <>
      <div>
        <AppLink to={`/events/${id}`}>{event_type}</AppLink>
      </div>
      {address && (
        <Box variant="small">
          <span className="anywhere">{address}</span>
        </Box>
      )}
    </>
  );
}

const COLUMNS: readonly TableProps.ColumnDefinition<Row>[] = [
  {
    id: 'event',
    header: texts.event,
    isRowHeader: true,
    minWidth: 140,
    cell: (row) => <What delivery={row} />,
  },
  {
    id: 'status',
    header: texts.deliveryStatus,
    minWidth: 130,
    cell: ({ status }) => <DeliveryStatus status={status} />,
  },
  {
    id: 'attempts',
    header: texts.attempts,
    minWidth: 100,
    cell: ({ tries, resends }) => texts.attemptsOf(tries, resends),
  },
  { id: 'answer', header: texts.answer, minWidth: 90, cell: ({ last_status }) => last_status ?? '–' },
  {
    id: 'order',
    header: texts.order,
    minWidth: 160,
    cell: ({ order_id, agent_reference }) =>
      order_id ? <OrderLink id={order_id} to={pathOfOrderId(order_id, agent_reference)} /> : '–',
  },
  { id: 'time', header: texts.time, minWidth: 115, cell: ({ created_at }) => <When at={created_at} /> },
  { id: 'next', header: texts.next, minWidth: 115, cell: ({ next_try_at }) => <When at={next_try_at} /> },
];
