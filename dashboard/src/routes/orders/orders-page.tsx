import type { TableProps } from '@cloudscape-design/components/table';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { By } from '../../parts/by.tsx';
import { Filter, useFilter } from '../../parts/filter.tsx';
import { List } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { orderTexts as texts } from '../../texts/orders.ts';
import { ORDER_COLUMNS, type OrderRow } from './columns.tsx';
import { useOrderProperties } from './use-order-properties.ts';

/** All orders, narrowed by what the URL says. A reference leads to its order. */
export function OrdersPage() {
  const { properties, onOpen } = useOrderProperties();
  const { values, isFiltered, clear } = useFilter(properties);
  const { reference, ...query } = values;
  const navigate = useNavigate();
  useEffect(() => {
    if (reference) navigate({ to: `/orders/${encodeURIComponent(reference)}`, replace: true });
  }, [reference, navigate]);
  return (
    <Page title={texts.title} description={texts.description}>
      <List
        operation="listOrders"
        input={{ query: { ...query, limit: 25 } }}
        columns={COLUMNS}
        rowId={({ id }) => id}
        label={texts.title}
        filter={<Filter properties={properties} placeholder={texts.filter} freeText={propertyOf} onOpen={onOpen} />}
        isFiltered={isFiltered}
        onClearFilter={clear}
        isOpen={({ final }) => !final}
        searchedTo={({ searched_to }) => searched_to}
        empty={{ title: texts.noneTitle, text: texts.noneText }}
      />
    </Page>
  );
}

const BY_PREFIX: Readonly<Record<string, string>> = {
  ...{ bat_: 'batch_id', cmp_: 'campaign_id', key_: 'key_id', mem_: 'member_id' },
};

/** A text of digits is a number or a meter, an id what it is of, and all else a reference. */
function propertyOf(text: string): string {
  if (/^\+?[\d\s-]{7,}$/.test(text)) return 'target';
  const [, prefix = ''] = /^([a-z]{3}_)[0-9a-z]{20,24}$/.exec(text) ?? [];
  return BY_PREFIX[prefix] ?? 'reference';
}

const COLUMNS: readonly TableProps.ColumnDefinition<OrderRow>[] = [
  ...ORDER_COLUMNS,
  { id: 'by', header: texts.by, minWidth: 154, cell: ({ created_by }) => <By actor={created_by} /> },
];
