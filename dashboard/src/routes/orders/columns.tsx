import type { TableProps } from '@cloudscape-design/components/table';
import type { Answer } from '../../api/client.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { Money } from '../../parts/money.tsx';
import { When } from '../../parts/when.tsx';
import { orderTexts as texts } from '../../texts/orders.ts';
import { OrderStatus } from './order-status.tsx';
import { pathOfOrder } from './path-of-order.ts';

export type OrderRow = Answer<'listOrders'>['data'][number];

export const ORDER_COLUMNS: readonly TableProps.ColumnDefinition<OrderRow>[] = [
  {
    id: 'reference',
    header: texts.reference,
    isRowHeader: true,
    minWidth: 130,
    cell: (order) => (
      <AppLink to={pathOfOrder(order)}>
        <span className="anywhere">{order.agent_reference}</span>
      </AppLink>
    ),
  },
  {
    id: 'status',
    header: texts.status,
    minWidth: 130,
    cell: ({ status, under_review }) => <OrderStatus status={status} isReviewed={under_review === true} />,
  },
  {
    id: 'amount',
    header: texts.amount,
    minWidth: 110,
    cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
  },
  { id: 'target', header: texts.number, minWidth: 130, cell: ({ target }) => target },
  { id: 'network', header: texts.network, minWidth: 100, cell: ({ network }) => network },
  { id: 'created', header: texts.created, minWidth: 115, cell: ({ created_at }) => <When at={created_at} /> },
];
