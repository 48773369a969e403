import { useEffect } from 'react';
import { focusHeading } from './focus-heading.ts';

/** What takes the place of a page, such as a new secret, is read from its top and not from where the button was. */
export function useShown(shown: unknown): void {
  useEffect(() => {
    if (shown === undefined) return;
    window.scrollTo({ top: 0 });
    focusHeading();
  }, [shown]);
}
