import Header from '@cloudscape-design/components/header';
import { useQuery } from '@tanstack/react-query';
import { type Answer, call, type Scope } from '../../api/client.ts';
import { useScope } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Money } from '../../parts/money.tsx';
import { Rows } from '../../parts/rows.tsx';
import { When } from '../../parts/when.tsx';
import { orderTexts as texts } from '../../texts/orders.ts';
import { windowsOf } from './entry-windows.ts';

type Order = Answer<'getOrder'>;
type Entry = Answer<'listLedger'>['data'][number];

/** What an order did to the wallet. */
export function OrderEntries({ order }: { readonly order: Order }) {
  const scope = useScope();
  const entries = useQuery<Entry[], Error>({
    queryKey: [scope, 'entries of', order.id, order.timeline.length],
    queryFn: () => entriesOf(scope, order),
  });
  return (
    <Loaded query={entries}>
      {(items) => (
        <Rows
          items={items}
          trackBy="id"
          ariaLabels={{ tableLabel: texts.entriesLabel }}
          header={<Header variant="h2">{texts.entries}</Header>}
          empty={
            order.batch_id ? (
              <Empty
                title={texts.batchEntries}
                text={texts.batchEntriesText}
                action={<AppLink to={`/bulk/${order.batch_id}`}>{texts.batch}</AppLink>}
              />
            ) : (
              <Empty title={texts.noEntries} text={texts.noEntriesText} />
            )
          }
          columnDefinitions={[
            { id: 'seq', header: '#', cell: ({ seq }) => seq },
            {
              id: 'amount',
              header: texts.amount,
              cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
            },
            { id: 'what', header: texts.entryKind, minWidth: 180, cell: ({ description }) => description },
            {
              id: 'balance',
              header: texts.balance,
              cell: ({ balance_after, currency }) => <Money amount={balance_after} currency={currency} />,
            },
            { id: 'at', header: texts.booked, minWidth: 190, cell: ({ created_at }) => <When at={created_at} /> },
          ]}
        />
      )}
    </Loaded>
  );
}

/** The ledger is read by time: an entry of an order is written with one of its steps. */
async function entriesOf(scope: Scope, { id, currency, timeline }: Order): Promise<Entry[]> {
  const windows = windowsOf(timeline.map(({ at }) => at));
  const pages = await Promise.all(
    windows.map((window) => call(scope, 'listLedger', { query: { currency, ...window, limit: 100 } })),
  );
  return pages.flatMap(({ data }) => data).filter(({ order_id }) => order_id === id);
}
