import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useChange, useRead } from '../../api/queries.ts';
import { useFollow } from '../../parts/app-link.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { campaignTexts as texts } from '../../texts/campaigns.ts';
import { shellTexts } from '../../texts/shell.ts';
import { BudgetBars } from './budget-bars.tsx';
import { CampaignTerms } from './campaign-terms.tsx';
import { Payouts } from './payouts.tsx';
import { RotateSecret } from './rotate-secret.tsx';
import { SamplesLater } from './samples-later.tsx';

/** One campaign: what it may pay, what it has paid, and how to ask it. */
export function CampaignPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const campaign = useRead('getCampaign', { path: { campaign_id: id } });
  return (
    <Page
      title={campaign.data?.name ?? shellTexts.pages.campaign}
      actions={campaign.data && <Actions campaign={campaign.data} />}
    >
      <Loaded query={campaign}>
        {(data) => (
          <SpaceBetween size="l">
            <BudgetBars campaign={data} />
            <CampaignTerms campaign={data} />
            <Payouts campaignId={data.id} />
            <SamplesLater campaign={data} />
          </SpaceBetween>
        )}
      </Loaded>
    </Page>
  );
}

/** Pausing and resuming may be repeated. Resuming allows more, so it needs the right to spend. */
function Actions({ campaign }: { readonly campaign: Answer<'getCampaign'> }) {
  const { may } = useChosen();
  const follow = useFollow();
  const change = useChange('updateCampaign');
  const [isRotating, setIsRotating] = useState(false);
  if (!may('campaigns:write')) return null;
  const { id, paused } = campaign;
  const pause = () => change.mutate({ path: { campaign_id: id }, body: { paused: !paused } });
  return (
    <SpaceBetween size="xs">
      <SpaceBetween direction="horizontal" size="xs">
        {(!paused || may('orders:write')) && (
          <Button loading={change.isPending} onClick={pause}>
            {paused ? texts.resume : texts.pause}
          </Button>
        )}
        <Button href={`/app/campaigns/${id}/edit`} onFollow={follow}>
          {texts.edit}
        </Button>
        {may('orders:write') && <Button onClick={() => setIsRotating(true)}>{texts.rotate}</Button>}
      </SpaceBetween>
      {change.error && <ProblemAlert error={change.error} onRetry={pause} />}
      {isRotating && <RotateSecret campaignId={id} onClose={() => setIsRotating(false)} />}
    </SpaceBetween>
  );
}
