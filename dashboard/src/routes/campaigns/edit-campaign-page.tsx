import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange, useRead } from '../../api/queries.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { campaignTexts as texts } from '../../texts/campaigns.ts';
import type { Campaign } from './state-of.ts';
import { isShownAtField } from './terms-field.tsx';
import { changesOf, typedOf } from './terms-form.ts';
import { TermsFrame } from './terms-frame.tsx';

export function EditCampaignPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const campaign = useRead('getCampaign', { path: { campaign_id: id } });
  return (
    <Page title={texts.form.editTitle}>
      <Loaded query={campaign}>{(data) => <Edit campaign={data} />}</Loaded>
    </Page>
  );
}

/** Begins with the terms as they were when the page was opened. The same change again changes nothing. */
function Edit({ campaign }: { readonly campaign: Campaign }) {
  const navigate = useNavigate();
  const { may } = useChosen();
  const [before] = useState(() => typedOf(campaign));
  const [terms, setTerms] = useState(before);
  const change = useChange('updateCampaign');
  const toCampaign = () => navigate({ to: `/campaigns/${campaign.id}` });
  return (
    <SpaceBetween size="l">
      {!may('orders:write') && <Alert type="info">{texts.form.widen}</Alert>}
      <TermsFrame
        terms={terms}
        onChange={setTerms}
        isNew={false}
        error={change.error}
        action={texts.form.save}
        isPending={change.isPending}
        problem={change.error && !isShownAtField(change.error) && <ProblemAlert error={change.error} />}
        onSubmit={() => {
          const body = changesOf(before, terms);
          if (Object.keys(body).length === 0) toCampaign();
          else change.mutate({ path: { campaign_id: campaign.id }, body }, { onSuccess: toCampaign });
        }}
        onCancel={toCampaign}
      />
    </SpaceBetween>
  );
}
