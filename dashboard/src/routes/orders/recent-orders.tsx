import { AppLink } from '../../parts/app-link.tsx';
import { List } from '../../parts/list.tsx';
import { orderTexts as texts } from '../../texts/orders.ts';
import { ORDER_COLUMNS } from './columns.tsx';

export const LATEST = { query: { limit: 5 } };

/** The latest few orders, on the overview, which reads them again when what is undecided changes. */
export function RecentOrders() {
  return (
    <List
      operation="listOrders"
      input={LATEST}
      columns={ORDER_COLUMNS}
      rowId={({ id }) => id}
      label={texts.recent}
      title={texts.recent}
      actions={<AppLink to="/orders">{texts.all}</AppLink>}
      empty={{ title: texts.noneTitle, text: texts.noneText }}
    />
  );
}
