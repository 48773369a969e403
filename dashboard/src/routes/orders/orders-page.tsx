import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useRead } from '../../api/queries.ts';
import { Filter, type FilterProperty, useFilter } from '../../parts/filter.tsx';
import { List } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { orderTexts as texts } from '../../texts/orders.ts';
import { ORDER_COLUMNS } from './columns.tsx';

/** All orders, narrowed by what the URL says. A reference leads to its order. */
export function OrdersPage() {
  const properties = useProperties();
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
        columns={ORDER_COLUMNS}
        rowId={({ id }) => id}
        label={texts.title}
        filter={<Filter properties={properties} placeholder={texts.filter} freeText={propertyOf} />}
        isFiltered={isFiltered}
        onClearFilter={clear}
        isOpen={({ final }) => !final}
        searchedTo={({ searched_to }) => searched_to}
        empty={{ title: texts.noneTitle, text: texts.noneText }}
      />
    </Page>
  );
}

/** A text of digits is a number or a meter, an order's or a batch's name a reference. */
function propertyOf(text: string): string {
  return /^\+?[\d\s-]{7,}$/.test(text) ? 'target' : 'reference';
}

function useProperties(): readonly FilterProperty[] {
  const products = useRead('listProducts', {});
  const named = products.data?.data.map(({ id, name }) => ({ value: String(id), label: name })) ?? [];
  return [
    {
      key: 'status',
      label: texts.status,
      plural: texts.statuses,
      options: Object.entries(texts.statusWords).map(([value, label]) => ({ value, label })),
    },
    { key: 'target', label: texts.number, plural: texts.numbers },
    { key: 'product_id', label: texts.product, plural: texts.products, options: named },
    { key: 'from', label: texts.from, plural: texts.dates, options: recentDays() },
    { key: 'to', label: texts.to, plural: texts.dates, options: recentDays() },
    { key: 'reference', label: texts.reference, plural: texts.references },
  ];
}

/** Days to choose from; any other may be typed. */
function recentDays(): { value: string }[] {
  const days = Array.from({ length: 14 }, (_each, before) => new Date(Date.now() - before * 86_400_000));
  return days.map((day) => ({ value: day.toISOString().slice(0, 10) }));
}
