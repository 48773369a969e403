import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Problem } from '../../api/problem.ts';
import { useChange } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { focusHeading } from '../../parts/focus-heading.ts';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useDraft } from '../../parts/use-draft.ts';
import { campaignTexts as texts } from '../../texts/campaigns.ts';
import { SamplesLater } from './samples-later.tsx';
import { SecretOnce } from './secret-once.tsx';
import { isShownAtField } from './terms-field.tsx';
import { bodyOf, NEW_TERMS } from './terms-form.ts';
import { TermsFrame } from './terms-frame.tsx';

/** Creates a campaign, and shows its secret here and only once. */
export function NewCampaignPage() {
  const navigate = useNavigate();
  const [terms, setTerms, clear] = useDraft('campaign', NEW_TERMS);
  const create = useChange('createCampaign');
  const submit = () => {
    const { currency, oncePerNumber, budget } = terms;
    const body = { ...bodyOf(terms), budget: budget.trim(), name: terms.name.trim(), currency };
    create.mutate({ body: { ...body, one_per_number: oncePerNumber } }, { onSuccess: clear });
  };
  const isCreated = create.isSuccess;
  useEffect(() => {
    if (!isCreated) return;
    window.scrollTo(0, 0);
    focusHeading();
  }, [isCreated]);
  if (create.data) {
    const { id, name, secret } = create.data;
    return (
      <Page
        title={texts.createdTitle(name)}
        actions={
          <Button variant="primary" onClick={() => navigate({ to: `/campaigns/${id}` })}>
            {texts.stored}
          </Button>
        }
      >
        <SpaceBetween size="l">
          <SecretOnce secret={secret} />
          <SamplesLater campaign={create.data} />
        </SpaceBetween>
      </Page>
    );
  }
  return (
    <Page title={texts.create}>
      <TermsFrame
        terms={terms}
        onChange={setTerms}
        isNew
        error={create.error}
        action={texts.create}
        isPending={create.isPending}
        problem={create.error && !isShownAtField(create.error) && <CreateProblem error={create.error} />}
        onSubmit={submit}
        onCancel={() => navigate({ to: '/campaigns' })}
      />
    </Page>
  );
}

/** A refusal; or no answer, after which there may be a campaign whose secret nobody has. */
function CreateProblem({ error }: { readonly error: Error }) {
  if (!(error instanceof Problem && (error.isOffline || error.status >= 500))) return <ProblemAlert error={error} />;
  return (
    <Alert type="warning" header={texts.notCreated} action={<AppLink to="/campaigns">{texts.toList}</AppLink>}>
      {texts.notCreatedText}
    </Alert>
  );
}
