import Link from '@cloudscape-design/components/link';
import type { ReactNode } from 'react';
import { shellTexts as texts } from '../texts/shell.ts';

/** The place of a guide that is about what is on the page, such as `keys#scopes`. */
export function DocsLink({ to, children }: { readonly to: string; readonly children: ReactNode }) {
  return (
    <Link href={`/docs/${to}`} fontSize="inherit" external externalIconAriaLabel={texts.newTab}>
      {children}
    </Link>
  );
}
