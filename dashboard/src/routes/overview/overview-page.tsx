import { Page } from '../../parts/page.tsx';
import { shellTexts } from '../../texts/shell.ts';
import { RecentOrders } from '../orders/recent-orders.tsx';

export function OverviewPage() {
  return (
    <Page title={shellTexts.pages.overview}>
      <RecentOrders />
    </Page>
  );
}
