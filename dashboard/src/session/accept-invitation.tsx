import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useAcceptInvitation } from '../api/me.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { sessionTexts as texts } from '../texts/session.ts';
import { choose } from './chosen.tsx';
import { signInAgain } from './oidc.ts';
import { SignedOutFrame } from './signed-out.tsx';

/**
 * Where the link of an invitation leads. Its token is behind the `#`, which no server and no log sees, and it is used
 * when somebody says so: whatever opens links in mails ahead of their reader accepts nothing.
 */
export function AcceptInvitation({ email }: { readonly email: string | undefined }) {
  const [token] = useState(() => window.location.hash.slice(1));
  const accept = useAcceptInvitation();
  const begin = (merchantId: string) => {
    choose({ merchantId });
    window.location.replace('/app');
  };
  return (
    <SignedOutFrame title={texts.invited}>
      <SpaceBetween size="l">
        <Box variant="h1">{texts.invited}</Box>
        {token ? <Box>{texts.invitedText(email)}</Box> : <Alert type="warning">{texts.noToken}</Alert>}
        {accept.error && <ProblemAlert error={accept.error} />}
        <SpaceBetween direction="horizontal" size="xs">
          {token && (
            <Button
              variant="primary"
              loading={accept.isPending || accept.isSuccess}
              onClick={() => accept.mutate(token, { onSuccess: ({ merchant_id }) => begin(merchant_id) })}
            >
              {texts.accept}
            </Button>
          )}
          {token && <Button onClick={() => signInAgain()}>{texts.otherAddress}</Button>}
          {!token && <Button href="/app">{texts.dashboard}</Button>}
        </SpaceBetween>
      </SpaceBetween>
    </SignedOutFrame>
  );
}
