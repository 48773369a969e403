import Button from '@cloudscape-design/components/button';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import type { TableProps } from '@cloudscape-design/components/table';
import { AppLink, useFollow } from '../../parts/app-link.tsx';
import { DocsLink } from '../../parts/docs-link.tsx';
import { List } from '../../parts/list.tsx';
import { moneyText } from '../../parts/money-text.ts';
import { Page } from '../../parts/page.tsx';
import { When } from '../../parts/when.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { campaignTexts as texts } from '../../texts/campaigns.ts';
import { CampaignState } from './campaign-state.tsx';
import { type Campaign, shareOf } from './state-of.ts';

/** All campaigns of this mode, with what each has spent of its budget. */
export function CampaignsPage() {
  const { may } = useChosen();
  const follow = useFollow();
  const create = may('campaigns:write') && may('orders:write') && (
    <Button variant="primary" href="/app/campaigns/new" onFollow={follow}>
      {texts.create}
    </Button>
  );
  return (
    <Page
      title={texts.title}
      description={
        <>
          {texts.description} <DocsLink to="campaigns">{texts.guide}</DocsLink>
        </>
      }
      actions={create}
    >
      <List
        operation="listCampaigns"
        input={{ query: { limit: 25 } }}
        columns={COLUMNS}
        rowId={({ id }) => id}
        label={texts.title}
        title={texts.title}
        empty={{ title: texts.none, text: texts.noneText, action: create }}
      />
    </Page>
  );
}

const COLUMNS: readonly TableProps.ColumnDefinition<Campaign>[] = [
  {
    id: 'name',
    header: texts.name,
    isRowHeader: true,
    minWidth: 150,
    cell: ({ id, name }) => <AppLink to={`/campaigns/${id}`}>{name}</AppLink>,
  },
  { id: 'state', header: texts.state, minWidth: 140, cell: (campaign) => <CampaignState campaign={campaign} /> },
  {
    id: 'budget',
    header: texts.budget,
    minWidth: 240,
    cell: ({ name, spent, budget, currency }) => (
      <ProgressBar
        value={shareOf(spent, budget)}
        ariaLabel={`${texts.budget}: ${name}`}
        description={
          spent === null || budget === null
            ? undefined
            : texts.of(moneyText(spent, currency), moneyText(budget, currency))
        }
      />
    ),
  },
  { id: 'payouts', header: texts.payouts, minWidth: 100, cell: ({ payouts }) => payouts },
  { id: 'created', header: texts.created, minWidth: 150, cell: ({ created_at }) => <When at={created_at} /> },
];
