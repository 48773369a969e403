import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Problem } from '../../api/problem.ts';
import { useChange } from '../../api/queries.ts';
import { AppLink, useFollow } from '../../parts/app-link.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { fieldProblem } from '../../parts/problem-words.ts';
import { useDraft } from '../../parts/use-draft.ts';
import { useShown } from '../../parts/use-shown.ts';
import { partTexts } from '../../texts/parts.ts';
import { webhookTexts as texts } from '../../texts/webhooks.ts';
import { EndpointFields } from './endpoint-fields.tsx';
import { endpointBodyOf, isEndpointComplete, NEW_ENDPOINT } from './endpoint-form.ts';
import { ShownSecret } from './shown-secret.tsx';
import { VerifySnippets } from './verify-snippets.tsx';

/** Adds an endpoint, and shows its secret here and only once. */
export function NewWebhookPage() {
  const navigate = useNavigate();
  const follow = useFollow();
  const [form, setForm, clear] = useDraft('new-webhook', NEW_ENDPOINT);
  const [isTried, setIsTried] = useState(false);
  const create = useChange('createEndpoint');
  useShown(create.data);
  const submit = () => {
    setIsTried(true);
    if (isEndpointComplete(form) && !create.isPending) {
      create.mutate({ body: endpointBodyOf(form) }, { onSuccess: clear });
    }
  };
  if (create.data) {
    const { id, url, secret } = create.data;
    return (
      <Page
        title={url ?? id}
        actions={
          <Button variant="primary" href={`/app/webhooks/${id}`} onFollow={follow}>
            {texts.toEndpoint}
          </Button>
        }
      >
        <SpaceBetween size="l">
          <ShownSecret secret={secret} />
          <VerifySnippets />
        </SpaceBetween>
      </Page>
    );
  }
  return (
    <Page title={texts.create}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Form
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" formAction="none" onClick={() => navigate({ to: '/webhooks' })}>
                {partTexts.cancel}
              </Button>
              <Button variant="primary" loading={create.isPending}>
                {texts.create}
              </Button>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="m">
            <Container>
              <EndpointFields form={form} onChange={setForm} isTried={isTried} error={create.error} />
            </Container>
            {create.error && <CreateProblem error={create.error} />}
          </SpaceBetween>
        </Form>
      </form>
    </Page>
  );
}

function CreateProblem({ error }: { readonly error: Error }) {
  if (['url', 'events', 'description'].some((each) => fieldProblem(error, each))) return null;
  if (!(error instanceof Problem && (error.isOffline || error.status >= 500))) return <ProblemAlert error={error} />;
  return (
    <Alert type="warning" header={texts.createLost} action={<AppLink to="/webhooks">{texts.toList}</AppLink>}>
      {texts.createLostText}
    </Alert>
  );
}
