import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { InvitationPreview } from '../../../sdk/typescript/src/api.ts';
import { useAcceptInvitation, useInvitation } from '../api/me.ts';
import { Loaded } from '../parts/loaded.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { When } from '../parts/when.tsx';
import { wordFor } from '../texts/language.ts';
import { sessionTexts as texts } from '../texts/session.ts';
import { shellTexts } from '../texts/shell.ts';
import { choose } from './chosen.tsx';
import { signInAgain } from './oidc.ts';
import { SignedOutFrame } from './signed-out.tsx';

/**
 * Where the link of an invitation leads. Its token is behind the `#`, which no server and no log sees, and it is used
 * when somebody says so: whatever opens links in mails ahead of their reader accepts nothing.
 */
export function AcceptInvitation({ email }: { readonly email: string | undefined }) {
  const [token] = useState(() => window.location.hash.slice(1));
  const invitation = useInvitation(token);
  const accept = useAcceptInvitation();
  const begin = (merchantId: string) => {
    choose({ merchantId });
    window.location.replace('/app');
  };
  return (
    <SignedOutFrame title={texts.invited}>
      <SpaceBetween size="l">
        <Box variant="h1">{texts.invited}</Box>
        {token ? (
          <Loaded query={invitation}>{(data) => <Invited to={data} />}</Loaded>
        ) : (
          <Alert type="warning">{texts.noToken}</Alert>
        )}
        {token && <Box>{texts.invitedText(email)}</Box>}
        {accept.error && <ProblemAlert error={accept.error} />}
        <SpaceBetween direction="horizontal" size="xs">
          {invitation.data && (
            <Button
              variant="primary"
              loading={accept.isPending || accept.isSuccess}
              onClick={() => accept.mutate(token, { onSuccess: ({ merchant_id }) => begin(merchant_id) })}
            >
              {texts.accept}
            </Button>
          )}
          {token && <Button onClick={() => signInAgain()}>{texts.otherAddress}</Button>}
          {(!token || invitation.error || accept.error) && <Button href="/app">{texts.dashboard}</Button>}
        </SpaceBetween>
      </SpaceBetween>
    </SignedOutFrame>
  );
}

function Invited({ to }: { readonly to: InvitationPreview }) {
  const role = wordFor(shellTexts.roles, to.role);
  return (
    <SpaceBetween size="xs">
      <Box fontWeight="bold">
        <span className="anywhere">{texts.invitedTo(to.business_name, role)}</span>
      </Box>
      <Box>
        <span className="anywhere">{texts.invitedBy(to.invited_by)}</span>
      </Box>
      <Box>
        {texts.invitedUntil} <When at={to.expires_at} />
      </Box>
    </SpaceBetween>
  );
}
