import Alert from '@cloudscape-design/components/alert';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useRead } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { later } from '../../parts/later.tsx';
import { Page } from '../../parts/page.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { overviewTexts as texts } from '../../texts/overview.ts';
import { shellTexts } from '../../texts/shell.ts';
import { RecentOrders } from '../orders/recent-orders.tsx';
import { Balances } from './balances.tsx';
import { FailingEndpoints } from './failing-endpoints.tsx';
import { FirstSteps } from './first-steps.tsx';
import { Networks } from './networks.tsx';
import { Undecided } from './undecided.tsx';

/** What needs nobody now comes after the rest of the page is there. Its room is kept, so that nothing is moved. */
const Figures = later(async () => (await import('./figures.tsx')).Figures, <div className="figures-to-come" />);

/** What needs somebody now, first; then how things stand. A role sees what it may read. */
export function OverviewPage() {
  const { may } = useChosen();
  return (
    <Page title={shellTexts.pages.overview}>
      <SpaceBetween size="l">
        {may('account:read') && <Frozen />}
        <FirstSteps />
        <ColumnLayout columns={3} minColumnWidth={260}>
          {may('wallet:read') && <Balances />}
          {may('orders:read') && <Undecided />}
          {may('webhooks:read') && <FailingEndpoints />}
        </ColumnLayout>
        {may('orders:read') && <Figures />}
        {may('orders:read') && <RecentOrders />}
        <Networks />
      </SpaceBetween>
    </Page>
  );
}

function Frozen() {
  const { mode } = useChosen();
  const account = useRead('getAccount');
  if (!account.data?.frozen) return null;
  return (
    <Alert type="warning" header={texts.frozen[mode]}>
      {texts.frozenText} <AppLink to="/settings/business">{texts.frozenMore}</AppLink>
    </Alert>
  );
}
