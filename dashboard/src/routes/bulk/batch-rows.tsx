import Select from '@cloudscape-design/components/select';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { TableProps } from '@cloudscape-design/components/table';
import type { Batch, LeftOutRow, SentRow } from '../../../../sdk/typescript/src/api.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { List } from '../../parts/list.tsx';
import { Money } from '../../parts/money.tsx';
import { useUrlSearch } from '../../parts/use-search.ts';
import { bulkTexts as texts } from '../../texts/bulk.ts';
import { OrderStatus } from '../orders/order-status.tsx';

/** Each row of a batch and its result; those of one status where the address says so. */
export function BatchRows({ batch }: { readonly batch: Batch }) {
  const [{ status = '' }, change] = useUrlSearch();
  return (
    <List
      operation="listBulkRows"
      input={{ path: { batch_id: batch.id }, query: { ...(status ? { status: status as 'success' } : {}), limit: 25 } }}
      columns={COLUMNS}
      rowId={({ row }) => String(row)}
      label={texts.rowList}
      title={texts.rowList}
      filter={
        <Select
          options={STATUSES}
          selectedOption={STATUSES.find(({ value }) => value === status) ?? null}
          ariaLabel={texts.filter}
          onChange={({ detail }) => change({ status: detail.selectedOption.value })}
        />
      }
      isFiltered={status !== ''}
      onClearFilter={() => change({ status: undefined })}
      isOpen={(row) => row.status === 'pending' || row.status === 'unknown'}
      empty={{ title: texts.noRowsTitle, text: texts.noRowsText }}
    />
  );
}

const STATUSES = [
  { value: '', label: texts.allStatuses },
  ...Object.entries(texts.counts).map(([value, label]) => ({ value, label })),
];

const COLUMNS: readonly TableProps.ColumnDefinition<SentRow | LeftOutRow>[] = [
  { id: 'row', header: texts.row, isRowHeader: true, minWidth: 70, cell: ({ row }) => row },
  { id: 'status', header: texts.status, minWidth: 140, cell: (row) => <RowStatus row={row} /> },
  { id: 'number', header: texts.number, minWidth: 150, cell: (row) => ('msisdn' in row ? row.msisdn : row.target) },
  {
    id: 'amount',
    header: texts.amount,
    minWidth: 110,
    cell: (row) => ('currency' in row ? <Money amount={row.amount} currency={row.currency} /> : row.amount),
  },
  { id: 'message', header: texts.message, minWidth: 200, cell: messageOf },
  { id: 'order', header: texts.order, minWidth: 230, cell: (row) => <RowOrder row={row} /> },
];

function RowStatus({ row }: { readonly row: SentRow | LeftOutRow }) {
  if ('errors' in row) return <StatusIndicator type="stopped">{texts.counts.left_out}</StatusIndicator>;
  return <OrderStatus status={row.status} />;
}

function messageOf(row: SentRow | LeftOutRow): string {
  if ('errors' in row) return row.errors.map(({ detail }) => detail).join(' ');
  return row.failure?.message ?? '';
}

function RowOrder({ row }: { readonly row: SentRow | LeftOutRow }) {
  if (!('agent_reference' in row)) return null;
  if (row.order_id === null) return <>{row.agent_reference}</>;
  return <AppLink to={`/orders/${encodeURIComponent(row.agent_reference)}`}>{row.agent_reference}</AppLink>;
}
