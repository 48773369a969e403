import { partTexts as texts } from '../texts/parts.ts';
import { AppLink } from './app-link.tsx';
import { Page } from './page.tsx';

export function Missing() {
  return (
    <Page title={texts.missing}>
      <p>{texts.missingText}</p>
      <AppLink to="/">{texts.toOverview}</AppLink>
    </Page>
  );
}
