import Alert from '@cloudscape-design/components/alert';
import type { ReactNode } from 'react';
import { Page } from '../parts/page.tsx';
import { useChosen } from '../session/chosen.tsx';
import { wordFor } from '../texts/language.ts';
import { partTexts as texts } from '../texts/parts.ts';
import { shellTexts } from '../texts/shell.ts';

interface AllowedProps {
  readonly scope: string;
  /** Of the page. */
  readonly title: string;
  readonly children: ReactNode;
}

/** Says so where a role does not include a page, instead of a page full of refusals. */
export function Allowed({ scope, title, children }: AllowedProps) {
  const { may, membership } = useChosen();
  if (may(scope)) return children;
  return (
    <Page title={title}>
      <Alert type="info" header={texts.notAllowed}>
        {texts.notAllowedText(membership ? wordFor(shellTexts.roles, membership.role) : '')}
      </Alert>
    </Page>
  );
}
