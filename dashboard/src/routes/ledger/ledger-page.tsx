import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { TableProps } from '@cloudscape-design/components/table';
import type { Answer } from '../../api/client.ts';
import { AppLink, useFollow } from '../../parts/app-link.tsx';
import { List } from '../../parts/list.tsx';
import { Money } from '../../parts/money.tsx';
import { Page } from '../../parts/page.tsx';
import { When } from '../../parts/when.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { wordFor } from '../../texts/language.ts';
import { ledgerTexts as texts } from '../../texts/ledger.ts';
import { pathOfOrderId } from '../orders/path-of-order.ts';
import { ExportEntries } from './export-entries.tsx';
import { LedgerFilter, useLedgerFilter } from './ledger-filter.tsx';

type Entry = Answer<'listLedger'>['data'][number];

/** The movements of money, with the balance after each. */
export function LedgerPage() {
  const { may } = useChosen();
  const entries = useLedgerFilter();
  const { values, isFiltered, clear } = entries;
  const follow = useFollow();
  const search = values.currency ? `?currency=${values.currency}` : '';
  return (
    <Page
      title={texts.title}
      description={texts.description}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button href={`/app/ledger/statement${search}`} onFollow={follow}>
            {texts.statement}
          </Button>
          <Button href={`/app/ledger/verify${search}`} onFollow={follow}>
            {texts.verify}
          </Button>
          <ExportEntries query={values} />
        </SpaceBetween>
      }
    >
      <List
        operation="listLedger"
        input={{ query: { ...values, limit: 25 } as object }}
        columns={columns(may('orders:read'))}
        rowId={({ id, currency, seq }) => `${currency} ${seq} ${id}`}
        label={texts.title}
        filter={<LedgerFilter filter={entries} />}
        isFiltered={isFiltered}
        onClearFilter={clear}
        empty={{ title: texts.noneTitle, text: texts.noneText }}
      />
    </Page>
  );
}

function columns(mayReadOrders: boolean): readonly TableProps.ColumnDefinition<Entry>[] {
  return [
    {
      id: 'what',
      header: texts.what,
      isRowHeader: true,
      minWidth: 150,
      cell: (entry) => <What entry={entry} mayReadOrders={mayReadOrders} />,
    },
    {
      id: 'amount',
      header: texts.amount,
      minWidth: 120,
      cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
    },
    {
      id: 'balance',
      header: texts.balance,
      minWidth: 140,
      cell: ({ balance_after, currency }) => <Money amount={balance_after} currency={currency} />,
    },
    { id: 'booked', header: texts.booked, minWidth: 190, cell: ({ created_at }) => <When at={created_at} /> },
    { id: 'kind', header: texts.kind, minWidth: 110, cell: ({ kind }) => wordFor(texts.kindWords, kind) },
    { id: 'seq', header: texts.number, minWidth: 70, cell: ({ seq }) => seq },
  ];
}

/** What it is for, as a way to it. */
function What({ entry, mayReadOrders }: { readonly entry: Entry; readonly mayReadOrders: boolean }) {
  const { description, order_id, agent_reference, topup_id, damaged } = entry;
  const order = mayReadOrders && order_id ? pathOfOrderId(order_id, agent_reference) : undefined;
  const to = topup_id ? `/wallet/topups/${topup_id}` : order;
  return (
    <>
      {to ? <AppLink to={to}>{description}</AppLink> : description}
      {damaged && (
        <div>
          <StatusIndicator type="error">{texts.damaged}</StatusIndicator>
        </div>
      )}
    </>
  );
}
