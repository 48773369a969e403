import Alert from '@cloudscape-design/components/alert';
import type { ReactNode } from 'react';
import { useChosen } from '../session/chosen.tsx';
import { wordFor } from '../texts/language.ts';
import { partTexts as texts } from '../texts/parts.ts';
import { shellTexts } from '../texts/shell.ts';

/** Says so where a role does not include a page, instead of a page full of refusals. */
export function Allowed({ scope, children }: { readonly scope: string; readonly children: ReactNode }) {
  const { may, membership } = useChosen();
  if (may(scope)) return children;
  return (
    <Alert type="info" header={texts.notAllowed}>
      {texts.notAllowedText(membership ? wordFor(shellTexts.roles, membership.role) : '')}
    </Alert>
  );
}
