import type { TableProps } from '@cloudscape-design/components/table';
import type { Answer } from '../../api/client.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { List } from '../../parts/list.tsx';
import { Money } from '../../parts/money.tsx';
import { When } from '../../parts/when.tsx';
import { walletTexts as texts } from '../../texts/wallet.ts';
import { TopupStatus } from './topup-status.tsx';

type Topup = Answer<'listTopups'>['data'][number];

const COLUMNS: readonly TableProps.ColumnDefinition<Topup>[] = [
  {
    id: 'amount',
    header: texts.amount,
    isRowHeader: true,
    minWidth: 130,
    cell: ({ id, amount, currency }) => (
      <AppLink to={`/wallet/topups/${id}`}>
        <Money amount={amount} currency={currency} />
      </AppLink>
    ),
  },
  {
    id: 'status',
    header: texts.status,
    minWidth: 140,
    cell: ({ status, under_review }) => <TopupStatus status={status} isReviewed={under_review === true} />,
  },
  { id: 'created', header: texts.started, minWidth: 190, cell: ({ created_at }) => <When at={created_at} /> },
  { id: 'reference', header: texts.reference, minWidth: 180, cell: ({ reference }) => reference },
];

export function Topups() {
  return (
    <List
      operation="listTopups"
      columns={COLUMNS}
      rowId={({ id }) => id}
      label={texts.topups}
      title={texts.topups}
      isOpen={isAwaited}
      empty={{ title: texts.noTopups, text: texts.noTopupsText }}
    />
  );
}

const AWAITED_MS = 30 * 60_000;

/** A payment that nobody makes is pending for a day: it is not asked about for as long. */
function isAwaited({ status, created_at }: Topup): boolean {
  return status === 'pending' && Date.now() - new Date(created_at).getTime() < AWAITED_MS;
}
