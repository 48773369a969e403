import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { Page } from '../../parts/page.tsx';
import { fieldProblem } from '../../parts/problem-words.ts';
import { useDraft } from '../../parts/use-draft.ts';
import { useShown } from '../../parts/use-shown.ts';
import { useMembership } from '../../session/chosen.tsx';
import { keyTexts as texts } from '../../texts/keys.ts';
import { partTexts } from '../../texts/parts.ts';
import { KeyFields } from './key-fields.tsx';
import { KeyProblem } from './key-problem.tsx';
import { MadeKey } from './made-key.tsx';
import { bodyOf, expiryOf, type KeyForm, NEW_KEY } from './new-key.ts';
import { keepForExamples } from './session-key.ts';

/** Makes a key, and shows it here and only once. */
export function NewKeyPage() {
  const navigate = useNavigate();
  const { merchant_id, scopes } = useMembership();
  const [draft, setForm, clear] = useDraft<KeyForm>('new-key', NEW_KEY);
  // A role gives what it has.
  const form = { ...draft, scopes: draft.scopes.filter((each) => scopes.some((own) => own === each)) };
  const [isTried, setIsTried] = useState(false);
  const create = useChange('createKey');
  useShown(create.data);
  const isGood = form.name.trim() !== '' && form.scopes.length > 0 && expiryOf(form, Date.now()) !== null;
  const submit = () => {
    setIsTried(true);
    if (!isGood || create.isPending) return;
    const onSuccess = (made: { mode: string; key: string }) => {
      keepForExamples(merchant_id, made);
      clear();
    };
    create.mutate({ body: bodyOf(form, Date.now()) }, { onSuccess });
  };
  const toList = () => navigate({ to: '/keys' });
  if (create.data) {
    return (
      <Page title={create.data.name} actions={<Button onClick={toList}>{texts.done}</Button>}>
        <Container>
          <MadeKey made={create.data} />
        </Container>
      </Page>
    );
  }
  const isShownAtField = ['name', 'scopes', 'expires_at', 'allowed_ranges'].some((each) =>
    fieldProblem(create.error, each),
  );
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
              <Button variant="link" formAction="none" onClick={toList}>
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
              <KeyFields form={form} onChange={setForm} mayGive={scopes} isTried={isTried} error={create.error} />
            </Container>
            {create.error && !isShownAtField && <KeyProblem error={create.error} />}
          </SpaceBetween>
        </Form>
      </form>
    </Page>
  );
}
