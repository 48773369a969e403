import Select from '@cloudscape-design/components/select';
import type { TableProps } from '@cloudscape-design/components/table';
import type { Answer } from '../../api/client.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { List } from '../../parts/list.tsx';
import { Money } from '../../parts/money.tsx';
import { useUrlSearch } from '../../parts/use-search.ts';
import { When } from '../../parts/when.tsx';
import { campaignTexts as texts } from '../../texts/campaigns.ts';
import { orderTexts } from '../../texts/orders.ts';
import { OrderStatus } from '../orders/order-status.tsx';
import { PayoutsFile } from './payouts-file.tsx';

type Payout = Answer<'listPayouts'>['data'][number];

/** Who was paid, newest first; narrowed by the status that the URL says. */
export function Payouts({ campaignId }: { readonly campaignId: string }) {
  const [{ status = '' }, change] = useUrlSearch();
  const options = [
    { value: '', label: texts.anyStatus },
    ...Object.entries(orderTexts.statusWords).map(([value, label]) => ({ value, label })),
  ];
  return (
    <List
      operation="listPayouts"
      input={{ path: { campaign_id: campaignId }, query: { ...(status ? { status } : {}), limit: 25 } as never }}
      columns={COLUMNS}
      rowId={({ id }) => id}
      label={texts.payoutsLabel}
      title={texts.payouts}
      actions={<PayoutsFile campaignId={campaignId} status={status} />}
      filter={
        <Select
          selectedOption={options.find(({ value }) => value === status) ?? null}
          options={options}
          ariaLabel={texts.filterStatus}
          onChange={({ detail }) => change({ status: detail.selectedOption.value })}
        />
      }
      isFiltered={status !== ''}
      onClearFilter={() => change({ status: undefined })}
      isOpen={({ final }) => !final}
      empty={{ title: texts.noPayouts, text: texts.noPayoutsText }}
    />
  );
}

const COLUMNS: readonly TableProps.ColumnDefinition<Payout>[] = [
  {
    id: 'respondent',
    header: texts.respondent,
    isRowHeader: true,
    minWidth: 130,
    cell: ({ respondent_id }) => <span className="code">{respondent_id ?? texts.erased}</span>,
  },
  { id: 'status', header: texts.status, minWidth: 130, cell: ({ status }) => <OrderStatus status={status} /> },
  {
    id: 'amount',
    header: orderTexts.amount,
    minWidth: 110,
    cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
  },
  { id: 'number', header: texts.number, minWidth: 130, cell: ({ target }) => target },
  {
    id: 'order',
    header: texts.order,
    minWidth: 155,
    cell: ({ order_id }) => (
      <AppLink to={`/orders/${order_id}`}>
        <span className="anywhere">{order_id}</span>
      </AppLink>
    ),
  },
  { id: 'failure', header: texts.failure, minWidth: 150, cell: ({ failure }) => failure?.message ?? '–' },
  { id: 'created', header: orderTexts.created, minWidth: 115, cell: ({ created_at }) => <When at={created_at} /> },
];
