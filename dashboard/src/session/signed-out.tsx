import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { type ReactNode, useEffect } from 'react';
import { Logo } from '../parts/logo.tsx';
import { sessionTexts as texts } from '../texts/session.ts';
import { signIn, wasIdle } from './oidc.ts';

/** Pages for who is not signed in, or not yet a member of anything. */

export function SignedOutFrame({
  children,
  title = texts.product,
}: {
  readonly children: ReactNode;
  readonly title?: string;
}) {
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <div className="signed-out">
      <header>
        <a className="brand" href="/">
          <Logo /> {texts.product}
        </a>
      </header>
      <main>{children}</main>
    </div>
  );
}

export function Waiting() {
  return (
    <SignedOutFrame>
      <Box textAlign="center" padding="xxl">
        <div role="status">
          <Spinner /> {texts.signingIn}
        </div>
      </Box>
    </SignedOutFrame>
  );
}

export function SignedOut() {
  return (
    <SignedOutFrame title={texts.signedOut}>
      <SpaceBetween size="l">
        <Box variant="h1">{texts.signedOut}</Box>
        <Box>{wasIdle() ? texts.wasIdleText : texts.signedOutText}</Box>
        <Button variant="primary" onClick={() => signIn()}>
          {texts.signIn}
        </Button>
      </SpaceBetween>
    </SignedOutFrame>
  );
}

export function SignInFailed({ error }: { readonly error: Error }) {
  return (
    <SignedOutFrame title={texts.failed}>
      <SpaceBetween size="l">
        <Box variant="h1">{texts.failed}</Box>
        <Alert type="error" header={error.message}>
          {texts.failedText}
        </Alert>
        <Button variant="primary" onClick={() => signIn()}>
          {texts.tryAgain}
        </Button>
      </SpaceBetween>
    </SignedOutFrame>
  );
}
