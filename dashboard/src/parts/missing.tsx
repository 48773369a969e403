import { partTexts as texts } from '../texts/parts.ts';
import { Page } from './page.tsx';

export function Missing() {
  return (
    <Page title={texts.missing}>
      <p>{texts.missingText}</p>
    </Page>
  );
}
