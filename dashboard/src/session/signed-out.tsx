import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { ErrorResponse } from 'oidc-client-ts';
import { type ReactNode, useEffect } from 'react';
import type { ErrorContext } from 'react-oidc-context';
import { Logo } from '../parts/logo.tsx';
import { sessionTexts as texts } from '../texts/session.ts';
import { signedOutBecause, signIn } from './oidc.ts';

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
  const text = signedOutBecause() === 'idle' ? texts.idledText : texts.signedOutText;
  return <SignInFirst title={texts.signedOut} text={text} action={texts.signIn} />;
}

/** In place of a page whose session has ended, so that nobody reads on. */
export function SessionEnded() {
  return <SignInFirst title={texts.endedTitle} text={texts.endedText} action={texts.signInAgain} />;
}

interface SignInFirstProps {
  readonly title: string;
  readonly text: string;
  readonly action: string;
}

function SignInFirst({ title, text, action }: SignInFirstProps) {
  return (
    <SignedOutFrame title={title}>
      <SpaceBetween size="l">
        <Box variant="h1">{title}</Box>
        <div role="status">{text}</div>
        <Button variant="primary" onClick={() => signIn()}>
          {action}
        </Button>
      </SpaceBetween>
    </SignedOutFrame>
  );
}

/** Whoever issues sessions says why it refused one. What the library says of all else is for programmers. */
export function SignInFailed({ error }: { readonly error: ErrorContext }) {
  return (
    <SignedOutFrame title={texts.failed}>
      <SpaceBetween size="l">
        <Box variant="h1">{texts.failed}</Box>
        <Alert type="error" header={error.innerError instanceof ErrorResponse ? error.message : texts.notFinished}>
          {texts.failedText}
        </Alert>
        <Button variant="primary" onClick={() => signIn()}>
          {texts.tryAgain}
        </Button>
      </SpaceBetween>
    </SignedOutFrame>
  );
}
