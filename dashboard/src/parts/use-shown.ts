import { useEffect } from 'react';
import { focusHeading } from './focus-heading.ts';

/** Where something new takes the place of a page, such as a secret: it is read from its top, not from where a button was. */
export function useShown(shown: unknown): void {
  useEffect(() => {
    if (shown === undefined) return;
    window.scrollTo({ top: 0 });
    focusHeading();
  }, [shown]);
}
