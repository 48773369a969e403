import { AppLink } from '../../parts/app-link.tsx';
import { List } from '../../parts/list.tsx';
import { orderTexts as texts } from '../../texts/orders.ts';
import { ORDER_COLUMNS } from './columns.tsx';

/** The latest few orders, on the overview. */
export function RecentOrders() {
  return (
    <List
      operation="listOrders"
      input={{ query: { limit: 5 } }}
      columns={ORDER_COLUMNS}
      rowId={({ id }) => id}
      label={texts.recent}
      title={texts.recent}
      actions={<AppLink to="/orders">{texts.all}</AppLink>}
      isOpen={({ final }) => !final}
      empty={{ title: texts.noneTitle, text: texts.noneText }}
    />
  );
}
