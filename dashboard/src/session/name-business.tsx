import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useCreateBusiness } from '../api/me.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { useDraft } from '../parts/use-draft.ts';
import { sessionTexts as texts } from '../texts/session.ts';
import { signOut } from './oidc.ts';
import { SignedOutFrame } from './signed-out.tsx';

interface NameBusinessProps {
  readonly email: string | undefined;
  /** Whether somebody worked in a business here before, and is no member of it any more. */
  readonly wasMember: boolean;
}

/** The first page of somebody new. The same name again is the same business, so a lost answer costs nothing. */
export function NameBusiness({ email, wasMember }: NameBusinessProps) {
  const [name, setName] = useDraft('business', '');
  const create = useCreateBusiness();
  const isNamed = name.trim().length > 0;
  return (
    <SignedOutFrame>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isNamed && !create.isPending) create.mutate(name.trim());
        }}
      >
        <Form
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" formAction="none" onClick={() => signOut()}>
                {texts.signOut}
              </Button>
              <Button variant="primary" disabled={!isNamed} loading={create.isPending}>
                {texts.begin}
              </Button>
            </SpaceBetween>
          }
        >
          <Container header={<Header variant="h1">{texts.welcome}</Header>}>
            <SpaceBetween size="l">
              {wasMember && (
                <Alert type="warning" header={texts.removed}>
                  {texts.removedText}
                </Alert>
              )}
              <div>{texts.welcomeText(email)}</div>
              {create.error && <ProblemAlert error={create.error} />}
              <FormField label={texts.businessName} description={texts.businessNameHint}>
                <Input
                  value={name}
                  autoFocus
                  autoComplete="organization"
                  onChange={({ detail }) => setName(detail.value)}
                />
              </FormField>
            </SpaceBetween>
          </Container>
        </Form>
      </form>
    </SignedOutFrame>
  );
}
